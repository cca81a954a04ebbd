import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AttachRequest } from '../../sandbox/attached/attachment.ts';
import type { Io } from '../io.ts';
import { usage } from '../usage.ts';

export interface StartSandboxOptions {
  readonly port?: number | undefined;
  readonly charts?: string | undefined;
  readonly fault?: readonly string[] | undefined;
  readonly kubeconfig?: string | undefined;
  readonly kubernetesService?: string | undefined;
  readonly allowRemoteCluster?: boolean | undefined;
}

const lastFirstPort = 65_535 - 3;

/** The sandbox has a folder of its own to work in: what the caller names is named in full. */
export const chartsOf = ({ charts }: StartSandboxOptions, { cwd }: Io): string | undefined =>
  charts === undefined ? undefined : resolve(cwd, charts);

/** The real cluster that the caller wants behind the sandbox. */
export const attachOf = (options: StartSandboxOptions, { cwd }: Io): AttachRequest | undefined =>
  options.kubeconfig === undefined
    ? undefined
    : {
        kubeconfig: resolve(cwd, options.kubeconfig),
        kubernetesService: options.kubernetesService,
        remote: options.allowRemoteCluster === true,
      };

const hostForm = /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/u;

const refuseUnfitCluster = async (options: StartSandboxOptions, io: Io): Promise<void> => {
  const { kubernetesService: host, kubeconfig } = options;
  if (kubeconfig === undefined) {
    for (const [flag, given] of [
      ['--kubernetes-service', host],
      ['--allow-remote-cluster', options.allowRemoteCluster],
    ] as const)
      if (given !== undefined && given !== false)
        throw usage(`${flag} says something of a real cluster: name it with --kubeconfig FILE.`);
    return;
  }
  if (host !== undefined && !hostForm.test(host))
    throw usage(
      `--kubernetes-service is ${host}, but it must be a host name or an IPv4 address alone, without scheme and port.`,
    );
  const [{ accessFrom }, { CannotServe }] = await Promise.all([
    import('../../sandbox/attached/attachment.ts'),
    import('../../sandbox/cannot-serve.ts'),
  ]);
  const request = attachOf(options, io);
  try {
    if (request !== undefined) accessFrom(request);
  } catch (error) {
    if (error instanceof CannotServe) throw usage(`--kubeconfig ${error.message}`);
    throw error;
  }
};

/** Faults as they were typed: a list is split at its commas, which stand between a fault's parameters, too. */
export const faultsOf = async ({ fault = [] }: StartSandboxOptions): Promise<readonly string[]> =>
  fault.length === 0 ? [] : (await import('../../sandbox/faults/fault-order.ts')).joinedFaults(fault);

const refuseUnfitFaults = async (options: StartSandboxOptions): Promise<void> => {
  const faults = await faultsOf(options);
  if (faults.length === 0) return;
  const [{ typedFault }, { faultNames }] = await Promise.all([
    import('../../sandbox/faults/fault-order.ts'),
    import('../../sandbox/faults/kinds.ts'),
  ]);
  for (const text of faults) {
    const order = typedFault(text);
    if (order.kind === 'refused') throw usage(`--fault: ${order.problem}`, `Faults: ${faultNames.join(', ')}.`);
  }
};

/** Everything that is wrong without a sandbox, before one starts. @throws Problem `usage` */
export const checkServing = async (options: StartSandboxOptions, io: Io): Promise<void> => {
  const { port, charts } = options;
  if (port !== undefined && (port < 1 || port > lastFirstPort))
    throw usage(`--port is ${port}, but it must be from 1 to ${lastFirstPort}: the sandbox takes four ports in a row.`);
  const folder = chartsOf(options, io);
  if (folder !== undefined && !existsSync(folder))
    throw usage(
      `--charts ${charts ?? ''} does not exist; give a folder that holds cilium-VERSION.tgz and tetragon-VERSION.tgz.`,
    );
  await refuseUnfitCluster(options, io);
  await refuseUnfitFaults(options);
};
