import { durationText } from '../engine/duration.ts';

/** To be read after `failed`. */
export const failedWhen = (ms: number): string => (ms < 1000 ? 'at once' : `after ${durationText(ms)}`);

/** How long something took; zero seconds would look as if nothing had been done. */
export const elapsedText = (ms: number): string => (ms < 1000 ? 'under 1s' : durationText(ms));
