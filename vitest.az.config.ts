import { defineConfig } from 'vitest/config';

// One file at a time, and no test before the one above it: each tells a story of commands that build on one another.
export default defineConfig({
  test: {
    include: ['test/az/**/*.test.ts'],
    globalSetup: ['test/az/install.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
