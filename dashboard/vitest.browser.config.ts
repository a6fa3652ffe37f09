import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@agentpulse/react': resolve(import.meta.dirname, 'packages/react/src/index.ts') } },
  test: {
    include: ['test/browser/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One browser at a time: figures of rendering mean nothing otherwise.
    fileParallelism: false,
  },
});
