import { defineConfig } from 'vitest/config';

// Each of its tests is a run of one of the other suites in a process of its own, on a copy of the checkout. Most of them sleep most of the
// time, as az does, so four go on side by side.
export default defineConfig({
  test: {
    include: ['test/lies/**/*.test.ts'],
    globalSetup: ['test/az/install.ts', 'test/cluster/build-plane.ts'],
    maxConcurrency: 4,
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
  },
});
