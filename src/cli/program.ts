/** What users type; a leaf of its own, since help, hints and suggestions all name it. */
export const program = 'aks-ebpf-sentinel';
