import type { Field } from '../field.ts';

export const featureFields = [
  {
    path: 'logs.flows',
    flag: 'flows',
    kind: 'switch',
    group: 'features',
    help: "send Hubble's network flows to the workspace, too (more data, more cost)",
    form: 'true or false',
    example: true,
    fallback: { words: 'false', of: () => false },
    question: { text: 'Send network flows to the workspace, too?', hint: 'more data, more cost' },
  },
  {
    path: 'enforcement.namespace',
    flag: 'enforce-namespace',
    kind: 'text',
    group: 'features',
    help: 'namespace in which a process that writes to a protected file is killed',
    form: 'the name of a Kubernetes namespace: up to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit',
    example: 'payments',
    fallback: { words: 'nowhere: writes are only reported', of: () => undefined },
    question: {
      text: 'In which namespace shall processes that write to protected files be killed?',
      hint: 'empty: nowhere, they are only reported',
    },
    pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/u,
    check: (value) =>
      String(value).startsWith('kube-') ? 'killing system processes would take the cluster down' : undefined,
  },
  {
    path: 'detections.enabled',
    flag: 'detections',
    kind: 'switch',
    group: 'features',
    help: 'deploy the detections to Microsoft Sentinel',
    form: 'true or false',
    example: false,
    fallback: { words: 'true', of: () => true },
  },
  {
    path: 'demo.enabled',
    flag: 'demo',
    kind: 'switch',
    group: 'features',
    help: 'install the AKS store demo application to have something to watch',
    form: 'true or false',
    example: true,
    fallback: { words: 'false', of: () => false },
    question: { text: 'Install a demo application to have something to watch?' },
  },
] as const satisfies readonly Field[];
