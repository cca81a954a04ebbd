/** Strips what must never be shown or kept: known secrets by value, and everything that looks like one. */
export interface Redactor {
  /** From now on this text is never shown; too short texts are ignored because they would blank out half of every line. */
  readonly add: (secret: string) => void;
  readonly redact: (text: string) => string;
}

const mark = '[redacted]';

const shapes: readonly (readonly [RegExp, string])[] = [
  // JSON Web Tokens, whatever they are called.
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/gu, mark],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/giu, `$1 ${mark}`],
  // A proxy, a registry or a mirror with its login.
  [/\b((?:https?|oci):\/\/)[^\s/@"'<>]+@/giu, `$1${mark}@`],
  // Signed addresses: operation URLs (t, c, s, h), SAS (sig) and OAuth answers.
  [
    /([?&](?:sig|s|h|c|t|code|state|access_token|client_secret|client_assertion|skoid|sktid)=)[^&\s"'<>]+/giu,
    `$1${mark}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/gu, mark],
  [/\b((?:client|certificate-authority|client-certificate|client-key)-(?:key-)?data:\s*)\S+/giu, `$1${mark}`],
  [
    /((?:client_?secret|password|passwd|shared_?key|access_?token|refresh_?token|id_?token|assertion|connection_?string)["']?\s*[:=]\s*["']?)[^\s"'&,}]+/giu,
    `$1${mark}`,
  ],
];

export const redactor = (): Redactor => {
  const secrets = new Set<string>();
  return {
    add: (secret) => {
      if (secret.trim().length < 6) return;
      secrets.add(secret.trim());
      secrets.add(JSON.stringify(secret.trim()).slice(1, -1));
      secrets.add(encodeURIComponent(secret.trim()));
    },
    redact: (text) => {
      let clean = text;
      for (const secret of secrets) clean = clean.replaceAll(secret, mark);
      for (const [shape, replacement] of shapes) clean = clean.replaceAll(shape, replacement);
      return clean;
    },
  };
};
