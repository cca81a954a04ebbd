import type { Fields } from '../fields.ts';

const text: Fields = { type: 'string' };
const flag: Fields = { type: 'boolean' };
// Written into what is stored, as every default of a structural schema is.
const off: Fields = { ...flag, default: false };
const number: Fields = { type: 'integer', format: 'int32' };
const count: Fields = { ...number, minimum: 0 };
const address: Fields = { type: 'integer', format: 'int64' };
const listOf = (items: Fields, more: Fields = {}): Fields => ({ type: 'array', items, ...more });
const texts = listOf(text);
const object = (properties: Fields, required: readonly string[] = []): Fields => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const oneOf = (words: string): Fields => ({ type: 'string', enum: words.split(' ') });

const ARGUMENT_TYPES =
  'auto int sint8 int8 uint8 sint16 int16 uint16 uint32 sint32 int32 ulong uint64 size_t long sint64 int64 char_buf char_iovec skb sock sockaddr socket sockaddr_un string fd file filename path nop bpf_attr perf_event bpf_map user_namespace capability kiocb iov_iter cred const_buf load_info module syscall64 kernel_cap_t cap_inheritable cap_permitted cap_effective linux_binprm data_loc net_device bpf_cmd dentry bpf_prog';
const OPERATORS =
  'Equal NotEqual Prefix NotPrefix Postfix NotPostfix GreaterThan LessThan GT LT Mask SPort NotSPort SPortPriv NotSportPriv DPort NotDPort DPortPriv NotDPortPriv SAddr NotSAddr DAddr NotDAddr Protocol Family State InMap NotInMap CapabilitiesGained InRange NotInRange SubString SubStringIgnCase CelExpr FileType NotFileType';
const ACTIONS =
  'Post FollowFD UnfollowFD Sigkill CopyFD Override GetUrl DnsLookup NoPost Signal TrackSock UntrackSock NotifyEnforcer CleanupEnforcerNotification Set';
const NAMESPACES = 'Uts Ipc Mnt Pid PidForChildren Net Time TimeForChildren Cgroup User';

const argument = object(
  {
    index: count,
    type: { ...oneOf(ARGUMENT_TYPES), default: 'auto' },
    btfType: text,
    label: text,
    maxData: off,
    resolve: { ...text, default: '' },
    returnCopy: off,
    sizeArgIndex: count,
    source: text,
  },
  ['index', 'type'],
);
const matchArgument = object({ index: count, args: listOf(count), operator: oneOf(OPERATORS), values: texts }, [
  'operator',
]);
const within = oneOf('In NotIn');
const action = object(
  {
    action: oneOf(ACTIONS),
    ...Object.fromEntries(
      'argError argFd argIndex argName argSig argSock argValue'.split(' ').map((name) => [name, number]),
    ),
    ...Object.fromEntries('argFqdn argUrl rateLimit rateLimitScope'.split(' ').map((name) => [name, text])),
    argRegs: texts,
    imaHash: flag,
    kernelStackTrace: flag,
    userStackTrace: flag,
  },
  ['action'],
);
const binaries = listOf(
  object({ operator: oneOf('In NotIn Prefix NotPrefix Postfix NotPostfix'), values: texts, followChildren: off }, [
    'operator',
    'values',
  ]),
  { maxItems: 1 },
);
const capabilities = listOf(
  object(
    {
      type: { ...oneOf('Effective Inheritable Permitted'), default: 'Effective' },
      operator: within,
      isNamespaceCapability: off,
      values: texts,
    },
    ['operator', 'values'],
  ),
);

const selector = object({
  macros: texts,
  matchActions: listOf(action),
  matchReturnActions: listOf(action),
  matchArgs: listOf(matchArgument),
  matchData: listOf(matchArgument),
  matchReturnArgs: listOf(matchArgument),
  matchBinaries: binaries,
  matchParentBinaries: binaries,
  matchCapabilities: capabilities,
  matchCapabilityChanges: capabilities,
  matchNamespaces: listOf(
    object({ namespace: oneOf(NAMESPACES), operator: within, values: texts }, ['namespace', 'operator', 'values']),
  ),
  matchNamespaceChanges: listOf(object({ operator: within, values: texts }, ['operator', 'values'])),
  matchPIDs: listOf(
    object({ operator: within, values: listOf(number), isNamespacePID: off, followForks: off }, ['operator', 'values']),
  ),
});

const hook = {
  args: listOf(argument),
  message: text,
  tags: listOf(text, { maxItems: 16 }),
  selectors: listOf(selector),
};
const returning = { data: listOf(argument), return: off, returnArg: argument };
const call = object(
  {
    ...hook,
    ...returning,
    returnArgAction: text,
    ignore: object({ callNotFound: flag }),
    call: text,
    syscall: { ...flag, default: true },
  },
  ['call'],
);
const userProbe = object(
  {
    ...hook,
    ...returning,
    path: text,
    btfPath: text,
    symbols: texts,
    offsets: listOf(address),
    addrs: listOf(address),
    refCtrOffsets: listOf(address),
  },
  ['path'],
);
const atomic = { 'x-kubernetes-list-type': 'atomic' };
const labels: Fields = {
  ...object({
    matchLabels: {
      type: 'object',
      additionalProperties: { ...text, maxLength: 63, pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$' },
    },
    matchExpressions: listOf(
      object({ key: text, operator: oneOf('In NotIn Exists DoesNotExist'), values: listOf(text, atomic) }, [
        'key',
        'operator',
      ]),
      atomic,
    ),
  }),
  'x-kubernetes-map-type': 'atomic',
};

const spec = object({
  kprobes: listOf(call),
  fentries: listOf(call),
  tracepoints: listOf(object({ ...hook, subsystem: text, event: text, raw: flag }, ['subsystem', 'event'])),
  uprobes: listOf(userProbe),
  usdts: listOf(
    object({ ...hook, path: text, btfPath: text, provider: text, name: text }, ['path', 'provider', 'name']),
  ),
  lsmhooks: listOf(object({ ...hook, hook: text }, ['hook'])),
  lists: listOf(
    object(
      {
        name: text,
        type: oneOf('syscalls generated_syscalls generated_ftrace'),
        values: texts,
        pattern: text,
        validated: flag,
      },
      ['name'],
    ),
  ),
  enforcers: listOf(object({ calls: texts }, ['calls'])),
  options: listOf(object({ name: text, value: text }, ['name'])),
  podSelector: labels,
  containerSelector: labels,
  hostSelector: labels,
  selectorsMacros: { type: 'object', additionalProperties: selector },
  loader: flag,
});

/** Structural schema of TracingPolicy v1alpha1 of Tetragon 1.7: keys, types and enums. What an agent refuses beyond them, it only says itself. */
export const TRACING_POLICY_SCHEMA: Fields = object(
  { apiVersion: text, kind: text, metadata: { type: 'object' }, spec },
  ['metadata', 'spec'],
);
