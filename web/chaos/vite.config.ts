import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** Builds client.ts as a program for Node. `--outDir` has to be a folder below node_modules, where Node finds the packages. */
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  publicDir: false,
  build: {
    ssr: "chaos/client.ts",
    emptyOutDir: true,
    target: "node20",
    reportCompressedSize: false,
  },
});
