import type { Config } from '../config/config.ts';
import type { Sources } from '../config/resolve.ts';
import { fields } from '../config/fields.ts';
import type { Page } from './page.ts';
import { paint } from './style.ts';

const valueAt = (config: Config, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);

/** Every value with its path and where it came from. */
export const configText = ({ config, sources }: { config: Config; sources: Sources }, page: Page): string => {
  const width = Math.max(...fields.map(({ path }) => path.length)) + 2;
  return fields
    .map(({ path }) => {
      const value = valueAt(config, path);
      const source = sources[path] === undefined ? 'not set' : sources[path];
      const shown = value === undefined ? '-' : JSON.stringify(value);
      const left = page.columns < 70 ? `${path}:\n  ` : `${path}:`.padEnd(width);
      return `${left}${shown}  ${paint(page, 'quiet', `# ${source}`)}`;
    })
    .join('\n');
};
