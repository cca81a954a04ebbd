import type { RunEvent } from '../engine/events.ts';

/** One event, one line; the schema is docs/events.schema.json. */
export const ndjsonLine = (event: RunEvent): string => `${JSON.stringify(event)}\n`;
