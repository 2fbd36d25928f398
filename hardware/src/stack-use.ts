import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { coreSources, realtimeFolder } from "./native-build.ts";

const compiler = "arm-none-eabi-gcc";
const flags = [
  ...["-mcpu=cortex-m0plus", "-mthumb", "-std=c11", "-O2", "-ffreestanding", "-ffp-contract=off"],
  ...["-fcallgraph-info=su", "-Icore", "-c"],
];

export interface StackUse {
  /** Bytes that the deepest way of calls needs; the compiler's own float routines not counted. */
  readonly bytes: number;
  readonly calls: readonly string[];
}

export interface StackReport {
  of(name: string): StackUse;
  /** Functions whose frame has no fixed size. */
  readonly dynamic: readonly string[];
  /** Symbols that the core needs from outside of itself. */
  readonly needs: readonly string[];
}

interface Graph {
  readonly frames: Map<string, number>;
  readonly calls: Map<string, Set<string>>;
  readonly dynamic: string[];
}

/** Reads what GCC wrote with -fcallgraph-info=su (a VCG graph, one node or edge a line). */
function readGraph(text: string, graph: Graph): void {
  const node = /title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \(([a-z,]+)\)"/g;
  for (const [, name = "", bytes = "", kind = ""] of text.matchAll(node)) {
    graph.frames.set(name, Number(bytes));
    if (kind !== "static") graph.dynamic.push(name);
  }
  for (const [, from = "", to = ""] of text.matchAll(
    /sourcename: "([^"]+)" targetname: "([^"]+)"/g,
  )) {
    const known = graph.calls.get(from) ?? new Set<string>();
    graph.calls.set(from, known.add(to));
  }
}

function deepest(graph: Graph, name: string, above: readonly string[]): StackUse {
  if (above.includes(name)) throw new RangeError(`${name} calls itself: ${above.join(" > ")}`);
  let most: StackUse = { bytes: 0, calls: [] };
  for (const called of graph.calls.get(name) ?? []) {
    const use = deepest(graph, called, [...above, name]);
    if (use.bytes > most.bytes) most = use;
  }
  const own = graph.frames.get(name) ?? 0;
  return { bytes: own + most.bytes, calls: [name, ...most.calls] };
}

function outsideSymbols(objects: readonly string[]): string[] {
  const lines = execFileSync("arm-none-eabi-nm", ["-g", ...objects], { encoding: "utf8" });
  const defined = new Set([...lines.matchAll(/ [TDRBC] (\S+)/g)].map(([, name = ""]) => name));
  const wanted = new Set([...lines.matchAll(/ U (\S+)/g)].map(([, name = ""]) => name));
  return [...wanted].filter((name) => !defined.has(name)).sort();
}

/** Compiles the core for the Cortex-M0+ and answers what it needs of the stack and from outside. */
export function reportStack(): StackReport {
  const scratch = mkdtempSync(join(tmpdir(), "timmy-stack-"));
  const graph: Graph = { frames: new Map(), calls: new Map(), dynamic: [] };
  try {
    const objects = coreSources().map((path) => {
      const object = join(scratch, `${basename(path, ".c")}.o`);
      execFileSync(compiler, [...flags, path, "-o", object], { cwd: realtimeFolder });
      return object;
    });
    for (const path of globSync("*.ci", { cwd: scratch })) {
      readGraph(readFileSync(join(scratch, path), "utf8"), graph);
    }
    return {
      of: (name) => deepest(graph, name, []),
      dynamic: graph.dynamic,
      needs: outsideSymbols(objects),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
