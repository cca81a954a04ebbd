import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { formatConfigFile } from '../../config/file.ts';
import type { Values } from '../../config/field.ts';
import { resolveConfig } from '../../config/resolve.ts';
import { configSchema } from '../../config/schema.ts';
import { runWizard } from '../../wizard/wizard.ts';
import type { Ask } from '../deployment.ts';
import { calledBy } from '../program.ts';
import type { Io } from '../io.ts';
import type { Places } from '../places.ts';
import type { Session } from '../session.ts';
import { sameDeployment } from '../suggestions.ts';
import { onDisk, stateDirPlace } from './on-disk.ts';
import { writeWholeFile } from './whole-file.ts';
import type { Globals } from '../globals.ts';

/** Writes the file and, in the state directory, the schema that editors complete it by: no address on the web to trust or to lose. */
const saveConfig = async (chosen: Values, { configFile, stateDir }: Places): Promise<void> => {
  const schemaFile = join(stateDir, 'config.schema.json');
  await onDisk(stateDirPlace(stateDir), async () => {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await writeWholeFile(schemaFile, `${JSON.stringify(configSchema(), undefined, 2)}\n`);
  });
  const path = relative(dirname(configFile), schemaFile).replaceAll('\\', '/');
  const text = await formatConfigFile(chosen, path.startsWith('../') ? path : `./${path}`);
  const config = { place: `The config file ${configFile}`, hint: 'Give another one with --config.' };
  await onDisk(config, () => writeWholeFile(configFile, text));
};

/**
 * The wizard with a terminal and a disk. It asks when something required is missing, or when there is no config file yet:
 * whoever has one has answered already.
 */
export const wizardAsk =
  (at: { readonly globals: Globals; readonly io: Io; readonly places: Places; readonly session: Session }): Ask =>
  async (input) => {
    const { globals, io, places, session } = at;
    if (existsSync(places.configFile) && resolveConfig(input).kind === 'config') return {};
    return runWizard(input, {
      streams: {
        input: io.stdin,
        output: io.stdout,
        signal: io.signal,
        onLeaving: 'Interrupted; nothing was created.',
      },
      page: session.page,
      say: session.say,
      save: async (chosen) => {
        await saveConfig(chosen, places);
        return relative(io.cwd, places.configFile) || places.configFile;
      },
      sameAgain: `${calledBy(io.env)} init${sameDeployment({ ...globals, given: {} })} --yes`,
    });
  };
