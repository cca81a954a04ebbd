import { resolve } from 'node:path';
import { Problem } from '../../errors/problem.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { onDisk } from './on-disk.ts';
import { writePrivateFile } from './private-file.ts';
import { openServices } from './services.ts';

export type KubeconfigResult = { readonly file: string } | { readonly kubeconfig: string };

/** The cluster user's kubeconfig as AKS gives it; it holds a credential, so a file is for its owner alone, even where one was before. */
export const runKubeconfig = async (
  context: Context,
  options: { readonly file: string | undefined },
): Promise<CommandResult<KubeconfigResult>> => {
  const { services } = await openServices(context, {});
  const { azure, config } = services;
  const found = await azure.clusters.find(config.resourceGroup, config.cluster.name, context.signal);
  if (found === undefined) {
    throw new Problem(`The cluster ${config.cluster.name} does not exist in resource group ${config.resourceGroup}.`, {
      kind: 'failed',
      code: 'no-cluster',
      hint: 'Make it with `aks-ebpf-sentinel init`, or name another one with --name, --resource-group or --cluster-name.',
    });
  }
  const kubeconfig = await azure.clusters.kubeconfig(config.resourceGroup, config.cluster.name, context.signal);
  if (options.file === undefined) return { result: { kubeconfig }, exitCode: 0 };
  const path = resolve(context.io.cwd, options.file);
  const place = { place: `The file ${options.file}`, hint: 'Give a file in a folder that you can write to.' };
  await onDisk(place, () => writePrivateFile(path, kubeconfig));
  return { result: { file: options.file }, exitCode: 0 };
};
