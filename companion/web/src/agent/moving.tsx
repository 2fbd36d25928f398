import type { AgentView, BodyView, MovedView, WhereView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { holdsCopy, tenantWords, whyNotThere } from "../core/agent-words.ts";
import { capital } from "../core/format.ts";
import type { Problem } from "../core/problem.ts";
import { takenBack } from "../shell/agent-api.ts";
import type { Dash } from "../ui/dash.ts";
import { useFocusBack } from "../ui/focus-back.ts";
import { ForgetIcon, LinkIcon, MoveIcon, RobotIcon, SystemIcon, UnlinkIcon } from "../ui/icons.tsx";
import { ProblemNote, Section } from "../ui/parts.tsx";
import { useAct } from "../ui/use-act.ts";
import { useHeardAge } from "./heard-age.ts";
import { MoveDialog } from "./move-dialog.tsx";
import { Arrived, MoveProgress, NotMoved, Stayed } from "./move-progress.tsx";

interface MovingProps {
  readonly dash: Dash;
  readonly where: WhereView;
}

/** How the move that this page asked for ended. */
type Ended =
  | { readonly kind: "moved"; readonly moved: MovedView }
  | { readonly kind: "failed"; readonly to: string; readonly problem: Problem }
  | { readonly kind: "stayed" | "none" };

/** The bodies there are, and the agent's way from one into another. */
export function Moving({ dash, where }: MovingProps): JSX.Element {
  const { agent, bodies } = where;
  const [chosen, setChosen] = useState<string | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const [ended, setEnded] = useState<Ended>({ kind: "none" });
  const moving = agent?.moving ?? null;
  const isUnderWay = asking !== null || moving !== null;
  const move = async (to: string): Promise<void> => {
    setChosen(null);
    setEnded({ kind: "none" });
    setAsking(to);
    const answer = await dash.agent.move(to);
    setAsking(null);
    if (answer.ok) setEnded({ kind: "moved", moved: answer.value });
    else if (answer.problem.code === takenBack) setEnded({ kind: "stayed" });
    else setEnded({ kind: "failed", to, problem: answer.problem });
  };
  return (
    <Section id="bodies" title="Bodies" old={useHeardAge(dash)}>
      {isUnderWay ? (
        <MoveProgress dash={dash} to={moving?.to ?? asking ?? ""} moving={moving} />
      ) : (
        <Outcome where={where} ended={ended} onAgain={(to) => void move(to)} />
      )}
      {bodies.length === 0 ? (
        <p class="quiet">No body is on the broker. Start one: npm start, or a robot of your own.</p>
      ) : null}
      <ul class="entries bodies">
        {bodies.map((body) => (
          <BodyRow
            key={body.node}
            dash={dash}
            agent={agent}
            body={body}
            isOpen={chosen === body.node}
            isUnderWay={isUnderWay}
            onChoose={(is) => setChosen(is ? body.node : null)}
            onMove={() => void move(body.node)}
          />
        ))}
      </ul>
    </Section>
  );
}

interface OutcomeProps {
  readonly where: WhereView;
  readonly ended: Ended;
  readonly onAgain: (to: string) => void;
}

function Outcome({ where, ended, onAgain }: OutcomeProps): JSX.Element | null {
  const name = where.agent?.name ?? "The agent";
  switch (ended.kind) {
    case "moved":
      return <Arrived moved={ended.moved} name={name} />;
    case "failed":
      return <NotMoved problem={ended.problem} where={where} onAgain={() => onAgain(ended.to)} />;
    case "stayed":
      return <Stayed name={name} node={where.agent?.node ?? ""} />;
    case "none":
      return null;
    default:
      return ended satisfies never;
  }
}

interface BodyRowProps {
  readonly dash: Dash;
  readonly agent: AgentView | null;
  readonly body: BodyView;
  readonly isOpen: boolean;
  readonly isUnderWay: boolean;
  readonly onChoose: (isChosen: boolean) => void;
  readonly onMove: () => void;
}

function BodyRow(props: BodyRowProps): JSX.Element {
  const { agent, body, isOpen, isUnderWay, onChoose, onMove } = props;
  const choose = useFocusBack<HTMLButtonElement>(isOpen);
  const isHere = agent?.node === body.node && agent.life === "living";
  const why = isUnderWay ? "a move is under way" : whyNotThere(agent, body);
  const isCopy = !isUnderWay && holdsCopy(agent, body);
  const tenant = isCopy ? `holds a copy of ${body.name} that never lived` : tenantWords(body);
  const { busy, problem, run } = useAct();
  return (
    <li class={isHere ? "entry body-row here" : "entry body-row"}>
      {body.kind === "robot" ? <RobotIcon /> : <SystemIcon />}
      <div class="entry-main">
        <p class="body-name">
          <strong>{body.node}</strong> {body.kind === body.node ? null : body.kind}
          {body.tier === "" ? null : <span class="tier small">{body.tier}</span>}
        </p>
        <p class="small">{isHere ? <strong>{capital(tenant)}</strong> : capital(tenant)}</p>
        {problem === null ? null : <ProblemNote problem={problem} />}
      </div>
      <p class="state body-status">
        {body.status === "online" ? <LinkIcon /> : <UnlinkIcon />}
        {capital(body.status)}
      </p>
      {isHere ? null : (
        <div class="entry-acts">
          <button
            type="button"
            ref={choose}
            aria-disabled={why !== ""}
            aria-expanded={isOpen}
            aria-describedby={why === "" ? undefined : `why-${body.node}`}
            onClick={() => {
              // Not `disabled`: it stays in reach of keys, and says why below.
              if (why === "") onChoose(!isOpen);
            }}
          >
            <MoveIcon /> Move here<span class="visually-hidden"> to {body.node}</span>
          </button>
          {isCopy && body.status === "online" ? (
            <button
              type="button"
              class="plain"
              disabled={busy}
              onClick={() => void run(() => props.dash.agent.dropCopy(body.node))}
            >
              <ForgetIcon /> Forget the copy<span class="visually-hidden"> in {body.node}</span>
            </button>
          ) : null}
          {why === "" ? null : (
            <p id={`why-${body.node}`} class="quiet small">
              {capital(why)}
            </p>
          )}
        </div>
      )}
      {isOpen && agent !== null && why === "" ? (
        <MoveDialog
          dash={props.dash}
          agent={agent}
          body={body}
          onMove={onMove}
          onClose={() => onChoose(false)}
        />
      ) : null}
    </li>
  );
}
