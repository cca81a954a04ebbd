import type { KubeObject } from '../../objects.ts';
import { type Fields, at, fieldsAt, flagAt, listAt, textAt } from '../fields.ts';
import { type Kernel, hasFunction } from './kernel.ts';
import { selectorTrouble } from './selector-rules.ts';

export interface Loader {
  readonly kernel: Kernel;
  /** tetragon-config as the agent read it at its start. */
  readonly config: Readonly<Record<string, string>>;
}

const MAX_ARGUMENTS = 5;

const option = (policy: KubeObject, name: string): string | undefined =>
  textAt(
    listAt(policy, 'spec', 'options').find((one) => one['name'] === name),
    'value',
  );

/** Whether all kprobes of the policy are attached at once: then each function can be named only once. */
const usesMulti = (policy: KubeObject, kernel: Kernel): boolean =>
  kernel.kprobeMulti && !['1', 'true'].includes(option(policy, 'disable-kprobe-multi') ?? '');

const actions = (hook: Fields): readonly string[] =>
  listAt(hook, 'selectors').flatMap((selector) =>
    [...listAt(selector, 'matchActions'), ...listAt(selector, 'matchReturnActions')].map(
      (one) => textAt(one, 'action') ?? '',
    ),
  );

const NO_ENFORCER = 'no override helper or mod_ret support: cannot load enforcer';

/** Override goes on syscalls (which needs a helper that these kernels do not have) and on security_ functions outside kprobe_multi. */
const overrideTrouble = (policy: KubeObject, call: Fields, { kernel }: Loader): string | undefined => {
  const name = textAt(call, 'call') ?? '';
  const syscall = at(call, 'syscall') !== false;
  const wanted = actions(call);
  if (wanted.includes('NotifyEnforcer')) return NO_ENFORCER;
  if (!wanted.includes('Override')) return undefined;
  if (syscall)
    return 'override validation failed: override action not supported on syscalls, bpf_override_return helper not available';
  if (!name.startsWith('security_'))
    return 'override validation failed: override action can be used only with syscalls and security_ hooks';
  if (usesMulti(policy, kernel))
    return `override validation failed: can't override '${name}' function with kprobe_multi, use --disable-kprobe-multi option`;
  return undefined;
};

const callTrouble = (policy: KubeObject, call: Fields, loader: Loader): string | undefined => {
  const name = textAt(call, 'call') ?? '';
  const syscall = at(call, 'syscall') !== false;
  // A name such as list:abc stands for calls that the policy lists elsewhere.
  if (!name.startsWith('list:') && !hasFunction(loader.kernel, name, syscall)) {
    if (flagAt(call, 'ignore', 'callNotFound')) return undefined;
    const missing = syscall ? `syscall "${name}" (or "__x64_${name}") not found` : `call "${name}": not found`;
    return `kprobe spec pre-validation failed: validation error: ${missing}`;
  }
  const returnAction = textAt(call, 'returnArgAction');
  if (returnAction !== undefined && returnAction !== '' && !['TrackSock', 'UntrackSock'].includes(returnAction)) {
    return `ReturnArgAction type '${returnAction}' unsupported; omit returnArgAction or use 'TrackSock'/'UntrackSock'`;
  }
  if (flagAt(call, 'return') && Object.keys(fieldsAt(call, 'returnArg')).length === 0)
    return 'ReturnArg not specified with Return=true';
  const values = [...listAt(call, 'args'), ...listAt(call, 'data')].length;
  if (values > MAX_ARGUMENTS) {
    return `too many arguments, max ${MAX_ARGUMENTS}: args(${listAt(call, 'args').length}) data(${listAt(call, 'data').length})`;
  }
  return overrideTrouble(policy, call, loader) ?? selectorTrouble(call);
};

// Tetragon's own words, its two slips included.
const LSM_MISSING =
  'does you kernel support the bpf LSM? You can enable LSM BPF by modifyingthe GRUB configuration /etc/default/grub with GRUB_CMDLINE_LINUX="lsm=bpf"';

const reason = (policy: KubeObject, loader: Loader): string | undefined => {
  const spec = fieldsAt(policy, 'spec');
  const filtered =
    ['podSelector', 'hostSelector', 'containerSelector'].some((key) => at(spec, key) !== undefined) ||
    policy.metadata.namespace !== undefined;
  if (filtered && loader.config['enable-policy-filter'] !== 'true') return 'policyfilter is disabled';
  if (listAt(spec, 'enforcers').length > 0) return NO_ENFORCER;
  for (const call of listAt(spec, 'kprobes')) {
    const trouble = callTrouble(policy, call, loader);
    if (trouble !== undefined) return trouble;
  }
  const twice = listAt(spec, 'kprobes').find(
    (call, index, all) => all.findIndex((one) => one['call'] === call['call']) < index,
  );
  if (twice !== undefined && usesMulti(policy, loader.kernel)) {
    return `error: can't have multiple instances of same symbol '${textAt(twice, 'call')}' with kprobe_multi, use --disable-kprobe-multi option`;
  }
  for (const call of listAt(spec, 'fentries')) {
    if (at(call, 'syscall') !== false) return `fentry spec pre-validation failed: syscalls are not supported`;
    const trouble = callTrouble(policy, call, loader);
    if (trouble !== undefined) return trouble;
  }
  for (const hook of ['tracepoints', 'uprobes', 'usdts'].flatMap((key) => listAt(spec, key))) {
    const trouble = selectorTrouble(hook);
    if (trouble !== undefined) return trouble;
  }
  // AKS' Ubuntu images boot without bpf in their list of security modules.
  if (listAt(spec, 'lsmhooks').length > 0) return LSM_MISSING;
  if (policy.metadata.name.includes('.'))
    return `sensor ${policy.metadata.name} from collection ${policy.metadata.name} failed to load: mkdir /sys/fs/bpf/tetragon/${policy.metadata.name}: operation not permitted`;
  return undefined;
};

/** Why Tetragon 1.7 does not load a policy on this kernel, in its own words; undefined where it loads. */
export const loadError = (policy: KubeObject, loader: Loader): string | undefined => {
  const trouble = reason(policy, loader);
  return trouble === undefined
    ? undefined
    : `policy handler 'tracing' failed loading policy '${policy.metadata.name}': ${trouble}`;
};
