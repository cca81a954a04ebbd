import { createHelm, type Helm } from '../../src/helm/helm.ts';

/** Helm for a test, with folders of its own. */
export const helmAt = (binary: string, folder: string, now: () => number = () => 0): Helm =>
  createHelm({
    explicit: binary,
    env: { PATH: process.env['PATH'], HOME: folder },
    platform: process.platform,
    cacheDir: `${folder}/cache`,
    stateDir: `${folder}/state`,
    now,
  });

export const never = new AbortController().signal;
