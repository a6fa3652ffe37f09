import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The page in Chromium against a stand-in: test/browser in the normal test command, the rest by hand. */
export default defineConfig({
  resolve: { alias: { '@agentpulse/react': resolve(import.meta.dirname, 'packages/react/src/index.ts') } },
  test: {
    include: ['test/{browser,measure,pictures}/**/*.test.ts'],
    environment: 'node',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // One browser at a time; in it, pages that mostly wait stand side by side. What measures goes alone.
    fileParallelism: false,
    maxConcurrency: 4,
    sequence: { concurrent: !process.argv.some((each) => each.includes('test/measure')) },
  },
});
