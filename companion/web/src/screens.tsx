import type { JSX } from "preact";
import { AgentScreen } from "./agent/agent-screen.tsx";
import { Chat, ChatComposer } from "./agent/chat.tsx";
import { MindScreen } from "./agent/mind-screen.tsx";
import type { Screen } from "./core/route.ts";
import { ApprovalsScreen } from "./money/approvals-screen.tsx";
import { LightningScreen } from "./money/lightning-screen.tsx";
import { TreasuryScreen } from "./money/treasury-screen.tsx";
import type { Dash } from "./ui/dash.ts";

type View = (props: { readonly dash: Dash }) => JSX.Element;

/** Everything beside the house: it is loaded once map, conversation and stop stand. */
export const screens = {
  views: {
    mind: MindScreen,
    agent: AgentScreen,
    treasury: TreasuryScreen,
    approvals: ApprovalsScreen,
    lightning: LightningScreen,
  } as const satisfies Record<Exclude<Screen, "house">, View>,
  Chat,
  ChatComposer,
};
export type Screens = typeof screens;
