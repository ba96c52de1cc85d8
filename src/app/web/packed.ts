// Puts what can be compressed into the build a second and a third time, as br and gz: the server sends these as they are.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin, ResolvedConfig } from 'vite';

const compressible = /\.(html|js|css|svg|json|webmanifest|txt)$/;
const pays = 1024; // bytes

export function packed(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'packed',
    apply: 'build',
    enforce: 'post',
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const folder = join(config.root, config.build.outDir);
      for (const name of await readdir(folder, { recursive: true })) {
        if (!compressible.test(name)) continue;
        const bytes = await readFile(join(folder, name));
        if (bytes.length <= pays) continue;
        await writeFile(
          join(folder, `${name}.br`),
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
        );
        await writeFile(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
