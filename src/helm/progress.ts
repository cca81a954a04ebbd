/**
 * What helm waits for, in our words, from a line of its `--debug` output; undefined for every other line. The lines
 * themselves can quote objects and are never passed on. Helm 3 writes text, helm 4 slog's key=value.
 */
export function progressOf(line: string): string | undefined {
  for (const { pattern, say } of patterns) {
    const match = pattern.exec(line);
    if (match !== null) return say(match.slice(1));
  }
  return undefined;
}

const patterns: readonly { readonly pattern: RegExp; readonly say: (found: readonly string[]) => string }[] = [
  {
    pattern: /(?:creating (\d+) resource\(s\))|(?:msg="creating resource\(s\)".*\bresources=(\d+))/,
    say: ([three, four]) => `creating ${three ?? four ?? ''} objects`,
  },
  {
    pattern: /(?:checking (\d+) resources for changes)|(?:msg="checking resources for changes".*\bresources=(\d+))/,
    say: ([three, four]) => `comparing ${three ?? four ?? ''} objects`,
  },
  {
    pattern: /(DaemonSet|Deployment|StatefulSet) is not ready: ([\w.-]+\/[\w.-]+)\. (\d+) out of (\d+) expected pods/,
    // Helm 3 counts a DaemonSet's maxUnavailable as ready: what it waits for is less than the number of nodes.
    say: ([kind, name, ready, enough]) =>
      `${kind ?? ''} ${name ?? ''}: ${ready ?? ''} pods ready, helm waits for ${enough ?? ''}`,
  },
];
