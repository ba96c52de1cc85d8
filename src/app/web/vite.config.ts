// Build of the web interface: hashed files in dist/, nothing inline, so a strict CSP holds.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { fonts } from './fonts';
import { packed } from './packed';
import { shell } from './shell';

const server = process.env.MOZI_SERVER ?? 'http://localhost:3001';

export default defineConfig({
  plugins: [svelte(), fonts(), shell(), packed()],
  build: { target: 'es2022', assetsInlineLimit: 0, sourcemap: false, chunkSizeWarningLimit: 700 },
  server: { proxy: { '/api': server, '/media': server }, fs: { allow: ['../../..'] } },
  test: { include: ['tests/**/*.test.ts'], setupFiles: ['tests/setup.js'] },
} as import('vite').UserConfig);
