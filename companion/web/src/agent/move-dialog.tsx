import type { AgentView, BodyView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { bodyName, lostThere, nodeName } from "../core/agent-words.ts";
import { runningTurn } from "../core/conversation.ts";
import { capital } from "../core/format.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { MoveIcon, WarnIcon } from "../ui/icons.tsx";

interface MoveDialogProps {
  readonly dash: Dash;
  readonly agent: AgentView;
  readonly body: BodyView;
  readonly onMove: () => void;
  readonly onClose: () => void;
}

/** What a move means, in words, before it is done. Not modal: the stop stays in reach. */
export function MoveDialog({ dash, agent, body, onMove, onClose }: MoveDialogProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const isBusy = useSelect(dash, ({ items, node: robot }) =>
    robot === agent.node ? runningTurn(items) !== null : false,
  );
  const { name, node } = agent;
  const lost = lostThere(agent, body);
  return (
    <div
      class="dialog landing"
      ref={box}
      role="dialog"
      aria-labelledby="move-title"
      tabIndex={-1}
      onKeyDown={({ key, repeat }) => {
        if (key === "Escape" && !repeat) onClose();
      }}
    >
      <h4 id="move-title">
        Move {name} to {nodeName(body)}?
      </h4>
      <ul class="what-happens">
        <li>
          {capital(bodyName(agent))} stops acting, and says that {name} went to {body.node}.
        </li>
        <li>
          {name} goes on in {nodeName(body)} with the same key, name, memories and core blocks, in
          epoch {agent.epoch + 1}.
        </li>
        {lost.length === 0 ? null : (
          <li>
            There it cannot {lost.join(", ")}: {nodeName(body)} has no wheels.
          </li>
        )}
        <li>
          Until it is settled you can keep it here. Afterwards the way back is another move, from{" "}
          {body.node} to {node}.
        </li>
      </ul>
      {isBusy ? (
        <p class="mark">
          <WarnIcon /> It is doing something now. Stop that first, or the move is refused.
        </p>
      ) : null}
      <p class="row">
        <button type="button" class="primary" onClick={onMove}>
          <MoveIcon /> Move to {body.node}
        </button>
        <button type="button" onClick={onClose}>
          Leave it here
        </button>
      </p>
    </div>
  );
}
