import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Plugin } from "vite";

/** Files that the service worker does not cache: icons, which are loaded only when the page is installed, and the worker itself. */
const LEFT_OUT = /\.png$|^sw\.js$/;

/**
 * Insert the files of the page into the service worker: `__SHELL__` becomes the list of paths, `__VERSION__` a hash of their
 * contents. So the worker's file changes exactly when the page changes, and then browsers install the new worker.
 */
export function shellList(): Plugin {
  let publicFolder = "";
  return {
    name: "parley:shell",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") return this.error("The service worker is not part of the build.");
        if (worker.imports.length > 0) this.error("The service worker has to be one file.");
        const files = new Map<string, string | Uint8Array>();
        for (const [name, part] of Object.entries(bundle))
          files.set(name, part.type === "chunk" ? part.code : part.source);
        for (const entry of readdirSync(publicFolder, { recursive: true, withFileTypes: true })) {
          const path = join(entry.parentPath, entry.name);
          if (entry.isFile()) files.set(relative(publicFolder, path).split(sep).join("/"), readFileSync(path));
        }
        const version = createHash("sha256").update(worker.code);
        const paths = [];
        for (const name of [...files.keys()].filter((name) => !LEFT_OUT.test(name)).sort()) {
          version.update(name).update(files.get(name) ?? "");
          paths.push(name === "index.html" ? "/" : `/${name}`);
        }
        worker.code = worker.code
          .replace("__SHELL__", JSON.stringify(paths))
          .replace("__VERSION__", JSON.stringify(version.digest("hex").slice(0, 12)));
      },
    },
  };
}
