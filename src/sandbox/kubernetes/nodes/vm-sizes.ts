export interface VmShape {
  readonly cpus: number;
  readonly memoryMi: number;
  readonly maxPods: number;
}

const GIB_PER_CPU: Readonly<Record<string, number>> = { A: 2, B: 4, D: 4, E: 8, F: 2, L: 8, M: 28 };
const MAX_PODS = 110;

/** Capacity of an Azure VM size, read from its name: `Standard_D4s_v5` is family D with 4 vCPUs. */
export const vmShape = (vmSize: string): VmShape => {
  const [, family = 'D', cpus = '2'] = /^Standard_([A-Z])[A-Z]*(\d+)/.exec(vmSize) ?? [];
  // The kernel keeps about 1.5 % of a VM's memory for itself.
  const memoryMi = Math.floor(Number(cpus) * (GIB_PER_CPU[family] ?? 4) * 1024 * 0.985);
  return { cpus: Number(cpus), memoryMi, maxPods: MAX_PODS };
};

/** Milli-CPUs that AKS reserves: 60, 100, 140, 180, 260, 420, 740 for 1, 2, 4, 8, 16, 32, 64 cores (learn.microsoft.com, AKS node resource reservations). */
const reservedCpu = (cpus: number): number => {
  const steps: readonly (readonly [number, number])[] = [
    [64, 740],
    [32, 420],
    [16, 260],
    [8, 180],
    [4, 140],
    [2, 100],
    [1, 60],
  ];
  return steps.find(([from]) => cpus >= from)?.[1] ?? 60;
};

export const capacity = ({ cpus, memoryMi, maxPods }: VmShape): Readonly<Record<string, string>> => ({
  cpu: String(cpus),
  'ephemeral-storage': '129886128Ki',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: `${memoryMi * 1024}Ki`,
  pods: String(maxPods),
});

/** AKS >= 1.29 reserves 20 MiB for each possible pod plus 50 MiB, at most a quarter, and evicts at 100 MiB. */
export const allocatable = (shape: VmShape): Readonly<Record<string, string>> => {
  const reserved = Math.min(20 * shape.maxPods + 50, Math.floor(shape.memoryMi / 4));
  return {
    ...capacity(shape),
    cpu: `${shape.cpus * 1000 - reservedCpu(shape.cpus)}m`,
    'ephemeral-storage': '119703055367',
    memory: `${(shape.memoryMi - reserved - 100) * 1024}Ki`,
  };
};
