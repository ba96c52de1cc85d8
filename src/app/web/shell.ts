// Puts the service worker into the build: worker/shell.js, with the name of this build and the list of what its first paint needs.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { transformWithEsbuild, type Plugin } from 'vite';

const fixed = ['favicon.svg', 'manifest.webmanifest', 'theme.js'];
const here = (file: string) => new URL(file, import.meta.url);

export function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') this.error('the build has no index.html');
      const html = String(page.source);
      // What the page itself names comes with it: the entry, its styles, the type of the first paint.
      const named = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, address]) => address!);
      const entry = named.find((address) => address.endsWith('.js'));
      if (!entry) this.error('index.html names no script');
      const digest = createHash('sha256').update(html).update(Object.keys(bundle).sort().join());
      for (const file of fixed) digest.update(await readFile(here(`public/${file}`)));
      const source = await readFile(here('worker/shell.js'), 'utf8');
      digest.update(source);
      const values: Record<string, unknown> = {
        __BUILD__: digest.digest('hex').slice(0, 16),
        __ENTRY__: entry,
        __FILES__: [...named.filter((address) => address !== entry), ...fixed.map((file) => `/${file}`)],
      };
      const text = source.replace(/__[A-Z]+__/g, (word) => JSON.stringify(values[word]));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: (await transformWithEsbuild(text, 'sw.js', { minify: true })).code });
    },
  };
}
