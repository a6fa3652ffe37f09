import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The page against the real demo and a real gateway: what ./agentpulse starts. */
export default defineConfig({
  resolve: { alias: { '@agentpulse/react': resolve(import.meta.dirname, 'packages/react/src/index.ts') } },
  test: {
    include: ['test/{real,picture}/**/*.test.ts'],
    environment: 'node',
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // Each file starts a whole stack, and measures.
    fileParallelism: false,
  },
});
