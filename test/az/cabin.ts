import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skipped } from '../support/skipped.ts';

/** Network and mounts of their own; as nobody in particular, where the kernel lets anybody have them. */
const unshare = ['--map-root-user', '--net', '--mount'] as const;

const refusal = (): string | undefined => {
  const tried = spawnSync('unshare', [...unshare, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
  if (tried.error !== undefined) return `unshare cannot be run: ${tried.error.message}`;
  return tried.status === 0 ? undefined : `unshare and ip make no namespace here: ${tried.stderr.trim()}`;
};

/** Whether this machine lets a test have a network of its own. */
export const haveNamespaces = ((): boolean => {
  const why = process.platform === 'linux' ? refusal() : `${process.platform} has no network namespaces`;
  if (why !== undefined) skipped('namespaces', why);
  return why === undefined;
})();

/** A place with nothing but loopback, where some host names lead to this machine and all others nowhere. */
export interface Cabin {
  /** A command and its arguments, as it has to be spawned to run in there, in `cwd`. */
  enter(cwd: string, command: readonly string[]): readonly [program: string, args: readonly string[]];
  /** Names that were asked for and are not of this place. */
  strangers(): readonly string[];
  close(): void;
}

export const openCabin = async (folder: string, hosts: readonly string[]): Promise<Cabin> => {
  const [hostsFile, resolverFile, asked] = ['hosts', 'resolv.conf', 'asked'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(hostsFile, `127.0.0.1 localhost ${hosts.join(' ')}\n`);
  writeFileSync(resolverFile, 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n');
  const script = [
    'ip link set lo up',
    `mount --bind '${hostsFile}' /etc/hosts`,
    `mount --bind '${resolverFile}' /etc/resolv.conf`,
    `exec '${process.execPath}' '${join(import.meta.dirname, 'name-server.ts')}' '${asked}'`,
  ].join(' && ');
  const holder = spawn('unshare', [...unshare, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  holder.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  await new Promise<void>((done, fail) => {
    holder.stdout.once('data', () => done());
    holder.once('exit', () => fail(new Error(`The namespace ended: ${said}`)));
  });
  const target = String(holder.pid);
  return {
    enter: (cwd, command) => [
      'nsenter',
      // Entering other mounts forgets where one was.
      [
        '--target',
        target,
        '--user',
        '--preserve-credentials',
        '--net',
        '--mount',
        'sh',
        '-c',
        inFolder,
        cwd,
        ...command,
      ],
    ],
    strangers: () => (existsSync(asked) ? readFileSync(asked, 'utf8').split('\n').slice(0, -1) : []),
    close: () => void holder.kill('SIGKILL'),
  };
};

const inFolder = 'cd "$0" && exec "$@"';
