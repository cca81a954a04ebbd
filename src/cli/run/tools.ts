import { arch } from 'node:process';
import type { Services } from '../../steps/services.ts';
import type { Context } from '../context.ts';

/** `--install-tools`: the pinned helm, where none is found. */
export const installTools = async (context: Context, { helm, cacheDir }: Services): Promise<void> => {
  const { io, signal } = context;
  const found = await helm.binary(signal).then(
    () => true,
    () => false,
  );
  if (found) return;
  const { installTools: install } = await import('../../helm/install-tools.ts');
  await install({
    cacheDir,
    env: io.env,
    platform: io.platform,
    arch,
    signal,
    progress: context.say,
    fetch: (url, init) => fetch(url, init),
  });
};
