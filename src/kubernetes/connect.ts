import { Problem } from '../errors/problem.ts';
import { apiServer } from './api-server.ts';
import { authorizing } from './authorize.ts';
import { execIn } from './exec.ts';
import type { Kubernetes, ListQuery, Manifest, ObjectRef } from './kubernetes.ts';
import { podText } from './pod-text.ts';
import { discovery, pathOf } from './resource-path.ts';

/** Owner of the fields that we apply. */
export const fieldManager = 'aks-ebpf-sentinel';

const pageSize = 500;

/**
 * Opens a cluster by its kubeconfig. client-node reads the kubeconfig, authenticates and streams exec;
 * objects travel as plain JSON, because its typed models rename and drop fields.
 */
export const connect = async (kubeconfig: string): Promise<Kubernetes> => {
  const { KubeConfig, Exec } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw noCluster();

  const server = apiServer(new URL(cluster.server), authorizing(config));
  const find = discovery(server);

  const pathFor = async (
    ref: Omit<ObjectRef, 'name'> & { name?: string },
    signal: AbortSignal,
  ): Promise<string | undefined> => {
    const resource = await find(ref.apiVersion, ref.kind, signal);
    return resource === undefined ? undefined : pathOf(resource, ref.namespace, ref.name);
  };

  const listAll = async (path: string, query: ListQuery, signal: AbortSignal): Promise<readonly Manifest[]> => {
    const items: Manifest[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const search = new URLSearchParams({
        limit: String(pageSize),
        ...(next === '' ? {} : { continue: next }),
        ...(query.labelSelector === undefined ? {} : { labelSelector: query.labelSelector }),
        ...(query.fieldSelector === undefined ? {} : { fieldSelector: query.fieldSelector }),
      });
      const page = (await server(
        { method: 'GET', path: `${path}?${search.toString()}`, what: `list ${query.kind}` },
        signal,
      )) as { items?: readonly Manifest[]; metadata?: { continue?: string } } | undefined;
      // Items of a list carry neither apiVersion nor kind.
      for (const item of page?.items ?? []) items.push({ ...item, apiVersion: query.apiVersion, kind: query.kind });
      next = page?.metadata?.continue === '' ? undefined : page?.metadata?.continue;
    }
    return items;
  };

  return {
    async version(signal) {
      const answer = (await server(
        { method: 'GET', path: '/version', what: 'ask the API server for its version' },
        signal,
      )) as { gitVersion?: string } | undefined;
      return answer?.gitVersion ?? '';
    },
    async get(ref, signal) {
      const path = await pathFor(ref, signal);
      if (path === undefined) return undefined;
      return (await server({ method: 'GET', path, what: `get ${named(ref)}` }, signal)) as Manifest | undefined;
    },
    async list(query, signal) {
      const path = await pathFor(query, signal);
      return path === undefined ? [] : listAll(path, query, signal);
    },
    async apply(manifest, { force = false }, signal) {
      const ref: ObjectRef = { ...manifest, name: manifest.metadata.name, namespace: manifest.metadata.namespace };
      const path = await pathFor(ref, signal);
      const missing = (): Problem =>
        new Problem(`apply ${named(ref)}: the API server does not know this kind or namespace yet`, {
          kind: 'transient',
          code: 'kind-missing',
        });
      if (path === undefined) throw missing();
      const search = new URLSearchParams({ fieldManager, fieldValidation: 'Strict', force: String(force) });
      const answer = await server(
        {
          method: 'PATCH',
          path: `${path}?${search.toString()}`,
          body: manifest,
          contentType: 'application/apply-patch+yaml',
          what: `apply ${named(ref)}`,
        },
        signal,
      );
      if (answer === undefined) throw missing();
    },
    async delete(ref, signal) {
      const path = await pathFor(ref, signal);
      if (path === undefined) return;
      const body =
        ref.uid === undefined
          ? {}
          : { body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: ref.uid } } };
      await server({ method: 'DELETE', path, ...body, what: `delete ${named(ref)}` }, signal);
    },
    exec: (target, command, signal) => execIn(config, Exec, target, command, signal),
    ...podText(server),
  };
};

const named = (ref: ObjectRef): string =>
  `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;

const noCluster = (): Problem =>
  new Problem('The kubeconfig names no cluster', { kind: 'failed', code: 'kubeconfig-empty' });
