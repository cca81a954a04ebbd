import type { Call, World } from '../call.ts';
import { told } from '../told.ts';

/** Words of a command line; single quotes keep spaces. */
export const words = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));

export interface Typed {
  /** What the command reads from its standard input. */
  readonly stdin?: string;
  /** What tells this call from another of the same words. */
  readonly as?: string;
}

/** A kubectl command as a user types it, in the script's own namespace. */
export const kubectl = (line: string, { stdin, as }: Typed = {}): Call => ({
  name: as === undefined ? line : `${line} (${as})`,
  settles: /^(?:describe|get) /.test(line),
  run: async (world) => told(await inNamespace(world, line, stdin)),
});

/** The same command without a namespace: for what belongs to the whole cluster. */
export const clusterWide = (line: string, { stdin, as }: Typed = {}): Call => ({
  name: as === undefined ? line : `${line} (${as})`,
  run: async (world) => told(await world.kubectl(words(line), stdin)),
});

/** Asks until the command's output is as wanted, for a minute at most; nothing of it is compared but that it came. */
export const eventually = (line: string, wanted: RegExp, as?: string): Call => ({
  name: `${line} gives ${wanted.source}${as === undefined ? '' : ` (${as})`}`,
  async run(world) {
    const end = Date.now() + 60_000;
    for (;;) {
      const { stdout } = await inNamespace(world, line);
      if (wanted.test(stdout)) return 'it does';
      if (Date.now() > end) return stdout;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  },
});

const inNamespace = (world: World, line: string, stdin?: string): ReturnType<World['kubectl']> =>
  world.kubectl(['-n', world.namespace, ...words(line)], stdin);
