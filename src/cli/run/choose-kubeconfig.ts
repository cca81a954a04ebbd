import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { closest } from '../../config/suggest.ts';
import { Problem } from '../../errors/problem.ts';

/** Which kubeconfig and which context of it; as kubectl has it, a file that was named is the only one. */
export interface KubeconfigChoice {
  /** `--kubeconfig`, an absolute path. */
  readonly file: string | undefined;
  /** `--context`; the current one by default. */
  readonly context: string | undefined;
  /** Absolute paths that count where no file is named, the first before the next: those of `KUBECONFIG`, else `~/.kube/config`. */
  readonly usual: readonly string[];
}

export interface ChosenKubeconfig {
  /** One context with its cluster and user, complete in itself: certificates inside, no path that is relative to another place. */
  readonly text: string;
  readonly context: string;
  readonly server: string;
}

interface Entry {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Folder of the file that it stands in: paths in a kubeconfig are relative to that. */
  readonly folder: string;
}

interface Parsed {
  readonly current: string | undefined;
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
}

const refuse = (message: string, hint?: string): Problem =>
  new Problem(message, { kind: 'usage', code: 'kubeconfig', hint });

/** Reads what `--kubeconfig` and `--context` name. @throws Problem `usage` that names the file and what is missing in it. */
export const chooseKubeconfig = async (choice: KubeconfigChoice): Promise<ChosenKubeconfig> => {
  const merged = await readAll(choice);
  const place = choice.file === undefined ? 'The kubeconfig' : `The kubeconfig ${choice.file}`;
  const context = contextOf(merged, choice.context, place);
  const named = (kind: 'cluster' | 'user'): string => text(context.body[kind]) ?? '';
  const cluster = merged.clusters.find(({ name }) => name === named('cluster'));
  const server = text(cluster?.body['server']);
  if (cluster === undefined || server === undefined)
    throw refuse(
      `${place} has no server for the context ${context.name}: its cluster is ${named('cluster') || 'not named'}.`,
    );
  const user = merged.users.find(({ name }) => name === named('user'));
  if (user === undefined && named('user') !== '')
    throw refuse(`${place} has no user ${named('user')}, which the context ${context.name} names.`);
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context.name,
    contexts: [{ name: context.name, context: { cluster: cluster.name, user: user?.name ?? 'nobody' } }],
    clusters: [{ name: cluster.name, cluster: await completeCluster(cluster) }],
    users: [{ name: user?.name ?? 'nobody', user: user === undefined ? {} : await completeUser(user) }],
  };
  return { text: JSON.stringify(document), context: context.name, server };
};

const readAll = async ({ file, usual }: KubeconfigChoice): Promise<Parsed> => {
  if (file !== undefined) {
    const found = await read(file);
    if (found === undefined)
      throw refuse(`The kubeconfig ${file} does not exist.`, 'Give the path of a kubeconfig with --kubeconfig.');
    return found;
  }
  const found = (await Promise.all(usual.map(read))).flatMap((each) => each ?? []);
  if (found.length === 0)
    throw refuse(`There is no kubeconfig at ${usual.join(' or ')}.`, 'Name one with --kubeconfig.');
  // The first file that says something is right: kubectl's rule for several.
  return {
    current: found.find(({ current }) => current !== undefined)?.current,
    clusters: found.flatMap(({ clusters }) => clusters),
    users: found.flatMap(({ users }) => users),
    contexts: found.flatMap(({ contexts }) => contexts),
  };
};

/** Undefined where there is no such file. */
const read = async (file: string): Promise<Parsed | undefined> => {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (code === 'ENOENT') return undefined;
    throw refuse(`The kubeconfig ${file} cannot be read (${code}).`);
  });
  if (content === undefined) return undefined;
  const { parseDocument } = await import('yaml');
  const document = parseDocument(content);
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  // Its text holds credentials: neither it nor the parser's words about it are shown.
  if (!isRecord(value) || !Array.isArray(value['clusters']))
    throw refuse(`${file} is no kubeconfig: it has no clusters.`, 'Give the path of a kubeconfig with --kubeconfig.');
  const folder = dirname(file);
  const entries = (list: string, kind: string): readonly Entry[] =>
    (Array.isArray(value[list]) ? value[list].filter(isRecord) : []).flatMap((each) => {
      const [name, body] = [text(each['name']), each[kind]];
      return name === undefined ? [] : [{ name, body: isRecord(body) ? body : {}, folder }];
    });
  return {
    current: text(value['current-context']),
    clusters: entries('clusters', 'cluster'),
    users: entries('users', 'user'),
    contexts: entries('contexts', 'context'),
  };
};

const contextOf = ({ contexts, current }: Parsed, asked: string | undefined, place: string): Entry => {
  const names = contexts.map(({ name }) => name);
  const offer = names.length === 0 ? 'It has no context at all.' : `Contexts: ${names.join(', ')}.`;
  const wanted = asked ?? current;
  if (wanted === undefined) throw refuse(`${place} has no current context; name one with --context.`, offer);
  const found = contexts.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const near = closest(wanted, names);
  throw refuse(`${place} has no context ${wanted}${near === undefined ? '.' : `; did you mean ${near}?`}`, offer);
};

/** The file that an entry names beside its data. @throws Problem `usage` for one that cannot be read. */
const fileOf = async ({ body, folder, name }: Entry, key: string): Promise<Buffer | undefined> => {
  const path = text(body[key]);
  if (path === undefined) return undefined;
  const at = isAbsolute(path) ? path : join(folder, path);
  return readFile(at).catch(() => {
    throw refuse(`The kubeconfig's ${key} of ${name}, ${at}, cannot be read.`);
  });
};

const completeCluster = async (cluster: Entry): Promise<Readonly<Record<string, unknown>>> => {
  const { 'certificate-authority': _path, ...rest } = cluster.body;
  const ca =
    rest['certificate-authority-data'] === undefined ? await fileOf(cluster, 'certificate-authority') : undefined;
  return { ...rest, ...(ca === undefined ? {} : { 'certificate-authority-data': ca.toString('base64') }) };
};

const completeUser = async (user: Entry): Promise<Readonly<Record<string, unknown>>> => {
  const { 'client-certificate': _cert, 'client-key': _key, tokenFile: _token, exec, ...rest } = user.body;
  const [cert, key, token] = await Promise.all([
    rest['client-certificate-data'] === undefined ? fileOf(user, 'client-certificate') : undefined,
    rest['client-key-data'] === undefined ? fileOf(user, 'client-key') : undefined,
    fileOf(user, 'tokenFile'),
  ]);
  return {
    ...rest,
    ...(cert === undefined ? {} : { 'client-certificate-data': cert.toString('base64') }),
    ...(key === undefined ? {} : { 'client-key-data': key.toString('base64') }),
    ...(token === undefined ? {} : { token: token.toString('utf8').trim() }),
    ...(isRecord(exec) ? { exec: completeExec(exec, user.folder) } : {}),
  };
};

/** A program with a slash in its name is one beside the kubeconfig; plugins of version v1 want to be told why they are run. */
const completeExec = (exec: Readonly<Record<string, unknown>>, folder: string): Readonly<Record<string, unknown>> => {
  const command = text(exec['command']) ?? '';
  const info = { apiVersion: exec['apiVersion'], kind: 'ExecCredential', spec: { interactive: false } };
  return {
    ...exec,
    command: /[\\/]/.test(command) ? resolve(folder, command) : command,
    env: [
      ...(Array.isArray(exec['env']) ? (exec['env'] as readonly unknown[]) : []),
      { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) },
    ],
  };
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
