/** Fields of one object that somebody else manages and that helm would set otherwise. */
export interface FieldConflict {
  /** `ConfigMap kube-system/cilium-config`. */
  readonly object: string;
  /** `kubectl-edit`: the name of the client that set them last. */
  readonly managers: readonly string[];
  /** `.data.enable-hubble`. */
  readonly fields: readonly string[];
}

/** Reads the conflict of a server-side apply out of what helm 4 prints; undefined where it says nothing of one. */
export const fieldConflict = (stderr: string): FieldConflict | undefined => {
  // A line of the log before it says the same, with quotes of its own around it.
  const error = stderr.slice(Math.max(0, stderr.lastIndexOf('\nError: ')));
  const applied =
    /conflict occurred while applying object (\S+) (\S*), Kind=(\w+): (Apply failed with \d+ conflicts?: .*)/s.exec(
      error,
    );
  if (applied === null) return undefined;
  const [, object = '', , kind = '', text = ''] = applied;
  const managers = [...text.matchAll(/conflicts? with "([^"]+)"/g)].map(([, manager = '']) => manager);
  // One field stands behind a colon, several stand below, a line each. A field of a map can hold dots and quotes of its own.
  const fields = [...text.matchAll(/(?:^- |": |using [^:\n]+: )(\.\S.*)$/gm)].map(([, field = '']) => field.trim());
  return {
    object: `${kind} ${object.replace(/^\//, '')}`,
    managers: [...new Set(managers)],
    fields: [...new Set(fields)],
  };
};

/** `ConfigMap kube-system/cilium-config: kubectl-edit has set .data.a and .data.b`. */
export const conflictText = ({ object, managers, fields }: FieldConflict): string =>
  `${managers.join(' and ')} ${managers.length > 1 ? 'have' : 'has'} set ${fields.length === 0 ? 'fields' : fields.join(', ')} of ${object} to something else, and helm does not take ${fields.length === 1 ? 'it' : 'them'} away`;
