const RANGES: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];

const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
};

const field = (text: string, [low, high]: readonly [number, number]): ReadonlySet<number> | undefined => {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (!/^(\*|\d+(-\d+)?)(\/\d+)?$/.test(part)) return undefined;
    const first = from === undefined ? low : Number(from);
    const last = to === undefined ? (from === undefined || step !== undefined ? high : first) : Number(to);
    for (let value = first; value <= last; value += Number(step ?? 1) || 1)
      values.add(value === 7 && high === 6 ? 0 : value);
  }
  return values;
};

/** The next time after `now` (ms, UTC) that a cron schedule of five fields names; undefined for one that cannot be read or never comes. */
export const nextRun = (schedule: string, now: number): number | undefined => {
  const texts = (MACROS[schedule.trim()] ?? schedule).trim().split(/\s+/);
  const sets = RANGES.map((range, index) => field(texts[index] ?? '', range));
  const [minutes, hours, days, months, weekdays] = sets;
  if (texts.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return undefined;
  const eitherDay = texts[2] !== '*' && texts[4] !== '*';
  const matchesDay = (day: Date): boolean => {
    const [inMonth, inWeek] = [days.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
    return months.has(day.getUTCMonth() + 1) && (eitherDay ? inMonth || inWeek : inMonth && inWeek);
  };
  const start = new Date(now);
  for (let offset = 0; offset <= 366; offset += 1) {
    const day = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + offset));
    if (!matchesDay(day)) continue;
    for (const hour of [...hours].sort((a, b) => a - b)) {
      for (const minute of [...minutes].sort((a, b) => a - b)) {
        const time = day.getTime() + (hour * 60 + minute) * 60_000;
        if (time > now) return time;
      }
    }
  }
  return undefined;
};
