import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotServe } from '../cannot-serve.ts';
import { isObject, numberAt, objectAt, textAt } from '../json.ts';
import { writePrivateFile } from '../server/private-file.ts';
import { readAccess, type Access } from './access.ts';
import { inspect, type Facts, type Wishes } from './inspect.ts';
import { createKubeClient, type KubeClient } from './kube-client.ts';
import { attachedKubeconfig } from './kubeconfig.ts';
import { isNear } from './server-place.ts';

/** A real cluster to put behind the sandbox's Azure. */
export interface AttachRequest extends Wishes {
  /** Path of the kubeconfig; its current context is taken. */
  readonly kubeconfig: string;
}

export interface Attachment {
  readonly access: Access;
  readonly facts: Facts;
  readonly client: KubeClient;
}

interface Remembered {
  readonly access: Access;
  readonly facts: Facts;
  readonly wishes: Wishes;
}

const fileOf = (dir: string): string => join(dir, 'attached.json');

/** Reads a kubeconfig and refuses what is not near, before anything is asked of it. @throws CannotServe */
export const accessFrom = ({ kubeconfig, remote }: AttachRequest): Access => {
  let text: string;
  try {
    text = readFileSync(kubeconfig, 'utf8');
  } catch {
    throw new CannotServe(`${kubeconfig} cannot be read: give the path of a kubeconfig.`);
  }
  const access = readAccess(text, kubeconfig);
  if (!remote && !isNear(access.server)) {
    throw new CannotServe(
      `The server ${access.server} of context ${access.context} is neither on this machine nor in a private network. The sandbox installs Cilium and Tetragon into the cluster it is given; if this one is meant for that, say so with --allow-remote-cluster.`,
    );
  }
  return access;
};

/**
 * The real cluster of a sandbox folder: the one that is asked for, else the one that the folder has had since it was first started with
 * one. `clusters` are the managed clusters that ARM has already.
 * @throws CannotServe where the two do not go together, or the cluster cannot be used
 */
export const attach = async (
  dir: string,
  request: AttachRequest | undefined,
  clusters: readonly string[],
): Promise<Attachment | undefined> => {
  const before = recall(dir);
  if (request === undefined) return before === undefined ? undefined : resume(dir, before);
  const access = accessFrom(request);
  const [standing] = clusters;
  const elsewhere = 'delete it first (`sandbox reset` does), or start a sandbox in another folder (--sandbox-dir)';
  if (before === undefined && standing !== undefined)
    throw new CannotServe(`The sandbox in ${dir} has the imitated cluster ${standing}: ${elsewhere}.`);
  const client = createKubeClient(access);
  try {
    const facts = await inspect(client, access, request);
    if (before !== undefined && standing !== undefined && before.facts.uid !== facts.uid) {
      throw new CannotServe(
        `In the sandbox in ${dir} the cluster ${standing} stands for another real one (context ${before.access.context} at ${before.access.server}): ${elsewhere}.`,
      );
    }
    remember(dir, { access, facts, wishes: request });
    return { access, facts, client };
  } catch (error) {
    client.close();
    throw error;
  }
};

/** What was true when it was last seen stands where the cluster does not answer now: it may be stopped. */
const resume = async (dir: string, before: Remembered): Promise<Attachment> => {
  const client = createKubeClient(before.access);
  const facts = await inspect(client, before.access, before.wishes).catch((error: unknown) => {
    if (error instanceof CannotServe) return before.facts;
    throw error;
  });
  const same = facts.uid === before.facts.uid ? facts : before.facts;
  remember(dir, { ...before, facts: same });
  return { access: before.access, facts: same, client };
};

const remember = (dir: string, { access, facts, wishes }: Remembered): void => {
  const kubeconfig = attachedKubeconfig(access, { id: '', name: access.context }, 'clusterUser');
  const { kubernetesService, remote } = wishes;
  writePrivateFile(fileOf(dir), JSON.stringify({ kubeconfig, facts, kubernetesService, remote }));
};

const recall = (dir: string): Remembered | undefined => {
  const file = fileOf(dir);
  if (!existsSync(file)) return undefined;
  const damaged = new CannotServe(
    `${file} is damaged: give the real cluster again with --kubeconfig FILE, after moving that file away.`,
  );
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw damaged;
  }
  const kubeconfig = textAt(read, 'kubeconfig');
  if (!isObject(read) || kubeconfig === undefined) throw damaged;
  const facts = objectAt(read, 'facts');
  return {
    access: readAccess(kubeconfig, file),
    facts: {
      uid: textAt(facts, 'uid') ?? '',
      version: textAt(facts, 'version') ?? '',
      host: textAt(facts, 'host') ?? '',
      nodes: numberAt(facts, 'nodes') ?? 0,
    },
    wishes: { kubernetesService: textAt(read, 'kubernetesService'), remote: read['remote'] === true },
  };
};
