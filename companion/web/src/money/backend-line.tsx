import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { backendSentence } from "../core/money-words.ts";
import { hashOf } from "../core/route.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { BoltIcon, LockIcon, UnlinkIcon } from "../ui/icons.tsx";
import { useBooksAge } from "./parts.tsx";

type Backend = TreasuryView["backend"];

/** Which Lightning this is, and what to do where it does not work. */
export function BackendLine(props: {
  readonly dash: Dash;
  readonly backend: Backend;
}): JSX.Element {
  const { dash, backend } = props;
  const words = useSelect(dash, (state, nowMs) => backendSentence(state, backend, nowMs));
  const old = useBooksAge(dash);
  const isLocked = backend.state === "locked" || backend.state === "vault-locked";
  const icon = backend.state === "active" ? <BoltIcon /> : isLocked ? <LockIcon /> : <UnlinkIcon />;
  return (
    <div
      class={`backend backend-${backend.kind} ${backend.state === "active" ? "" : "not-active"} ${old === "" ? "" : "quiet"}`}
    >
      {icon}
      <p>
        {old === "" ? null : `Last known, ${old}: `}
        <strong>{words.title}</strong> {words.more}
      </p>
      {dash.route.value.screen === "lightning" ? null : (
        <a href={hashOf("lightning")}>
          {isLocked ? "Unlock" : backend.kind === "lnd" ? "Connection" : "Connect a node"}
        </a>
      )}
    </div>
  );
}
