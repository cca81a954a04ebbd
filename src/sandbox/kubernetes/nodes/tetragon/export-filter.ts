import { type Fields, at, flagAt, textAt, textsAt } from '../fields.ts';

/** What of an event the export filters look at. */
export interface Exported {
  /** For example PROCESS_EXEC. */
  readonly type: string;
  /** Empty for a process that belongs to no pod. */
  readonly namespace: string;
  readonly pod: string;
  readonly binary: string;
  readonly healthCheck: boolean;
}

const parse = (text: string): readonly Fields[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Fields];
      } catch {
        return [];
      }
    });

const matches = (filter: Fields, event: Exported): boolean => {
  if (at(filter, 'health_check') !== undefined && flagAt(filter, 'health_check') !== event.healthCheck) return false;
  if (at(filter, 'event_set') !== undefined && !textsAt(filter, 'event_set').includes(event.type)) return false;
  if (at(filter, 'namespace') !== undefined && !textsAt(filter, 'namespace').includes(event.namespace)) return false;
  if (
    at(filter, 'pod_regex') !== undefined &&
    !textsAt(filter, 'pod_regex').some((pattern) => new RegExp(pattern).test(event.pod))
  )
    return false;
  if (
    at(filter, 'binary_regex') !== undefined &&
    !textsAt(filter, 'binary_regex').some((pattern) => new RegExp(pattern).test(event.binary))
  )
    return false;
  return true;
};

/** Whether the agent exports an event: one entry of the allow list must match (all, where it is empty), and none of the deny list. */
export const isExported = (config: Readonly<Record<string, string>>, event: Exported): boolean => {
  const allow = parse(textAt(config, 'export-allowlist') ?? '');
  const deny = parse(textAt(config, 'export-denylist') ?? '');
  return (
    (allow.length === 0 || allow.some((filter) => matches(filter, event))) &&
    !deny.some((filter) => matches(filter, event))
  );
};
