import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** Builds the engine as a program for Node. `--outDir` is a folder below node_modules, next to the packages that it needs. */
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
