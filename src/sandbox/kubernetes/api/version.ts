import { createHash } from 'node:crypto';
import type { ApiReply } from './request.ts';

/** Go that this minor of Kubernetes is built with. */
const goOf = (minor: number): string => (minor >= 35 ? 'go1.25.7' : minor >= 34 ? 'go1.24.12' : 'go1.23.12');

/** `/version`, indented as Kubernetes answers it. The commit is nobody's: it only has a commit's form. */
export const versionReply = (version: string): ApiReply => {
  const [major = '1', minor = '0'] = version.split('.');
  const body = {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${version}`,
    gitCommit: createHash('sha1').update(version).digest('hex'),
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: goOf(Number(minor)),
    compiler: 'gc',
    platform: 'linux/amd64',
  };
  return { kind: 'text', code: 200, body: JSON.stringify(body, null, 2), contentType: 'application/json' };
};
