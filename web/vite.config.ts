/// <reference types="vitest/config" />
import { defineConfig } from 'vite';
import { onlyWoff2 } from './build/only-woff2.ts';
import { singleFile } from './build/single-file.ts';

// The server that `npm run dev` talks to: a running `quipu --server`.
const server = process.env['QUIPU_URL'] ?? 'http://127.0.0.1:8080';
const api = ['/v1', '/props', '/health', '/completion', '/tokenize'];

export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [onlyWoff2(), singleFile()],
  // The server answers pages of its own origin only.
  server: { proxy: Object.fromEntries(api.map((path) => [path, { target: server, changeOrigin: true, headers: { origin: server } }])) },
  build: {
    outDir: '../src/Quipu.Server/Page',
    emptyOutDir: false,
    target: 'es2023',
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
  },
  test: { include: ['test/**/*.test.{ts,tsx}'] },
});
