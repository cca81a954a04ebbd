import { eventVersion, type EventBody } from '../engine/events.ts';

type Node = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const texts = { type: 'array', items: text };

const problem: Node = {
  type: 'object',
  required: ['kind', 'code', 'message'],
  properties: {
    kind: { ...text, description: 'what it means to whoever has to act; decides the exit code' },
    code: { ...text, description: "the service's own code, or ours in kebab-case" },
    message: text,
    hint: { ...text, description: 'what to do' },
    link: text,
    correlationId: { ...text, description: "for Azure's support" },
  },
};

const step = { ...text, description: 'id of the step, kebab-case' };

const plannedStep: Node = {
  type: 'object',
  required: ['id', 'title', 'needs', 'expected'],
  properties: {
    id: step,
    title: text,
    needs: texts,
    expected: { type: 'object', required: ['p50Ms', 'p90Ms'], properties: { p50Ms: count, p90Ms: count } },
  },
};

const settingValue = {
  anyOf: [text, { type: 'number' }, { type: 'boolean' }, { type: 'null' }],
  description: 'null is unset',
};

const changedSetting: Node = {
  type: 'object',
  required: ['setting', 'before', 'after', 'effect'],
  properties: {
    setting: { ...text, description: 'dotted path in the config' },
    before: settingValue,
    after: settingValue,
    effect: {
      enum: ['in-place', 'recreate', 'beside'],
      description:
        '`in-place`: what stands is changed; `recreate`: Azure fixes it when the resource is made; `beside`: another name makes another one, and the former stays',
    },
  },
};

interface EventShape {
  readonly says: string;
  readonly required: Readonly<Record<string, Node>>;
  readonly optional?: Readonly<Record<string, Node>>;
}

/** Every event by its type: the source of docs/events.schema.json and docs/events.md. */
export const eventShapes: Readonly<Record<EventBody['type'], EventShape>> = {
  'run.started': {
    says: 'A run begins; all its steps in run order.',
    required: {
      command: { ...text, description: '`init`, `down`, or `status` for `status --watch`' },
      tool: { ...text, description: 'version of this tool' },
      steps: { type: 'array', items: plannedStep },
      notes: { ...texts, description: 'what a person should know before anything happens' },
    },
  },
  'config.changed': {
    says: 'The config is not the one that made what stands. Nothing was changed yet; `--accept-changes` goes on.',
    required: {
      known: { type: 'boolean', description: 'whether the settings of before are known; else only that they changed' },
      settings: { type: 'array', items: changedSetting },
    },
  },
  'step.probed': {
    says: 'What a look at the world found. Nothing was changed.',
    required: { step, state: { enum: ['absent', 'converging', 'ready', 'drifted', 'failed'] } },
    optional: { detail: text },
  },
  'step.started': {
    says: 'The step is worked on: by our own apply, by waiting for an operation of ours, or for somebody else’s.',
    required: { step, mode: { enum: ['apply', 'reattach', 'wait'] } },
  },
  'step.progress': { says: 'What the service says right now.', required: { step, detail: text } },
  'step.done': {
    says: 'The step is ready, as seen by a last probe.',
    required: { step, ms: count, changed: { type: 'boolean' } },
  },
  'step.failed': { says: 'The step failed; what other steps did is kept.', required: { step, ms: count, problem } },
  'step.skipped': { says: 'The step was not run.', required: { step, because: text } },
  'run.leaving': {
    says: 'The run was told to end and is about to; `run.ended` follows.',
    required: {
      because: { ...text, description: '`SIGINT`, `SIGTERM`, or what was answered at the terminal' },
      message: { ...text, description: 'what it does first' },
    },
  },
  warning: {
    says: 'Something worth knowing that stops nothing.',
    required: { code: text, message: text },
    optional: { step },
  },
  'run.ended': {
    says: 'The last event of a run, always.',
    required: {
      outcome: { enum: ['done', 'failed', 'detached', 'interrupted'] },
      exitCode: count,
      ms: count,
      ready: { ...count, description: 'steps that are ready' },
      total: { ...count, description: 'steps of the run' },
      detached: { ...texts, description: 'steps whose cloud operation goes on without us' },
    },
    optional: {
      next: { ...text, description: 'the command that continues' },
      billed: { ...texts, description: 'what costs money from here on, where the run was left' },
      watch: { ...text, description: 'the command that watches what goes on' },
      cancel: { ...text, description: 'the command that aborts it, where it can be aborted' },
      remove: { ...text, description: 'the command that removes everything' },
    },
  },
};

const eventSchemaOf = (type: string, { says, required, optional }: EventShape): Node => ({
  type: 'object',
  description: says,
  required: ['v', 'seq', 'time', 'type', ...Object.keys(required)],
  properties: {
    v: { const: eventVersion },
    seq: { type: 'integer', minimum: 1, description: 'counts from 1 without gaps' },
    time: { ...text, description: 'ISO 8601, UTC' },
    type: { const: type },
    ...required,
    ...optional,
  },
});

/** JSON Schema (2020-12) of one line of `--output ndjson`. Unknown properties are allowed: later versions may add some. */
export const eventSchema = (): Node => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'An event of aks-ebpf-sentinel',
  description: 'One line of `--output ndjson`.',
  oneOf: Object.entries(eventShapes).map(([type, shape]) => eventSchemaOf(type, shape)),
});
