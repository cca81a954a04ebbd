import type { TestProject } from 'vitest/node';
import { skipped } from '../support/skipped.ts';
import { builtPlane } from './plane/binaries.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built control plane, or why there is none. */
    controlPlane: { readonly folder: string } | { readonly missing: string };
  }
}

export async function setup(project: TestProject): Promise<void> {
  const plane = await builtPlane();
  if ('missing' in plane) skipped('go', plane.missing);
  project.provide('controlPlane', plane);
}
