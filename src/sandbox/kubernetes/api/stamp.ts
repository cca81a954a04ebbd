/** Milliseconds since the epoch as the API writes times: RFC 3339, whole seconds, UTC. */
export const stamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
