import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { CannotServe } from '../cannot-serve.ts';
import { arrayAt, at, isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** The way to a real cluster, out of a kubeconfig: everything inline, nothing that would run a program. */
export interface Access {
  readonly context: string;
  /** `https://host:port`, without a trailing slash. */
  readonly server: string;
  /** PEM; undefined where the system's own CAs are to be believed. */
  readonly ca: string | undefined;
  readonly insecure: boolean;
  /** Name that the server's certificate stands for, where it is not the one in `server`. */
  readonly serverName: string | undefined;
  readonly token: string | undefined;
  /** PEM. */
  readonly client: { readonly certificate: string; readonly key: string } | undefined;
}

const flatten = '`kubectl config view --raw --minify --flatten`';

/**
 * Reads the current context of a kubeconfig; `file` is where it lies, for relative paths and for messages.
 * @throws CannotServe for what cannot be used, saying what to do instead.
 */
export const readAccess = (text: string, file: string): Access => {
  const refuse = (message: string): CannotServe => new CannotServe(`${file}: ${message}`);
  const config = parsed(text);
  if (!isObject(config) || !Array.isArray(config['clusters']))
    throw refuse(`this is no kubeconfig; ${flatten} prints one.`);
  const context = textAt(config, 'current-context') ?? '';
  if (context === '')
    throw refuse('no context is chosen: set one with `kubectl config use-context NAME`, or name a file that has one.');
  const chosen = entry(config, 'contexts', 'context', context);
  const cluster = entry(config, 'clusters', 'cluster', textAt(chosen, 'cluster'));
  const user = entry(config, 'users', 'user', textAt(chosen, 'user'));
  if (chosen === undefined || cluster === undefined || user === undefined)
    throw refuse(`the context ${context} names a cluster or a user that the file does not have.`);
  refuseForeign(user, cluster, context, refuse);
  const inline = (from: JsonObject, key: string): string | undefined => {
    const data = textAt(from, `${key}-data`);
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
    const path = textAt(from, key);
    return path === undefined ? undefined : readBeside(path, file, refuse);
  };
  const server = textAt(cluster, 'server') ?? '';
  if (!URL.canParse(server) || new URL(server).protocol !== 'https:')
    throw refuse(`the server '${server}' of context ${context} is not an https:// address.`);
  const [certificate, key] = [inline(user, 'client-certificate'), inline(user, 'client-key')];
  const tokenFile = textAt(user, 'tokenFile');
  const token =
    textAt(user, 'token') ?? (tokenFile === undefined ? undefined : readBeside(tokenFile, file, refuse).trim());
  if (token === undefined && (certificate === undefined || key === undefined))
    throw refuse(`the user of context ${context} has neither a client certificate with its key nor a token.`);
  return {
    context,
    server: server.replace(/\/+$/u, ''),
    ca: inline(cluster, 'certificate-authority'),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    serverName: textAt(cluster, 'tls-server-name'),
    token,
    client: certificate === undefined || key === undefined ? undefined : { certificate, key },
  };
};

const parsed = (text: string): unknown => {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const entry = (config: unknown, list: string, member: string, name: string | undefined): JsonObject | undefined => {
  const found = arrayAt(config, list).find((each) => textAt(each, 'name') === name);
  return found === undefined ? undefined : objectAt(found, member);
};

const refuseForeign = (
  user: JsonObject,
  cluster: JsonObject,
  context: string,
  refuse: (message: string) => CannotServe,
): void => {
  const program = textAt(user, 'exec', 'command') ?? textAt(user, 'auth-provider', 'name');
  if (program !== undefined) {
    throw refuse(
      `the user of context ${context} signs in through the plugin ${program}, which the sandbox does not run; give a kubeconfig with a client certificate or a token (kind, minikube and k3d write such; ${flatten} prints what a context holds).`,
    );
  }
  if (at(user, 'username') !== undefined)
    throw refuse(`the user of context ${context} signs in with a password, which Kubernetes has not taken since 1.19.`);
  if (at(cluster, 'proxy-url') !== undefined)
    throw refuse(`the cluster of context ${context} is behind a proxy (proxy-url), which the sandbox does not use.`);
};

const readBeside = (path: string, file: string, refuse: (message: string) => CannotServe): string => {
  const whole = resolve(dirname(file), path);
  try {
    return readFileSync(whole, 'utf8');
  } catch {
    throw refuse(`${whole}, which it names, cannot be read; ${flatten} puts its content into one file.`);
  }
};
