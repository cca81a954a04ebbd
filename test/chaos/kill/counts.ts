export const countNames = [
  'corrupt',
  'acked-lost',
  'duplicate-creates',
  'orphans',
  'wrong-adopts',
  'resume-failed',
] as const;
export type CountName = (typeof countNames)[number];

export interface Finding {
  readonly count: CountName;
  readonly what: string;
}

/** The one line of a campaign. */
export const campaignLine = (name: string, points: number, findings: readonly Finding[], seed: number): string =>
  [
    `${name} points=${points}`,
    ...countNames.map((count) => `${count}=${findings.filter((finding) => finding.count === count).length}`),
    `seed=${seed}`,
  ].join(' ');
