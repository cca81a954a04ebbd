/** Something that is wrong, said once for all the places where it is. */
export interface Finding {
  /** For example `cilium`, `tetragon-operator`, `tracing policy file-integrity`. */
  readonly component: string;
  readonly message: string;
  /** Pods or nodes that it was seen on; empty where it concerns the whole component. */
  readonly where: readonly string[];
}

/** Same component and message become one finding; order of first sight. */
export const grouped = (findings: readonly Finding[]): readonly Finding[] => {
  const groups = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.component}\n${finding.message}`;
    const before = groups.get(key);
    groups.set(key, before === undefined ? finding : { ...before, where: [...before.where, ...finding.where] });
  }
  return [...groups.values()];
};

/** A node that was asked about by name, and on which no agent runs. */
export const silentNode = (
  component: string,
  node: string | undefined,
  agents: readonly unknown[],
): readonly Finding[] =>
  node === undefined || agents.length > 0 ? [] : [{ component, message: 'no agent runs on this node', where: [node] }];
