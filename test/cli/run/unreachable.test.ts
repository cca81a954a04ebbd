import { expect, test } from 'vitest';
import { unreachable } from '../../../src/cli/run/unreachable.ts';

const lab = { cluster: { name: 'aks-lab' }, resourceGroup: 'rg-lab' };

test('a stopped cluster is called stopped, with the command that starts it', () => {
  expect(unreachable(lab, 'Stopped', 'getaddrinfo ENOTFOUND')).toMatchObject({
    message: 'The cluster aks-lab is stopped, so its API server does not answer.',
    hint: 'Start it with `az aks start --resource-group rg-lab --name aks-lab`.',
  });
});

test('any other silence keeps the words of the last try', () => {
  expect(unreachable(lab, 'Running', 'connect ETIMEDOUT').message).toBe(
    'The API server of aks-lab does not answer: connect ETIMEDOUT.',
  );
});
