import type { Endpoints } from './arm/context.ts';

/** What the public cloud's services are called, and every host that leads to its authority. */
const names = {
  arm: 'management.azure.com',
  authority: 'login.microsoftonline.com',
  logs: 'api.loganalytics.io',
} as const;

/** Application id of AKS's Entra server application, the same in all clouds: API servers of Entra clusters are its audience. */
export const aksServerApplication = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** Hosts of one and the same public authority, as its instance discovery lists them. */
export const authorityAliases: readonly string[] = [
  names.authority,
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
];

/** Names that the certificate of a sandbox in the public cloud's place is for. */
export const publicHosts: readonly string[] = [names.arm, names.logs, 'graph.microsoft.com', ...authorityAliases];

/** The public cloud's own addresses. ARM accepts tokens for its classic address, too: az asks for no others. */
export const publicEndpoints: Endpoints = {
  arm: `https://${names.arm}`,
  authority: `https://${names.authority}`,
  logs: `https://${names.logs}`,
  armAudiences: [
    'https://management.core.windows.net/',
    'https://management.core.windows.net',
    `https://${names.arm}/`,
    `https://${names.arm}`,
  ],
  logsAudiences: [`https://${names.logs}`],
  graphAudiences: ['https://graph.microsoft.com'],
};

/** Resources that tokens may be asked for. */
export const audiencesOf = ({ armAudiences, logsAudiences, graphAudiences }: Endpoints): readonly string[] => [
  ...armAudiences,
  ...logsAudiences,
  ...graphAudiences,
  aksServerApplication,
];

/** A cloud of its own, at the addresses where it listens. */
export const privateEndpoints = (at: Pick<Endpoints, 'arm' | 'authority' | 'logs'>): Endpoints => ({
  ...at,
  armAudiences: [`${at.arm}/`],
  logsAudiences: [at.logs],
  // Metadata names ARM's own address for it.
  graphAudiences: [at.arm],
});
