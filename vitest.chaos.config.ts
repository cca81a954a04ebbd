import { defineConfig } from 'vitest/config';

// Kills, faults and races, in the short form; `npm run chaos` and `npm run test:matrix` run all of it.
export default defineConfig({
  test: {
    include: ['test/chaos/**/*.test.ts'],
    fileParallelism: false,
    sequence: { shuffle: { files: true, tests: true } },
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
