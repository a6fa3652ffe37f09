import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** One file of modern JavaScript; React and the client are the user's own. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    lib: { entry: resolve(import.meta.dirname, 'src/index.ts'), formats: ['es'], fileName: 'index' },
    target: 'es2022',
    emptyOutDir: false,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: { external: ['react', '@supabase/supabase-js'] },
  },
});
