import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { maxAssetBytes } from "./limits.ts";

export interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly cacheControl: string;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};
/** Names that Vite gives files after their content: they never change. */
const hashed = /^\/assets\/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;
/** Names without a dot in front, so that neither ".." nor a hidden file can be written. */
const safePath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

function cacheControl(path: string): string {
  if (path === "/index.html") return "no-store";
  return hashed.test(path) ? "public, max-age=31536000, immutable" : "no-cache";
}

/** Files below one folder, by the path of an address; null when there is none to give. */
export function createStaticFiles(root: string) {
  return {
    async find(path: string): Promise<StaticFile | null> {
      const contentType = types[extname(path)];
      if (contentType === undefined || !safePath.test(path)) return null;
      try {
        const [folder, file] = await Promise.all([realpath(root), realpath(join(root, path))]);
        // A link that leads out of the folder is followed by realpath and refused here.
        if (!file.startsWith(folder + sep)) return null;
        const { size } = await stat(file);
        if (size > maxAssetBytes) return null;
        const bytes = new Uint8Array(await readFile(file));
        return { bytes, contentType, cacheControl: cacheControl(path) };
      } catch {
        return null;
      }
    },
  };
}
export type StaticFiles = ReturnType<typeof createStaticFiles>;
