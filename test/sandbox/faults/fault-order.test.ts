import { expect, test } from 'vitest';
import { faultOrder, joinedFaults, typedFault } from '../../../src/sandbox/faults/fault-order.ts';

test('a fault is typed as its name and, after a colon, its parameters', () => {
  expect(typedFault('stall')).toEqual({ kind: 'fault', name: 'stall', options: { parameters: {} } });
  expect(typedFault('throttled:retryAfter=7,method=PUT,path=/managedClusters,count=2')).toEqual({
    kind: 'fault',
    name: 'throttled',
    options: { count: 2, method: 'PUT', path: '/managedClusters', parameters: { retryAfter: 7 } },
  });
  expect(typedFault('authorization-failed:actions=a/read+b/write,for=30')).toMatchObject({
    options: { seconds: 30, parameters: { actions: ['a/read', 'b/write'] } },
  });
  expect(typedFault('token-expired:challenge=true')).toMatchObject({ options: { parameters: { challenge: true } } });
  expect(typedFault('stall:count=always')).toMatchObject({ options: { count: 'always' } });
});

test('a list that was split at its commas is put together again', () => {
  expect(joinedFaults(['stall', 'throttled:retryAfter=7', 'method=PUT', 'quota-exceeded'])).toEqual([
    'stall',
    'throttled:retryAfter=7,method=PUT',
    'quota-exceeded',
  ]);
});

test.each([
  ['quota-exceded', "There is no fault 'quota-exceded'. Did you mean quota-exceeded?"],
  ['constructor', "There is no fault 'constructor'."],
  ['throttled:retryafter=7', "has no parameter 'retryafter', but retryAfter, count"],
  ['throttled:retryafter=7', 'Did you mean retryAfter?'],
  ['throttled:retryAfter=soon', 'retryAfter of fault throttled is "soon", but it must be a whole number.'],
  ['throttled:count=0', 'count of fault throttled is 0, but it must be a whole number above 0, or always.'],
  ['throttled:for=x', 'for of fault throttled is "x"'],
  ['throttled:service=dns', 'service of fault throttled is "dns", but it must be arm, kubernetes'],
  ['quota-exceeded:service=arm', 'left out: this fault happens in one place alone'],
  ['token-expired:challenge=yes', 'challenge of fault token-expired is "yes", but it must be true or false.'],
  ['stall:always', "'always' of fault stall is not of the form key=value."],
])('%s is refused in one sentence', (text, sentence) => {
  const order = typedFault(text);
  expect(order).toMatchObject({ kind: 'refused' });
  expect(order.kind === 'refused' ? order.problem : '').toContain(sentence);
});

test('what comes as JSON is checked as what is typed', () => {
  expect(faultOrder('http-500', { status: '503' })).toMatchObject({ kind: 'refused' });
  expect(faultOrder('http-500', { method: 7 })).toMatchObject({ kind: 'refused' });
  expect(faultOrder('authorization-failed', { actions: [1] })).toMatchObject({ kind: 'refused' });
});
