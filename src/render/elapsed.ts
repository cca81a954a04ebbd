import { durationText } from '../engine/duration.ts';

/** How long something took; zero seconds would look as if nothing had been done. */
export const elapsedText = (ms: number): string => (ms < 1000 ? 'under 1s' : durationText(ms));
