const secret = /secret|password|token|private_?key|clientassertion|connectionstring|sharedkey|kubeconfig/iu;

/** A copy of parsed JSON in which every member whose name smells of a secret is blanked. */
export const redact = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      secret.test(name) && typeof member === 'string' ? '(redacted)' : redact(member),
    ]),
  );
};

const signature = new Set(['t', 'c', 's', 'h']);

/** A query string without the parts that sign an operation URL; undefined where nothing is left. */
export const redactQuery = (query: URLSearchParams): string | undefined => {
  const kept = [...query].filter(([name]) => !signature.has(name) && !secret.test(name));
  return kept.length === 0 ? undefined : kept.map(([name, value]) => `${name}=${value}`).join('&');
};
