/** What users type; a leaf of its own, since help, hints and suggestions all name it. */
export const program = 'aks-ebpf-sentinel';

/** The same as this user has to type it: whoever came by npx has no such command on PATH. */
export const calledBy = (env: Readonly<Record<string, string | undefined>>): string =>
  env['npm_command'] === 'exec' ? `npx ${program}` : program;
