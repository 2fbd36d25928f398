import type { MemoryView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { sourceWords } from "../core/agent-words.ts";
import { OwnerIcon, PeerIcon, RobotIcon, WorldIcon } from "../ui/icons.tsx";

const icons = {
  owner: <OwnerIcon />,
  agent: <RobotIcon />,
  peer: <PeerIcon />,
  world: <WorldIcon />,
} as const satisfies Record<MemoryView["from"], JSX.Element>;

interface SourceProps {
  readonly from: MemoryView["from"];
  /** A name that says more than the kind, such as the peer's. */
  readonly who?: string;
}

/** Who said it: an icon and a word, never a colour. */
export function Source({ from, who = "" }: SourceProps): JSX.Element {
  const [word, meaning] = sourceWords(from);
  const isMore = who !== "" && who !== from;
  return (
    <span class="source-of" title={meaning}>
      {icons[from]}
      <span>
        {word}
        {isMore ? <span>, {who}</span> : null}
      </span>
    </span>
  );
}

interface SaidListProps {
  readonly said: readonly { readonly text: string; readonly from: MemoryView["from"] }[];
}

/** Texts with who said them, such as what a mind had before it. */
export function SaidList({ said }: SaidListProps): JSX.Element {
  return (
    <ul class="said-list">
      {said.map(({ text, from }, at) => (
        <li key={at}>
          <Source from={from} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
