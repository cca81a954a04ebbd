import { expect, test } from 'vitest';
import { ownerOf, uuidV5 } from '../../src/config/owner.ts';

const deployment = { subscription: '22222222-2222-4222-8222-222222222222', resourceGroup: 'rg-lab', name: 'lab' };
const tenant = '33333333-3333-4333-8333-333333333333';

test('UUIDv5 is the one of RFC 9562', () => {
  expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

test('the owner is the same on every machine and whatever the case of the names', () => {
  expect(ownerOf({ ...deployment, resourceGroup: 'RG-Lab' }, tenant.toUpperCase())).toBe(ownerOf(deployment, tenant));
});

test('two deployments, resource groups, subscriptions or tenants are two owners', () => {
  const owners = [
    ownerOf(deployment, tenant),
    ownerOf({ ...deployment, name: 'prod' }, tenant),
    ownerOf({ ...deployment, resourceGroup: 'rg-prod' }, tenant),
    ownerOf({ ...deployment, subscription: tenant }, tenant),
    ownerOf(deployment, deployment.subscription),
  ];
  expect(new Set(owners).size).toBe(owners.length);
});
