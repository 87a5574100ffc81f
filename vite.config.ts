import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Nothing is painted before the program runs, so that a chosen theme never flashes in the other one. */
const paintOnce: Plugin = {
  name: 'paint-once',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  root: here('./web'),
  plugins: [svelte({ configFile: here('./svelte.config.js') }), paintOnce],
  build: {
    outDir: resolve(process.env['PORTAL_OUT_DIR'] ?? here('./dist/web')),
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows neither data: scripts nor inline ones: every asset is a file with its hash in the name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': process.env['PORTAL_API'] ?? 'http://127.0.0.1:8080' } },
});
