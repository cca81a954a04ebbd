import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** What the Go modules beside this file are built into. */
const programs = ['control-plane', 'kwok', 'cilium-crds'] as const;
const sources = join(import.meta.dirname, 'go');

/** Charts and clients look at what the API server says of itself; without these it would say v0.0.0. */
const kubernetesVersion = 'v1.35.4';
const version = 'k8s.io/component-base/version';
const linkerFlags = `-s -w -X ${version}.gitVersion=${kubernetesVersion} -X ${version}.gitMajor=1 -X ${version}.gitMinor=35 -X ${version}.gitTreeState=clean`;

/** In the built folder: what the operators register, as YAML documents. */
export const crdFiles = { cilium: 'cilium-crds.yaml', tetragon: 'tetragon-crds.yaml' } as const;

export type BuiltPlane = { readonly folder: string } | { readonly missing: string };

interface Ran {
  readonly stdout: string;
  /** What it said last where it failed. */
  readonly failure: string | undefined;
}

const run = (command: string, args: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((done) => {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.on('error', (error) => done({ stdout, failure: error.message }));
    child.on('close', (code) =>
      done({
        stdout,
        failure: code === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? `exit code ${code}`),
      }),
    );
  });

/** Changes with every source file, with the Go release and with the machine it builds for. */
const keyOf = (goVersion: string): string => {
  const hash = createHash('sha256').update(goVersion).update(linkerFlags);
  for (const name of globSync('*/*', { cwd: sources }).toSorted())
    hash.update(`${name}\n`).update(readFileSync(join(sources, name)));
  return hash.digest('hex').slice(0, 16);
};

/**
 * A folder with the control plane's programs, in the user's cache: built once, about five minutes and 3 GB of Go's own
 * caches the first time. It is built beside its place and moved there when whole, so that neither an interrupted build
 * nor another one at the same time leaves half of it.
 */
export const builtPlane = async (): Promise<BuiltPlane> => {
  const go = await run('go', ['version'], sources);
  if (go.failure !== undefined) return { missing: `go does not run: ${go.failure}` };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aks-ebpf-sentinel');
  const folder = join(cache, `control-plane-${keyOf(go.stdout)}`);
  if (existsSync(folder)) return { folder };

  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  const building = `${folder}.${process.pid}.building`;
  mkdirSync(building);
  process.stderr.write(
    `Building etcd, a Kubernetes ${kubernetesVersion} control plane and kwok into ${folder}: once, about five minutes.\n`,
  );
  const begun = Date.now();
  const failure = await buildInto(building);
  if (failure !== undefined) {
    rmSync(building, { recursive: true, force: true });
    return { missing: failure };
  }
  process.stderr.write(`Built in ${Math.round((Date.now() - begun) / 1000)} s.\n`);
  moveTo(building, folder);
  return { folder };
};

/** All of it; says what went wrong. */
const buildInto = async (folder: string): Promise<string | undefined> => {
  for (const program of programs) {
    const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags, '-o', join(folder, program), '.'];
    const { failure } = await run('go', args, join(sources, program));
    if (failure !== undefined) return `go does not build ${program}: ${failure}`;
  }
  const crds = await run(join(folder, 'cilium-crds'), [], folder);
  if (crds.failure !== undefined) return `cilium-crds: ${crds.failure}`;
  writeFileSync(join(folder, crdFiles.cilium), crds.stdout);

  const tetragon = ['mod', 'download', '-json', 'github.com/cilium/tetragon'];
  const { stdout, failure } = await run('go', tetragon, join(sources, 'tetragon-crds'));
  if (failure !== undefined) return `go does not download Tetragon: ${failure}`;
  const module = (JSON.parse(stdout) as { Dir: string }).Dir;
  const files = globSync(join(module, 'install/kubernetes/tetragon/crds-yaml/cilium.io_tracingpolicies*.yaml'));
  writeFileSync(join(folder, crdFiles.tetragon), files.map((file) => readFileSync(file, 'utf8')).join('\n---\n'));
  return undefined;
};

/** Whoever was first has put the same programs there. */
const moveTo = (building: string, folder: string): void => {
  try {
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
};

const removeAbandoned = (cache: string): void => {
  for (const path of globSync(join(cache, 'control-plane-*.building'))) {
    const pid = Number(basename(path).split('.')[1]);
    if (!alive(pid)) rmSync(path, { recursive: true, force: true });
  }
};

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
