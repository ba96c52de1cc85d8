// Build of the web interface: hashed files in dist/, nothing inline, so a strict CSP holds.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

// The fonts of the first paint are asked for with the page, so text does not move when they arrive.
const early = /(archivo-latin-wdth|newsreader-latin-wght)-normal/;

function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, context) =>
        Object.keys(context.bundle ?? {})
          .filter((name) => early.test(name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${name}`, crossorigin: '' },
            injectTo: 'head' as const,
          })),
    },
  };
}

const server = process.env.MOZI_SERVER ?? 'http://localhost:3001';

export default defineConfig({
  plugins: [svelte(), preloadFonts()],
  build: { target: 'es2022', assetsInlineLimit: 0, sourcemap: false, chunkSizeWarningLimit: 700 },
  server: { proxy: { '/api': server, '/media': server } },
  test: { include: ['tests/**/*.test.ts'], setupFiles: ['tests/setup.js'] },
} as import('vite').UserConfig);
