import { Features } from "lightningcss";
import { defineConfig } from "vite";
import solid from "vite-plugin-solid";
import { pythonPackage } from "./build/package.ts";
import { shellList } from "./build/shell.ts";
import { trustedTemplates } from "./build/templates.ts";

/** Where `npm run dev` finds a running Parley. */
const server = process.env["PARLEY"] ?? "http://127.0.0.1:59000";

/** What a browser is told to run; the rest is imported. */
const ENTRY = /\/src\/(main\.tsx|worker\/sw\.ts)$/;

export default defineConfig({
  plugins: [solid(), trustedTemplates(), shellList(), pythonPackage()],
  // A direction is one of an element, and not of a language, which for older browsers would be put in its place.
  css: { lightningcss: { exclude: Features.DirSelector } },
  build: {
    // A Python package of its own: web/dist is what goes on Python's path.
    outDir: "dist/parley_web",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0, // the page's rules let nothing in that is no file
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/worker/sw.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // All that the page begins with comes as one file, whatever the later parts share of it. The entries stay by
        // themselves: the worker has to be one file, and the page waits for its language while parts are loading.
        codeSplitting: { groups: [{ name: "page", tags: ["$initial"], test: (id) => !ENTRY.test(id) }] },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      // The server takes requests of its own pages only, so they come under its name.
      "^/(api|hooks|healthz|join|connect)(/|$)": { target: server, changeOrigin: true, headers: { origin: server } },
      "/ws": { target: server, ws: true, changeOrigin: true, headers: { origin: server } },
    },
  },
});
