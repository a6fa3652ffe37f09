import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@agentpulse/react': resolve(import.meta.dirname, 'packages/react/src/index.ts') } },
  build: { target: 'es2022', assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 600 },
  test: {
    include: ['test/unit/**/*.test.{ts,tsx}', 'packages/react/test/**/*.test.{ts,tsx}'],
    environment: 'node',
    // A busy machine takes longer than the usual five seconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
