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
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
