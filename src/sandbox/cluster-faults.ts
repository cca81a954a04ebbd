import { type Faults, numberParameter } from './faults.ts';
import type { FaultOf } from './kubernetes/api/request-fault.ts';

/** Faults set with `"service": "kubernetes"`, as the API servers of clusters meet them. */
export const clusterFaults =
  (faults: Faults): FaultOf =>
  (method, path) => {
    const fault = faults.takeForRequest({ method, path }, 'kubernetes');
    if (fault === undefined) return undefined;
    switch (fault.name) {
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
      case 'not-found':
        // Unlike ARM's replicas an API server reads its own writes.
        return undefined;
      case 'stall':
        return { kind: 'stall' };
      default:
        return fault.name satisfies never;
    }
  };
