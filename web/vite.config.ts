import { Features } from "lightningcss";
import { defineConfig } from "vite";
import solid from "vite-plugin-solid";
import { pythonPackage } from "./build/package.ts";
import { shellList } from "./build/shell.ts";
import { trustedTemplates } from "./build/templates.ts";

/** The running server for `npm run dev`. */
const server = process.env["PARLEY"] ?? "http://127.0.0.1:59000";

/** The entry modules: the page and the service worker. All other modules are imported by them. */
const ENTRY = /\/src\/(main\.tsx|worker\/sw\.ts)$/;

export default defineConfig({
  plugins: [solid(), trustedTemplates(), shellList(), pythonPackage()],
  // Do not replace `:dir()`: the replacement for older browsers selects by language, not by the direction of the element.
  css: { lightningcss: { exclude: Features.DirSelector } },
  build: {
    // The output is the Python package `parley_web`, whose parent folder web/dist is put on Python's path.
    outDir: "dist/parley_web",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0, // the content security policy allows no data URLs
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/worker/sw.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // Put all modules of the first load into one file, also those that parts loaded later share. The entries stay separate
        // files: the worker has to be one file, and main.tsx waits for the language while other files are loading.
        codeSplitting: { groups: [{ name: "page", tags: ["$initial"], test: (id) => !ENTRY.test(id) }] },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      // The server refuses requests with another origin than its own, so set that.
      "^/(api|hooks|healthz|join|connect)(/|$)": { target: server, changeOrigin: true, headers: { origin: server } },
      "/ws": { target: server, ws: true, changeOrigin: true, headers: { origin: server } },
    },
  },
});
