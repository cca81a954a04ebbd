/** What the place where text is shown can do. Painting is a function of this and of the data, nothing else. */
export interface Page {
  /** 40 to 200. */
  readonly columns: number;
  readonly color: boolean;
  /** Symbols beyond ASCII may be used. */
  readonly unicode: boolean;
  /** Lines may be repainted: a terminal with a person before it. */
  readonly live: boolean;
}

export interface PageQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  /** `--color` or `--no-color`; undefined when neither was given. */
  readonly color: boolean | undefined;
  /** `--plain`: no repainting, no symbols, for screen readers and logs. */
  readonly plain: boolean;
}

/** `CI=false` and `CI=0` mean that it is not one. */
export const inPipeline = (env: PageQuestion['env']): boolean => !['', '0', 'false'].includes(env['CI'] ?? '');

const colorOf = ({ env, isTTY, color, plain }: PageQuestion): boolean => {
  if (color !== undefined) return color;
  if (plain) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTTY && env['TERM'] !== 'dumb';
};

const speaksUnicode = ({ env, platform }: PageQuestion): boolean => {
  if (platform === 'win32') return env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] === 'vscode';
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return env['TERM'] !== 'linux' && env['TERM'] !== 'dumb' && /utf-?8/iu.test(locale);
};

export const pageOf = (question: PageQuestion): Page => ({
  columns: Math.min(200, Math.max(40, question.columns ?? 80)),
  color: colorOf(question),
  unicode: !question.plain && speaksUnicode(question),
  live: question.isTTY && !question.plain && !inPipeline(question.env) && question.env['TERM'] !== 'dumb',
});
