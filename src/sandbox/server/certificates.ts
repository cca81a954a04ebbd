import { randomBytes, webcrypto } from 'node:crypto';
import type * as X509 from '@peculiar/x509';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.ts';
import { provideReflectMetadata } from './reflect-metadata.ts';

/** PEM texts of a certificate and its private key. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Leaf {
  readonly commonName: string;
  /** For client certificates: Kubernetes reads groups from the organisation. */
  readonly organization?: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usage: 'server' | 'client';
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

const load = async (): Promise<typeof X509> => {
  provideReflectMetadata();
  return import('@peculiar/x509');
};

/** A self-signed CA, valid for ten years from `now` (milliseconds since the epoch). */
export const issueAuthority = async (commonName: string, now: number): Promise<KeyPair> => {
  const x509 = await load();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${commonName}`,
    notBefore: new Date(now - day),
    notAfter: new Date(now + 3650 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
};

/** A server or client certificate signed by `authority`, valid for a year from `now`. */
export const issueLeaf = async (authority: KeyPair, leaf: Leaf, now: number): Promise<KeyPair> => {
  const x509 = await load();
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ['sign'],
  );
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = [
    ...(leaf.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(leaf.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const usage = leaf.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${leaf.commonName}${leaf.organization === undefined ? '' : `, O=${leaf.organization}`}`,
    issuer: issuer.subject,
    notBefore: new Date(now - day),
    notAfter: new Date(now + 365 * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
};

export interface ServerIdentity {
  readonly caFile: string;
  readonly authority: KeyPair;
  readonly server: KeyPair;
}

/**
 * The CA of a sandbox directory and a certificate for the names it listens on, made once and kept:
 * a client that trusts `ca.pem` goes on trusting it after a restart.
 */
export const serverIdentity = async (dir: string, hosts: readonly string[], now: number): Promise<ServerIdentity> => {
  const caFile = join(dir, 'ca.pem');
  const caKeyFile = join(dir, 'ca-key.pem');
  const known = existsSync(caFile) && existsSync(caKeyFile);
  const authority = known
    ? { certificate: readFileSync(caFile, 'utf8'), key: readFileSync(caKeyFile, 'utf8') }
    : await issueAuthority('aks-ebpf-sentinel sandbox', now);
  if (!known) {
    writePrivateFile(caKeyFile, authority.key);
    writePrivateFile(caFile, authority.certificate);
  }
  const server = await issueLeaf(
    authority,
    { commonName: 'localhost', dnsNames: ['localhost', ...hosts], ipAddresses: ['127.0.0.1'], usage: 'server' },
    now,
  );
  return { caFile, authority, server };
};

const exportKey = async (key: webcrypto.CryptoKey): Promise<string> => {
  const x509 = await load();
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
};

// A leading zero byte of a random serial would be a malformed integer to strict readers.
const serial = (): string => `4${randomBytes(15).toString('hex').slice(1)}`;
