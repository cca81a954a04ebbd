/** Where two normalised answers differ, one place a line: `.body.code: real 404, sandbox 200`. */
export const differences = (real: unknown, sandbox: unknown, at = ''): readonly string[] => {
  if (Array.isArray(real) && Array.isArray(sandbox)) {
    const longest = Math.max(real.length, sandbox.length);
    return Array.from({ length: longest }, (_, index) => index).flatMap((index) =>
      differences(real[index], sandbox[index], `${at}[${index}]`),
    );
  }
  if (isObject(real) && isObject(sandbox)) {
    const keys = [...new Set([...Object.keys(real), ...Object.keys(sandbox)])].toSorted();
    return keys.flatMap((key) => differences(real[key], sandbox[key], `${at}.${key}`));
  }
  return Object.is(real, sandbox) ? [] : [`${at}: real ${show(real)}, sandbox ${show(sandbox)}`];
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
};
