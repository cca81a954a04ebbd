import { defineConfig } from 'vitest/config';

// One file at a time, and no test before the one above it: a control plane takes a core, and its tests tell a story.
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts', 'test/differential/**/*.test.ts'],
    globalSetup: ['test/cluster/build-plane.ts', 'test/support/report-arm-bodies.ts'],
    setupFiles: ['test/support/judge-arm-bodies.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
