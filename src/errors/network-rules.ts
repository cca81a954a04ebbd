import type { ErrorRule } from './error-rule.ts';

/** Codes of Node's sockets, DNS and TLS. */
export const NETWORK_RULES: readonly ErrorRule[] = [
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'],
    kind: 'transient',
    says: ['The name {host} cannot be resolved.'],
    do: ['Check the network and DNS; the run can be continued at any time.'],
  },
  {
    codes: ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'],
    kind: 'transient',
    says: ['{host} does not answer.'],
    do: ['Check the network and the proxy (HTTPS_PROXY, NO_PROXY); the run can be continued at any time.'],
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ECONNABORTED', 'REQUEST_SEND_ERROR', 'PARSE_ERROR'],
    kind: 'transient',
    says: ['The connection to {host} broke off.'],
    do: ['Run the same command again: it continues where it stopped.'],
  },
  {
    codes: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_GET_ISSUER_CERT',
      'CERT_UNTRUSTED',
    ],
    kind: 'failed',
    as: 'tls-not-trusted',
    says: ['The certificate of {host} is not signed by a CA that this machine trusts.'],
    do: [
      "Name the CA's PEM file as `caFile` in the cloud profile, or start again with NODE_EXTRA_CA_CERTS=<file> where a proxy opens TLS.",
    ],
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    kind: 'failed',
    as: 'tls-expired',
    says: ['The certificate of {host} is not valid at the time of this machine.'],
    do: ['Check the clock of this machine first, then the certificate.'],
  },
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    kind: 'failed',
    as: 'tls-wrong-host',
    says: ['The certificate that {host} shows is for another name.'],
    do: ['Check the endpoints of the cloud profile and the proxy.'],
  },
];
