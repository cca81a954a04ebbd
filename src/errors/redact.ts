const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  // A proxy, a registry or a mirror with its login.
  [/\b((?:https?|oci):\/\/)[^\s/@"'<>]+@/gi, '$1…@'],
  // The query of an operation URL is signed: whoever has it can read the operation.
  [/(https?:\/\/[^\s"'<>?]+)\?[^\s"'<>]*/gi, '$1?…'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\bBearer\s+[\w.~+/=-]+/gi, 'Bearer [token]'],
  [/\b(client_secret|client_assertion|refresh_token|access_token|password|sig)=[^\s&"']+/gi, '$1=[secret]'],
  [
    /("(?:client_?secret|client_?assertion|access_?token|refresh_?token|password|primarySharedKey|secondarySharedKey)"\s*:\s*)"[^"]*"/gi,
    '$1"[secret]"',
  ],
];

/** Takes signed URLs, tokens and secrets out of a text that came from a service, before anybody may see it. */
export const redact = (text: string): string =>
  REPLACEMENTS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
