import { parse, stringify } from 'yaml';
import { Problem } from '../errors/problem.ts';

/** The same kubeconfig with a bearer token instead of the program that would fetch one. */
export const withBearer = (kubeconfig: string, token: string): string => {
  const document: unknown = parse(kubeconfig);
  if (typeof document !== 'object' || document === null || !('users' in document) || !Array.isArray(document.users)) {
    throw new Problem('The kubeconfig that AKS gave has no users', { kind: 'failed', code: 'kubeconfig-odd' });
  }
  const users = document.users.map((entry: { readonly name?: unknown }) => ({ name: entry.name, user: { token } }));
  return stringify({ ...document, users });
};
