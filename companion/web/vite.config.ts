import { defineConfig } from "vite";

/**
 * The page is served under a CSP without inline code: nothing is inlined as a data URI of a script,
 * and the polyfill for modulepreload (an inline script in some set-ups) stays out.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  // Not left to NODE_ENV: a page that a test had built would carry the paths of its machine.
  oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
});
