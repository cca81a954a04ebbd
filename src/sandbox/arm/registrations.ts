import { durations } from '../durations.ts';
import { textParameter } from '../faults.ts';
import type { Faults } from '../faults.ts';
import type { Store } from '../store.ts';
import type { Tasks } from '../tasks.ts';
import { findProvider } from './catalog.ts';

export type RegistrationState = 'NotRegistered' | 'Pending' | 'Registering' | 'Registered' | 'Unregistered';

export interface Registrations {
  provider(namespace: string): RegistrationState;
  registerProvider(namespace: string): void;
  unregisterProvider(namespace: string): void;
  /** A feature by `namespace/name`. */
  feature(namespace: string, name: string): RegistrationState;
  registerFeature(namespace: string, name: string): void;
  unregisterFeature(namespace: string, name: string): void;
  /** Whether the provider has taken notice of a registered feature: it does when it is registered again. */
  featureInEffect(namespace: string, name: string): boolean;
}

interface Registration {
  readonly state: RegistrationState;
  readonly propagated?: boolean;
}

/** A subscription starts with nothing registered but what every new one has. */
const registeredFromTheStart = ['Microsoft.Storage', 'Microsoft.Compute', 'Microsoft.Network'];

export const createRegistrations = (store: Store, tasks: Tasks, faults: Faults): Registrations => {
  const providers = store.collection<Registration>('provider');
  const features = store.collection<Registration>('feature');
  const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`.toLowerCase();

  tasks.handle('provider-registered', ({ subject }) => {
    if (faults.find('provider-stuck', { method: 'POST', path: subject }) !== undefined) {
      tasks.add('provider-registered', durations.providerRegister, subject);
    } else providers.set(subject, { state: 'Registered' });
  });
  tasks.handle('feature-registered', ({ subject }) => {
    if (faults.find('feature-stuck', { method: 'POST', path: subject }) !== undefined) {
      tasks.add('feature-registered', durations.featureRegister, subject);
    } else features.set(subject, { state: 'Registered', propagated: false });
  });

  const provider = (namespace: string): RegistrationState => {
    const entry = findProvider(namespace);
    if (entry === undefined) return 'NotRegistered';
    const atStart = entry.registrationFree === true || registeredFromTheStart.includes(entry.namespace);
    return providers.get(namespace.toLowerCase())?.state ?? (atStart ? 'Registered' : 'NotRegistered');
  };

  return {
    provider,
    registerProvider(namespace) {
      const key = namespace.toLowerCase();
      for (const [name, feature] of features.entries()) {
        if (name.startsWith(`${key}/`) && feature.state === 'Registered')
          features.set(name, { ...feature, propagated: true });
      }
      const state = provider(namespace);
      if (state === 'Registered' || state === 'Registering') return;
      providers.set(key, { state: 'Registering' });
      tasks.add('provider-registered', durations.providerRegister, key);
    },
    unregisterProvider: (namespace) => providers.set(namespace.toLowerCase(), { state: 'Unregistered' }),
    feature: (namespace, name) => features.get(keyOf(namespace, name))?.state ?? 'NotRegistered',
    registerFeature(namespace, name) {
      const key = keyOf(namespace, name);
      const state = features.get(key)?.state;
      if (state === 'Registered' || state === 'Registering' || state === 'Pending') return;
      // Some features wait for somebody at Microsoft to approve them.
      const stuck = faults.find('feature-stuck', { method: 'POST', path: key });
      const pending = stuck !== undefined && textParameter(stuck, 'state') === 'Pending';
      features.set(key, { state: pending ? 'Pending' : 'Registering' });
      tasks.add('feature-registered', durations.featureRegister, key);
    },
    unregisterFeature: (namespace, name) => features.set(keyOf(namespace, name), { state: 'Unregistered' }),
    featureInEffect(namespace, name) {
      const feature = features.get(keyOf(namespace, name));
      return feature?.state === 'Registered' && feature.propagated === true;
    },
  };
};
