import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { HelmError } from './helm-error.ts';
import { installedHelm } from './install-tools.ts';

export interface HelmBinary {
  readonly path: string;
  /** For example `4.1.4`. */
  readonly version: string;
  readonly major: 3 | 4;
}

export interface FindHelm {
  /** From the flag or the config: used as it is, and an error where it is not there. */
  readonly explicit?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.platform`. */
  readonly platform: string;
  /** The user's cache folder of this tool, where `--install-tools` puts helm. */
  readonly cacheDir: string;
}

const install =
  'Install helm 3.14 or newer (https://helm.sh/docs/intro/install), name it with --helm, or pass --install-tools.';

/** Path of helm: the explicit one, HELM, PATH, then what `--install-tools` installed. */
export async function findHelm(options: FindHelm): Promise<string> {
  const named = options.explicit ?? (options.env['HELM'] === '' ? undefined : options.env['HELM']);
  if (named !== undefined) {
    if (await isExecutable(named)) return named;
    throw new HelmError('missing-binary', `The helm binary ${named} does not exist or may not be executed.`, install);
  }
  const file = options.platform === 'win32' ? 'helm.exe' : 'helm';
  const folders = (options.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const candidate of [...folders.map((folder) => join(folder, file)), installedHelm(options.cacheDir)]) {
    if (await isExecutable(candidate)) return candidate;
  }
  throw new HelmError('missing-binary', 'helm is not on PATH.', install);
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Reads what `helm version --template {{.Version}}` printed; throws for anything but 3.14 and newer or 4. */
export function parseVersion(path: string, printed: string): HelmBinary {
  const match = /^v?(\d+)\.(\d+)\.(\d+\S*)$/.exec(printed.trim());
  const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
  const version = printed.trim().replace(/^v/, '');
  if (match !== null && major === 3 && minor >= 14) return { path, version, major };
  if (match !== null && major === 4) return { path, version, major };
  const seen = match === null ? 'does not say its version' : `is version ${version}`;
  throw new HelmError('missing-binary', `${path} ${seen}; helm 3.14 or newer, or helm 4, is needed.`, install);
}
