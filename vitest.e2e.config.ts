import { defineConfig } from 'vitest/config';

// One file at a time: each runs whole commands against a sandbox of its own, and two cores are soon full.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
