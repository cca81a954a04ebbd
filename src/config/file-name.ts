export const defaultFileName = 'aks-ebpf-sentinel.yaml';
