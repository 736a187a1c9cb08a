import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const INIT = `"""Parley's client for browsers, as built from web/: files, and this line that makes them a package."""\n`;

/** Files of fewer bytes than this are not compressed. */
const SMALL = 512;
const TEXT = /\.(?:html|js|css|svg|json|webmanifest)$/;

/**
 * Make the output a Python package, whose files the server sends as they are. Text files are also written as gzip and brotli, so
 * that the server need not compress them.
 */
export function pythonPackage(): Plugin {
  let root = "";
  return {
    name: "parley:package",
    apply: "build",
    configResolved(config) {
      root = join(config.root, config.build.outDir);
    },
    async writeBundle(options) {
      const folder = options.dir ?? root;
      await writeFile(join(folder, "__init__.py"), INIT);
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !TEXT.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const text = await readFile(path);
        if (text.length < SMALL) continue;
        await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: constants.Z_BEST_COMPRESSION }));
        await writeFile(`${path}.br`, await promisify(brotliCompress)(text));
      }
    },
  };
}
