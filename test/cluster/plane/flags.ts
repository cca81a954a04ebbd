import { join } from 'node:path';
import type { Pki } from './pki.ts';

const serviceNetwork = '10.0.0.0/16';
/** Its first address, from which kwok counts, and its size. */
const podNetwork = '10.244.0.1/16';

/** Data that nobody keeps: it need not reach the disk. */
export const etcdFlags = (dir: string, client: number, peer: number): readonly string[] => [
  '--name=plane',
  `--data-dir=${join(dir, 'etcd')}`,
  '--unsafe-no-fsync',
  '--log-level=warn',
  '--quota-backend-bytes=4294967296',
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=plane=http://127.0.0.1:${peer}`,
];

/** Everything for nodes and pods goes through the HTTP CONNECT proxy behind this socket. */
export const egressConfig = (socketFile: string): string =>
  JSON.stringify({
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      {
        name: 'cluster',
        connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socketFile } } },
      },
    ],
  });

export const apiServerFlags = (pki: Pki, etcd: number, port: number, egress: string): readonly string[] => [
  `--etcd-servers=http://127.0.0.1:${etcd}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  `--secure-port=${port}`,
  `--tls-cert-file=${pki.server}.crt`,
  `--tls-private-key-file=${pki.server}.key`,
  `--client-ca-file=${pki.ca}`,
  '--anonymous-auth=false',
  '--authorization-mode=Node,RBAC',
  '--allow-privileged',
  '--profiling=false',
  '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
  `--service-account-key-file=${pki.serviceAccountKey}`,
  `--service-account-signing-key-file=${pki.serviceAccountKey}`,
  `--service-cluster-ip-range=${serviceNetwork}`,
  // A loopback address is no endpoint that it would accept for the Service `kubernetes`.
  '--endpoint-reconciler-type=none',
  `--egress-selector-config-file=${egress}`,
  '--kubelet-preferred-address-types=InternalIP',
  `--kubelet-client-certificate=${pki.kubeletClient}.crt`,
  `--kubelet-client-key=${pki.kubeletClient}.key`,
  `--requestheader-client-ca-file=${pki.frontProxyCa}`,
  '--requestheader-allowed-names=front-proxy-client',
  '--requestheader-username-headers=X-Remote-User',
  '--requestheader-group-headers=X-Remote-Group',
  '--requestheader-extra-headers-prefix=X-Remote-Extra-',
  `--proxy-client-cert-file=${pki.frontProxy}.crt`,
  `--proxy-client-key-file=${pki.frontProxy}.key`,
  '--max-requests-inflight=1600',
  '--max-mutating-requests-inflight=800',
];

const controllerFlags = (kubeconfig: string, port: number): readonly string[] => [
  `--kubeconfig=${kubeconfig}`,
  `--authentication-kubeconfig=${kubeconfig}`,
  `--authorization-kubeconfig=${kubeconfig}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  '--leader-elect=false',
  '--kube-api-qps=500',
  '--kube-api-burst=1000',
];

export const controllerManagerFlags = (dir: string, pki: Pki, port: number): readonly string[] => [
  ...controllerFlags(pki.kubeconfig['controller-manager'], port),
  `--client-ca-file=${pki.ca}`,
  `--root-ca-file=${pki.ca}`,
  '--use-service-account-credentials',
  `--service-account-private-key-file=${pki.serviceAccountKey}`,
  `--cluster-signing-cert-file=${pki.ca}`,
  `--cluster-signing-key-file=${pki.caKey}`,
  '--allocate-node-cidrs=false',
  // It makes that folder, by default below /usr/libexec.
  `--flex-volume-plugin-dir=${join(dir, 'flex-volumes')}`,
];

export const schedulerFlags = (pki: Pki, port: number): readonly string[] =>
  controllerFlags(pki.kubeconfig.scheduler, port);

/** It serves a kubelet of its own, which nothing leads to; without an address it would do so on every interface. */
export const kwokFlags = (pki: Pki, config: string, port: number): readonly string[] => [
  `--kubeconfig=${pki.kubeconfig.kwok}`,
  `--config=${config}`,
  '--manage-all-nodes',
  `--server-address=127.0.0.1:${port}`,
  '--node-lease-duration-seconds=40',
  `--cidr=${podNetwork}`,
];

export const kubeletFlags = (pki: Pki, port: number, backend: number): readonly string[] => [
  `--address=127.0.0.1:${port}`,
  `--backend=127.0.0.1:${backend}`,
  `--tls-cert-file=${pki.server}.crt`,
  `--tls-private-key-file=${pki.server}.key`,
  `--client-ca-file=${pki.ca}`,
];
