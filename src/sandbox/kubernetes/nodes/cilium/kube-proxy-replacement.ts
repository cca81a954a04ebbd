import type { Fields } from '../fields.ts';
import type { AgentView } from './agent-view.ts';

/** The `kube-proxy-replacement` part of the agent's status: what it took over at its start. */
export const kubeProxyReplacement = (view: AgentView): Fields => {
  const enabled = view.config['kube-proxy-replacement'] === 'true';
  if (!enabled)
    return {
      features: {
        annotations: [],
        externalIPs: {},
        hostPort: {},
        nat46X64: { gateway: {}, service: {} },
        nodePort: {},
        sessionAffinity: {},
        socketLB: {},
      },
      mode: 'False',
    };
  return {
    deviceList: [{ ip: [view.nodeAddress], name: 'eth0' }],
    devices: ['eth0'],
    features: {
      annotations: ['service.cilium.io/type'],
      bpfSocketLBHostnsOnly: view.config['bpf-lb-sock-hostns-only'] === 'true',
      externalIPs: { enabled: true },
      gracefulTermination: { enabled: true },
      hostPort: { enabled: true },
      nat46X64: { gateway: {}, service: {} },
      nodePort: {
        acceleration: 'Disabled',
        algorithm: view.config['bpf-lb-algorithm'] === 'maglev' ? 'Maglev' : 'Random',
        enabled: true,
        mode: (view.config['bpf-lb-mode'] ?? 'snat').toUpperCase(),
        portMax: 32767,
        portMin: 30000,
      },
      sessionAffinity: { enabled: true },
      socketLB: { enabled: true },
      socketLBTracing: { enabled: true },
    },
    mode: 'True',
  };
};
