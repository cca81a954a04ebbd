import { isIPv4, isIPv6 } from 'node:net';

/** Names that lead to this machine or to what a virtual machine on it runs. */
const localNames = /^localhost$|\.localhost$|\.docker\.internal$|\.minikube\.internal$|\.internal\.containers$/u;

/** 0.0.0.0 is this machine to a client; k3d writes it. */
const privateIPv4 = (host: string): boolean => {
  const [a = 0, b = 0] = host.split('.').map(Number);
  if (host === '0.0.0.0') return true;
  return a === 127 || a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
};

const privateIPv6 = (host: string): boolean => host === '::1' || /^(f[cd]|fe[89ab])/u.test(host);

/**
 * Whether an API server is on this machine or in a private network, by its address alone. A name in DNS says nothing of where it leads,
 * and managed clusters have such names: it counts as remote.
 */
export const isNear = (server: string): boolean => {
  const host = new URL(server).hostname.replace(/^\[|\]$/gu, '').toLowerCase();
  if (isIPv4(host)) return privateIPv4(host);
  if (isIPv6(host)) return privateIPv6(host);
  return localNames.test(host);
};

/** Clouds whose nodes say where they run; kind, k3d and minikube name themselves or nobody. */
const clouds: Readonly<Record<string, string>> = {
  azure: 'Azure',
  aws: 'AWS',
  gce: 'Google Cloud',
  ibm: 'IBM Cloud',
  oci: 'Oracle Cloud',
  digitalocean: 'DigitalOcean',
  hcloud: 'Hetzner Cloud',
  openstack: 'OpenStack',
  vsphere: 'vSphere',
};

/** The cloud that a node's `spec.providerID` names, such as `azure:///subscriptions/…`; a tunnel on loopback does not hide it. */
export const cloudOf = (providerId: string | undefined): string | undefined =>
  clouds[providerId?.split('://')[0] ?? ''];
