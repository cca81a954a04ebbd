import { defineConfig } from 'vitest/config';

// No test before the one above it: each file tells a story of commands that build on one another, with a sandbox of its own. Four stories
// at a time: az sleeps 30 s between two looks at an operation, so that they hardly meet.
export default defineConfig({
  test: {
    include: ['test/az/**/*.test.ts'],
    // Every request body is held against Microsoft's own schemas, where they are at hand.
    setupFiles: ['test/support/judge-arm-bodies.ts'],
    globalSetup: ['test/az/install.ts', 'test/support/report-arm-bodies.ts'],
    maxWorkers: 4,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
