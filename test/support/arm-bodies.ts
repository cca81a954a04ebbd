import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USER_AGENT } from '../../src/azure/arm-request.ts';
import { acceptedObjections, schemaless } from './arm-schemas-accepted.ts';
import { type ArmBody, judgeBody, type Objection, schemaKey, typeOfPath } from './arm-schemas.ts';

/** A line of a request log, as far as it matters here. */
interface LogLine {
  readonly time?: string;
  readonly service: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly apiVersion?: string;
  readonly body?: unknown;
}

/** A body that the product sent, with its way there and the moment, in milliseconds since the epoch. */
export interface SentBody extends ArmBody {
  readonly path: string;
  readonly at: number;
}

/** What a body was refused for. */
export interface Refusal {
  readonly sent: SentBody;
  readonly objections: readonly Objection[];
}

/** The bodies that the product, and nobody else, sent to ARM; actions such as `/register` have no schema and need none. */
export const bodiesOf = (lines: readonly LogLine[]): readonly SentBody[] =>
  lines.flatMap(({ time, service, client, method, path, apiVersion = '', body }) => {
    if (service !== 'arm' || body === undefined || !client.includes(USER_AGENT)) return [];
    const typed = typeOfPath(path);
    if (typed === undefined || typed.action) return [];
    return [{ method, path, type: typed.type, apiVersion, body, at: time === undefined ? 0 : Date.parse(time) }];
  });

const parsed = (text: string): readonly LogLine[] =>
  text
    .split('\n')
    // A sandbox that was killed may have left half a line.
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine);

/** The request log of a sandbox directory, running or not. */
export const requestLogOf = (sandboxDir: string): readonly LogLine[] =>
  ['requests.ndjson.1', 'requests.ndjson']
    .map((name) => join(sandboxDir, name))
    .filter((file) => existsSync(file))
    .flatMap((file) => parsed(readFileSync(file, 'utf8')));

const noted = new Map<string, SentBody>();

/** Keeps what the product sent, to be judged when the test file ends. */
export const noteRequests = (lines: readonly LogLine[]): void => {
  // The same body over and over needs one judgement, and the first who sent it is named.
  for (const sent of bodiesOf(lines)) {
    const key = JSON.stringify([sent.method, schemaKey(sent), sent.body]);
    if (!noted.has(key)) noted.set(key, sent);
  }
};

/** Keeps what the product sent to this sandbox; to be called before its log is emptied. */
export const noteBodies = (sandboxDir: string): void => noteRequests(requestLogOf(sandboxDir));

/** All that was noted in this test file. */
export const notedBodies = (): readonly SentBody[] => [...noted.values()];

export interface Judgement {
  readonly refused: readonly Refusal[];
  /** `type@version` of bodies that nobody here can judge, and that are not known to be so. */
  readonly unknown: readonly SentBody[];
}

/** What Microsoft's schema, or the nearest, says against a body, but for what is accepted with a reason; undefined without a schema. */
export const objectionsTo = async (sent: ArmBody): Promise<readonly Objection[] | undefined> => {
  const apiVersion = schemaless[schemaKey(sent)]?.nearest ?? sent.apiVersion;
  const verdict = await judgeBody({ ...sent, apiVersion });
  if (verdict.kind === 'no-schema') return undefined;
  return verdict.kind === 'good' ? [] : verdict.objections.filter((each) => !isAccepted(sent, each));
};

/** Holds bodies against Microsoft's schemas. */
export const judgeBodies = async (bodies: readonly SentBody[]): Promise<Judgement> => {
  const refused: Refusal[] = [];
  const unknown: SentBody[] = [];
  for (const sent of bodies) {
    const objections = await objectionsTo(sent);
    if (objections === undefined && schemaless[schemaKey(sent)] === undefined) unknown.push(sent);
    if (objections !== undefined && objections.length > 0) refused.push({ sent, objections });
  }
  return { refused, unknown };
};

const isAccepted = (sent: ArmBody, { at, keyword, value }: Objection): boolean =>
  acceptedObjections.some(
    (each) =>
      each.schema.test(schemaKey(sent)) &&
      each.at.test(at) &&
      each.keyword === keyword &&
      each.value.test(JSON.stringify(value)),
  );

const acceptedFile = 'test/support/arm-schemas-accepted.ts';

/** A judgement as the lines that a developer needs: who sent what where, and what Microsoft says of it. */
export const wordedJudgement = ({ refused, unknown }: Judgement, testAt: (at: number) => string): readonly string[] => {
  const lines = new Map<string, string>();
  const add = (sent: SentBody, says: string): void => {
    const key = `${schemaKey(sent)} ${says}`;
    // Once for each thing to mend, with the first test that met it.
    if (!lines.has(key))
      lines.set(key, `${testAt(sent.at)}: ${sent.method} ${sent.path}?api-version=${sent.apiVersion}: ${says}`);
  };
  for (const { sent, objections } of refused)
    for (const { at, value, says } of objections)
      add(sent, `${at === '' ? 'the body' : `${at} (${JSON.stringify(value).slice(0, 80)})`} ${says}`);
  for (const sent of unknown)
    add(
      sent,
      `no schema judges ${schemaKey(sent)}: add one to data/arm, or the pair and its reason to ${acceptedFile}`,
    );
  return [...lines.values()];
};
