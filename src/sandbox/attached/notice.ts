export interface Noticed<T> {
  readonly value: T;
  /** The value as text. */
  readonly key: string;
  /** Whether this look was the one that noticed it. */
  readonly changed: boolean;
}

export interface Notice<T> {
  /** The value that is heeded when `seen` is what there is at `now`. */
  look(seen: T, now: number): Noticed<T>;
}

/**
 * Holds to a value until another one has been there for `delayMs`. `before` is the text of the value that was heeded last; where there
 * was none, the first one is heeded at once.
 */
export const createNotice = <T>(before: string, delayMs: number): Notice<T> => {
  let heeded: { readonly key: string; readonly value: T } | undefined =
    before === '' ? undefined : { key: before, value: JSON.parse(before) as T };
  let other: { readonly key: string; readonly since: number } | undefined;
  return {
    look(seen, now) {
      const key = JSON.stringify(seen);
      if (heeded?.key === key) {
        other = undefined;
        return { ...heeded, changed: false };
      }
      if (other?.key !== key) other = { key, since: now };
      if (heeded !== undefined && now - other.since < delayMs) return { ...heeded, changed: false };
      other = undefined;
      heeded = { key, value: seen };
      return { ...heeded, changed: true };
    },
  };
};
