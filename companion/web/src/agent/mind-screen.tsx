import type { JSX } from "preact";
import { agentOf } from "../core/agent-state.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { Jump, Screen, useSection } from "../ui/screen.tsx";
import { Blocks } from "./blocks.tsx";
import { Decisions } from "./decisions.tsx";
import { Memories } from "./memories.tsx";
import { MindLine } from "./mind-line.tsx";
import { NoAgent } from "./no-agent.tsx";
import { Waiting } from "./waiting.tsx";

const parts = [
  ["decisions", "Decisions"],
  ["memories", "Memories"],
  ["blocks", "Core blocks"],
] as const;

/** What the mind decides and why, what it remembers, and what waits for the owner. */
export function MindScreen({ dash }: { readonly dash: Dash }): JSX.Element {
  const agent = useSelect(dash, (state) => agentOf(state.agent));
  useSection(dash, agent !== null);
  const jump = <Jump screen="mind" label="Parts of the mind" parts={parts} />;
  return (
    <Screen dash={dash} name="mind" beside={agent === null ? null : jump}>
      <MindLine dash={dash} />
      {agent === null ? (
        <NoAgent dash={dash} />
      ) : (
        <>
          <Waiting dash={dash} waiting={agent.waiting} />
          <Decisions dash={dash} />
          <Memories dash={dash} />
          <Blocks dash={dash} blocks={agent.blocks} />
        </>
      )}
    </Screen>
  );
}
