export interface Accepted {
  /** `<script>: <call>`. */
  readonly call: string;
  /** Why the sandbox may answer otherwise. */
  readonly reason: string;
}

/** Differences that stay. An entry that has become equal fails the test, so this list can only shrink. */
export const accepted: readonly Accepted[] = [
  {
    call: 'watches: as tables',
    reason: "descriptions of a table's columns are Kubernetes' documentation, which is not copied here",
  },
  {
    call: 'server-side-apply: without a name',
    reason: 'an apply that changes nothing but who owns what has no time of its own on a real server',
  },
  {
    call: 'discovery: explain deployment.spec.strategy',
    reason: "The published schemas of the built-in kinds carry no prose: none of Kubernetes' text is copied.",
  },
  {
    call: 'discovery: explain daemonset --recursive',
    reason:
      'The published schemas of the built-in kinds do not say what is required; the server does, when it is missing.',
  },
  {
    call: 'custom: create -f - (wrong type)',
    reason:
      "The second complaint, of the scale subresource's accessor, is not made: the first refuses the object already.",
  },
  {
    call: 'custom: create -f - (a fraction)',
    reason: 'As above.',
  },
  {
    call: 'custom: apply -f - (bad schema)',
    reason:
      "A strategic patch of a wrong type is refused with 422 as it should be; the text shows what it left instead of Go's print of the patch.",
  },
  {
    call: `change: patch deployment web -p '{"spec":{"replicas":"many"}}'`,
    reason: 'As above.',
  },
  {
    call: 'kubectl-apply: get configmap settings -o yaml --show-managed-fields (after migration)',
    reason: "The managers are the same, but the times that a client's own edit of managedFields drops are kept.",
  },
  {
    call: 'validation: create -f - --dry-run=server (object for a list)',
    reason: "The element's Go type in the decoder's message: the field tables do not name it.",
  },
  {
    call: 'describe: describe pods -l app=web --show-events=false',
    reason: "kwok, which plays the real side's kubelet, lists a pod's conditions in another order than a kubelet",
  },
];
