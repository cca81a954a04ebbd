const minutesPerUnit: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** Minutes of a duration as the community writes it (`5m`, `1h`, `14d`); undefined for any other text. */
export function communityMinutes(text: string): number | undefined {
  const match = /^([1-9]\d{0,4})([mhd])$/.exec(text);
  const unit = minutesPerUnit[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** ISO 8601 in Azure's largest whole unit: `60m` is `PT1H`, `24h` is `P1D`. */
export function isoDuration(minutes: number): string {
  if (minutes % 1440 === 0) return `P${minutes / 1440}D`;
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

/** Seconds of an ISO 8601 duration in days, hours, minutes and seconds (`P2DT1H30M`); undefined for any other text. */
export function isoSeconds(text: string): number | undefined {
  const match = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}
