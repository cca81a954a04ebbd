import type { CloudProfile } from './cloud-profile.ts';

interface Endpoints {
  readonly arm: string;
  readonly authority: string;
  readonly logs: string;
  readonly portal: string;
}

const profile = (name: string, { arm, authority, logs, portal }: Endpoints): CloudProfile => ({
  name,
  armEndpoint: arm,
  armAudience: `${arm}/`,
  authorityHost: authority,
  privateAuthority: false,
  logsEndpoint: logs,
  logsAudience: logs,
  portal,
  caFile: undefined,
  pollIntervalMs: 10_000,
  subscriptionId: undefined,
  tenantId: undefined,
  location: undefined,
  credential: undefined,
  charts: {},
  notes: [],
});

/** Clouds by the name that `--cloud` takes; the first is the default. */
export const clouds: readonly [CloudProfile, ...CloudProfile[]] = [
  profile('public', {
    arm: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    logs: 'https://api.loganalytics.io',
    portal: 'https://portal.azure.com',
  }),
  profile('usgovernment', {
    arm: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    logs: 'https://api.loganalytics.us',
    portal: 'https://portal.azure.us',
  }),
  profile('china', {
    arm: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
    logs: 'https://api.loganalytics.azure.cn',
    portal: 'https://portal.azure.cn',
  }),
];

export const cloudNames = clouds.map((cloud) => cloud.name);
