import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const compressible = /\.(html|js|css|svg|json|webmanifest)$/;

/** Puts NAME.gz and NAME.br beside each text file, so that the server compresses nothing. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => {
      const visit = (path: string): void => {
        for (const name of readdirSync(path)) {
          const file = join(path, name);
          if (statSync(file).isDirectory()) {
            visit(file);
          } else if (compressible.test(name)) {
            const bytes = readFileSync(file);
            writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
            writeFileSync(`${file}.br`, brotliCompressSync(bytes));
          }
        }
      };
      visit(folder);
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress()],
  // Files of their own instead of data: addresses, which the Content-Security-Policy forbids.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, emptyOutDir: true },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/uploads', '/outputs', '/openapi.json', '/docs'].map((path) => [
        path,
        process.env['DITTO_SERVER'] ?? 'http://127.0.0.1:8080',
      ]),
    ),
  },
  test: { include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'], environment: 'node' },
});
