import type { Azure } from '../azure/azure.ts';
import type { Config } from '../config/config.ts';
import { Problem } from '../errors/problem.ts';

/** A group or subscription that may only be read takes nothing of ours: even a cluster's kubeconfig is asked for by a POST. */
export const checkLocks = async (
  azure: Azure,
  { resourceGroup }: Config,
  warn: (code: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const lock = await azure.locks.readOnly(resourceGroup, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    // Who may deploy need not be allowed to read locks: then ARM itself will say.
    if (!(error instanceof Problem) || error.kind === 'sign-in') throw error;
    warn('locks-unchecked', `locks could not be looked for: ${error.message}`);
    return undefined;
  });
  if (lock === undefined) return;
  throw new Problem(`The read-only lock ${lock.name} on ${lock.scope} forbids every change there`, {
    kind: 'preflight',
    code: 'ScopeLocked',
    hint: 'Choose another --resource-group or subscription, or let its owner take the lock away with `az lock delete`.',
  });
};
