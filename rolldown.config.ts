import { defineConfig } from 'rolldown';
import { bundleExtras } from './scripts/bundle-extras.ts';

// Split at every lazy import: parsing one file of seven megabytes would cost `--version` 190 ms.
export default defineConfig({
  input: { main: 'src/cli/main.ts' },
  platform: 'node',
  plugins: [bundleExtras(import.meta.dirname)],
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
});
