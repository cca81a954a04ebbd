import { fileURLToPath } from 'node:url';

/** The folder that holds kql/ and templates/. */
export const packRoot = fileURLToPath(new URL('../..', import.meta.url));
