export interface Accepted {
  /** `<script>: <call>`. */
  readonly call: string;
  /** Why the sandbox may answer otherwise. */
  readonly reason: string;
}

/** Differences that stay. An entry that has become equal fails the test, so this list can only shrink. */
export const accepted: readonly Accepted[] = [];
