import { defineConfig } from 'vitest/config';

// One file at a time: each runs whole commands against a sandbox of its own, and two cores are soon full.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    fileParallelism: false,
    // Every request body is held against Microsoft's own schemas, where they are at hand.
    setupFiles: ['test/support/judge-arm-bodies.ts'],
    globalSetup: ['test/support/report-arm-bodies.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
