import type { Arm } from '../arm/context.ts';
import { aksServerApplication } from '../endpoints.ts';
import type { UserInfo } from '../kubernetes/api/request.ts';
import type { ClusterSpec } from '../kubernetes/host.ts';

/** Allowed by Azure's role for it, and by no other that is known here: everything inside the cluster. */
const everything = 'Microsoft.ContainerService/managedClusters/*';

/**
 * Who a token of Entra ID is to a cluster's API server: people by name, applications by object id, both with the object ids of their
 * groups. Undefined for a token that is not for AKS's server application, or not good any more.
 */
export const entraUser = (
  token: string,
  spec: ClusterSpec,
  arm: Pick<Arm, 'tokens' | 'principals' | 'access' | 'identity'>,
): UserInfo | undefined => {
  if (spec.entra === undefined) return undefined;
  const verified = arm.tokens.verify(token, [aksServerApplication]);
  if (verified.kind !== 'valid' || verified.claims.tid !== arm.identity.tenantId) return undefined;
  const { oid, upn, groups = [] } = verified.claims;
  const principal = arm.principals.get(oid);
  // Azure RBAC stands before the cluster's own.
  const admin =
    spec.entra.azureRbac && principal !== undefined && arm.access.allowsData(principal, everything, spec.id);
  return {
    username: upn ?? oid,
    groups: [...groups, ...(admin ? ['system:masters'] : []), 'system:authenticated'],
  };
};
