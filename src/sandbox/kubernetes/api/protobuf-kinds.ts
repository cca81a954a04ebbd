import { badRequest } from './api-error.ts';
import type { JsonObject } from './json.ts';
import { decodeMessage, parts, UnknownField, type Field, type Message } from './protobuf.ts';
import { selector, workloadKinds } from './protobuf-workloads.ts';
import { flag, int, metadata, deleteOptions, status, nameOnly, text, texts } from './protobuf-meta.ts';

const rule: Message = {
  1: texts('verbs'),
  2: texts('apiGroups'),
  3: texts('resources'),
  4: texts('resourceNames'),
  5: texts('nonResourceURLs'),
};
const rbacRule: Field = { name: 'rules', type: rule, repeated: true };
const subjects: Field = {
  name: 'subjects',
  type: { 1: text('kind'), 2: text('apiGroup'), 3: text('name'), 4: text('namespace') },
  repeated: true,
};
const roleRef: Field = { name: 'roleRef', type: { 1: text('apiGroup'), 2: text('kind'), 3: text('name') } };
const attributes: Message = {
  1: text('namespace'),
  2: text('verb'),
  3: text('group'),
  4: text('version'),
  5: text('resource'),
  6: text('subresource'),
  7: text('name'),
};
const objectRef: Message = { 1: text('kind'), 2: text('apiVersion'), 3: text('name'), 4: text('uid') };
const path: Message = { 1: text('path'), 2: text('verb') };

/** Messages by apiVersion and kind, with the field numbers of Kubernetes' published .proto files. */
const kinds: Readonly<Record<string, Message>> = {
  ...workloadKinds,
  'v1 Secret': {
    1: metadata,
    2: { name: 'data', type: 'bytes-map' },
    3: text('type'),
    4: { name: 'stringData', type: 'string-map' },
    5: flag('immutable'),
  },
  'v1 ConfigMap': {
    1: metadata,
    2: { name: 'data', type: 'string-map' },
    3: { name: 'binaryData', type: 'bytes-map' },
    4: flag('immutable'),
  },
  'v1 Namespace': {
    1: metadata,
    2: { name: 'spec', type: { 1: texts('finalizers') } },
    3: { name: 'status', type: { 1: text('phase') } },
  },
  'v1 ServiceAccount': {
    1: metadata,
    2: { name: 'secrets', type: { 1: text('kind'), 2: text('namespace'), 3: text('name') }, repeated: true },
    3: { name: 'imagePullSecrets', type: nameOnly, repeated: true },
    4: flag('automountServiceAccountToken'),
  },
  'v1 DeleteOptions': deleteOptions,
  'meta.k8s.io/v1 DeleteOptions': deleteOptions,
  'policy/v1 Eviction': { 1: metadata, 2: { name: 'deleteOptions', type: deleteOptions } },
  'rbac.authorization.k8s.io/v1 Role': { 1: metadata, 2: rbacRule },
  'rbac.authorization.k8s.io/v1 ClusterRole': {
    1: metadata,
    2: rbacRule,
    3: { name: 'aggregationRule', type: { 1: { name: 'clusterRoleSelectors', type: selector, repeated: true } } },
  },
  'rbac.authorization.k8s.io/v1 RoleBinding': { 1: metadata, 2: subjects, 3: roleRef },
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': { 1: metadata, 2: subjects, 3: roleRef },
  'authentication.k8s.io/v1 TokenRequest': {
    1: metadata,
    2: {
      name: 'spec',
      type: { 1: texts('audiences'), 3: { name: 'boundObjectRef', type: objectRef }, 4: int('expirationSeconds') },
    },
    3: status,
  },
  'authentication.k8s.io/v1 SelfSubjectReview': { 1: metadata, 2: status },
  'authorization.k8s.io/v1 SelfSubjectAccessReview': {
    1: metadata,
    2: {
      name: 'spec',
      type: { 1: { name: 'resourceAttributes', type: attributes }, 2: { name: 'nonResourceAttributes', type: path } },
    },
    3: status,
  },
  'authorization.k8s.io/v1 SelfSubjectRulesReview': {
    1: metadata,
    2: { name: 'spec', type: { 1: text('namespace') } },
    3: status,
  },
  'coordination.k8s.io/v1 Lease': {
    1: metadata,
    2: {
      name: 'spec',
      type: { 1: text('holderIdentity'), 2: int('leaseDurationSeconds'), 5: int('leaseTransitions') },
    },
  },
};

const magic = Buffer.from('k8s\0');

/** Decodes `k8s\0` + runtime.Unknown. Undefined for kinds without a message here: the caller answers 415, which clients see as an unsupported encoding. */
export const decodeProtobuf = (body: Buffer): JsonObject | undefined => {
  if (!body.subarray(0, 4).equals(magic))
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  try {
    const unknown = parts(body.subarray(4));
    const type = decodeMessage(
      { 1: text('apiVersion'), 2: text('kind') },
      unknown.find(({ number }) => number === 1)?.bytes ?? Buffer.alloc(0),
    );
    const message = kinds[`${String(type['apiVersion'])} ${String(type['kind'])}`];
    if (message === undefined) return undefined;
    return { ...type, ...decodeMessage(message, unknown.find(({ number }) => number === 2)?.bytes ?? Buffer.alloc(0)) };
  } catch (error) {
    if (error instanceof UnknownField) return undefined;
    throw badRequest(
      `the object could not be decoded from protobuf: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};
