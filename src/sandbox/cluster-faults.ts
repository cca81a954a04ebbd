import { isRefusalName } from './faults/kinds.ts';
import { type Faults, numberParameter } from './faults.ts';
import type { FaultOf } from './kubernetes/api/request-fault.ts';

/** Faults set with `"service": "kubernetes"`, as the API servers of clusters meet them. */
export const clusterFaults =
  (faults: Faults): FaultOf =>
  (method, path) => {
    const fault = faults.takeForRequest({ method, path }, 'kubernetes');
    // No API server says what ARM refuses.
    if (fault === undefined || isRefusalName(fault.name)) return undefined;
    const { name } = fault;
    switch (name) {
      case 'throttled':
        return { kind: 'throttled', retryAfter: numberParameter(fault, 'retryAfter') ?? 1 };
      case 'throttled-without-header':
        return { kind: 'throttled', retryAfter: undefined };
      case 'http-500':
        return { kind: 'failure', status: numberParameter(fault, 'status') ?? 500 };
      case 'reset-before':
        return { kind: 'reset', when: 'before' };
      case 'reset-after':
      case 'truncated':
        return { kind: 'reset', when: 'after' };
      case 'slow-body':
        return { kind: 'slow', seconds: numberParameter(fault, 'seconds') ?? 10 };
      case 'stall':
        return { kind: 'stall' };
    }
    return name satisfies never;
  };
