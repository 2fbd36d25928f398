/** Where a model server is looked for, or why it is not used at all. */
export type OllamaAddress =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly url: string; readonly sentence: string };

const defaultPort = "11434";
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads what stands in OLLAMA_HOST as Ollama itself does (host, host:port, :port, URL); empty is the
 * default. Only loopback is used: what a person says to the agent does not leave this machine.
 */
export function readOllamaAddress(given: string): OllamaAddress {
  const text = given.trim();
  const full = text.includes("://")
    ? text
    : `http://${text.startsWith(":") ? "127.0.0.1" : ""}${text}`;
  if (text === "") return { ok: true, url: `http://127.0.0.1:${defaultPort}` };
  if (!URL.canParse(full)) {
    return { ok: false, url: "", sentence: "OLLAMA_HOST is no address such as 127.0.0.1:11434." };
  }
  const { protocol, hostname, port, username } = new URL(full);
  const url = `${protocol}//${hostname}:${port === "" ? defaultPort : port}`;
  if (protocol !== "http:" || username !== "" || !loopback.test(hostname)) {
    const sentence =
      `${hostname} is not this machine's loopback, so it is not used: an Ollama server has no` +
      " password. Let it listen on 127.0.0.1 and set OLLAMA_HOST=127.0.0.1:11434.";
    return { ok: false, url, sentence };
  }
  return { ok: true, url };
}

/** The oldest version that is used: before it anybody could read the server's memory (CVE-2026-7482). */
export const oldestOllama = "0.17.1";

/** Whether a version such as "0.17.1" or "0.18.0-rc1" is at least the oldest that is used. */
export function newEnough(version: string): boolean {
  const parts = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})([-+].*)?$/.exec(version.trim());
  if (parts === null) return false;
  const wanted = oldestOllama.split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = Number(parts[i + 1]) - (wanted[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return !(parts[4] ?? "").startsWith("-");
}
