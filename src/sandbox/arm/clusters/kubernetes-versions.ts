/** A minor version as AKS offers it in November 2026: three community minors, older ones for long-term support only. */
export interface MinorVersion {
  readonly version: string;
  readonly patches: readonly string[];
  readonly isDefault?: boolean;
  readonly isPreview?: boolean;
  readonly supportPlans: readonly string[];
}

const community = ['KubernetesOfficial', 'AKSLongTermSupport'];

export const kubernetesVersions: readonly MinorVersion[] = [
  { version: '1.37', patches: ['1.37.1'], isPreview: true, supportPlans: community },
  { version: '1.36', patches: ['1.36.3', '1.36.2'], isDefault: true, supportPlans: community },
  { version: '1.35', patches: ['1.35.6', '1.35.5'], supportPlans: community },
  { version: '1.34', patches: ['1.34.9', '1.34.8'], supportPlans: community },
  { version: '1.33', patches: ['1.33.12'], supportPlans: ['AKSLongTermSupport'] },
  { version: '1.32', patches: ['1.32.14'], supportPlans: ['AKSLongTermSupport'] },
];

export const defaultVersion = (offered: readonly MinorVersion[]): string =>
  offered.find(({ isDefault }) => isDefault === true)?.patches[0] ?? '';

/** The patch that `1.36`, `1.36.3` or an empty text stands for; undefined where it is not offered for the plan. */
export const resolveVersion = (
  text: string | undefined,
  supportPlan: string,
  offered: readonly MinorVersion[],
): string | undefined => {
  if (text === undefined || text === '') return defaultVersion(offered);
  const minor = offered.find(({ version, patches }) => version === text || patches.includes(text));
  if (minor === undefined || !minor.supportPlans.includes(supportPlan)) return undefined;
  return minor.version === text ? minor.patches[0] : text;
};

/** Whether AKS upgrades from one patch to another: never back, and never over a minor version. */
export const mayBecome = (from: string, to: string): boolean => from === to || upgrades(from).includes(to);

export const versionsView = (offered: readonly MinorVersion[]): unknown => ({
  values: offered.map((minor) => ({
    version: minor.version,
    ...(minor.isDefault === true ? { isDefault: true } : {}),
    ...(minor.isPreview === true ? { isPreview: true } : {}),
    capabilities: { supportPlan: minor.supportPlans },
    patchVersions: Object.fromEntries(
      minor.patches.map((patch) => [
        patch,
        { upgrades: upgrades(patch).filter((other) => offered.some(({ patches }) => patches.includes(other))) },
      ]),
    ),
  })),
});

const upgrades = (patch: string): readonly string[] => {
  const [, minor = '0', last = '0'] = patch.split('.');
  return kubernetesVersions
    .flatMap(({ patches }) => patches)
    .filter((other) => {
      const [, otherMinor = '0', otherLast = '0'] = other.split('.');
      const step = Number(otherMinor) - Number(minor);
      return step === 1 || (step === 0 && Number(otherLast) > Number(last));
    })
    .sort();
};
