import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/az/**', 'test/cluster/**', 'test/differential/**', 'test/lies/**', 'test/chaos/**'],
    sequence: { shuffle: { files: true, tests: true } },
    // Every request body is held against Microsoft's own schemas, where they are at hand.
    setupFiles: ['test/support/judge-arm-bodies.ts'],
    globalSetup: ['test/support/report-arm-bodies.ts'],
    // Vitest leaves a core free by default; of two cores that is half.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
