import type { JSX } from "preact";
import { agentOf } from "../core/agent-state.ts";
import { barWords } from "../core/agent-words.ts";
import { isStale, presenceOf } from "../core/dashboard-state.ts";
import { formatAge, formatPercent, formatTime, formatVolts } from "../core/format.ts";
import { backendWords, ownedMsat, trustOf } from "../core/money-words.ts";
import { modeWord } from "../core/robot-words.ts";
import { hashOf, type Screen, screenNames } from "../core/route.ts";
import { formatWholeSat, readMsat } from "../core/sats.ts";
import type { Dash } from "./dash.ts";
import { useSelect } from "./dash.ts";
import {
  ApproveIcon,
  BatteryIcon,
  BoltIcon,
  CoinsIcon,
  HouseIcon,
  IdentityIcon,
  LinkIcon,
  MindIcon,
  ModeIcon,
  MoonIcon,
  RobotIcon,
  StopIcon,
  SunIcon,
  SystemIcon,
  UnlinkIcon,
} from "./icons.tsx";

/** Who it is, in which body, in which mode, on what battery, what it owns, and whether we hear it. */
export function TopBar({ dash }: { readonly dash: Dash }): JSX.Element {
  const who = useSelect(dash, barWords);
  return (
    <header class="bar">
      <h1 class="bar-item identity">
        <RobotIcon />
        <span class="agent-word">{who.name}</span>
      </h1>
      <Tabs dash={dash} />
      <p class={who.isOdd ? "bar-item body strong" : "bar-item body"}>
        <a href={hashOf("agent")} title={who.title}>
          <span class="visually-hidden">Body: </span>
          {who.body}
        </a>
        {who.tier === "" ? null : <span class="tier">{who.tier}</span>}
      </p>
      <Mode dash={dash} />
      <Battery dash={dash} />
      <SatsInBar dash={dash} />
      <Connection dash={dash} />
      <ThemeButton dash={dash} />
    </header>
  );
}

const tabs = [
  ["house", <HouseIcon key="house" />],
  ["mind", <MindIcon key="mind" />],
  ["agent", <IdentityIcon key="agent" />],
  ["treasury", <CoinsIcon key="treasury" />],
  ["approvals", <ApproveIcon key="approvals" />],
] as const;

/** The screens; on a phone they stand at the foot of the page, below the stop. */
function Tabs({ dash }: { readonly dash: Dash }): JSX.Element {
  const { screen } = dash.route.value;
  const approvals = useSelect(dash, ({ money }) => money.treasury?.value.approvals_waiting ?? 0);
  const proposals = useSelect(dash, ({ agent }) => agentOf(agent)?.waiting.length ?? 0);
  const waiting: Partial<Record<Screen, number>> = { approvals, mind: proposals };
  return (
    <nav class="tabs" aria-label="Screens">
      {tabs.map(([name, glyph]) => (
        <a key={name} href={hashOf(name)} aria-current={name === screen ? "page" : undefined}>
          {glyph}
          {screenNames[name]}
          <Count of={waiting[name] ?? 0} />
        </a>
      ))}
    </nav>
  );
}

/** How many wait for the owner. */
function Count({ of }: { readonly of: number }): JSX.Element | null {
  if (of === 0) return null;
  return (
    <span class="count">
      {of}
      <span class="visually-hidden"> waiting</span>
    </span>
  );
}

/** What the house owns and by which Lightning: play money can never be taken for money. */
function SatsInBar({ dash }: { readonly dash: Dash }): JSX.Element {
  const shown = useSelect(dash, (state, nowMs) => {
    const treasury = state.money.treasury?.value ?? null;
    const { kind, name, state: word } = backendWords(treasury);
    const sats =
      treasury === null || kind === "none" ? "" : formatWholeSat(ownedMsat(treasury.tiers));
    const trust = trustOf(state, nowMs);
    const { hot, warm, cold } = treasury?.tiers ?? {};
    const whole = (msat: string | undefined): string => formatWholeSat(readMsat(msat ?? ""));
    const tiers = `Hot ${whole(hot?.balance_msat)}, warm ${whole(warm?.confirmed_msat)}, cold ${whole(cold?.balance_msat)}`;
    return {
      kind,
      name,
      word,
      sats,
      tiers,
      age: treasury === null || trust.node ? "" : trust.nodeAge,
    };
  });
  const isOld = shown.age !== "" || shown.kind === "unknown";
  return (
    <a class={`bar-item lightning ${isOld ? "quiet" : ""}`} href={hashOf("lightning")}>
      <BoltIcon />
      {shown.sats === "" ? null : (
        <span class="sats" title={shown.tiers}>
          {shown.sats}
        </span>
      )}
      <span class={`source source-${shown.kind}`}>
        <span class="alias">{shown.name}</span>
        {shown.word === "" ? null : <span>: {shown.word}</span>}
      </span>
      {shown.age === "" || shown.kind === "none" ? null : <span class="bar-age">{shown.age}</span>}
    </a>
  );
}

function Mode({ dash }: { readonly dash: Dash }): JSX.Element {
  const word = useSelect(dash, modeWord);
  const strong = word === "Stopped" || word === "Stopping" || word === "Moving";
  return (
    <p class={`bar-item mode ${strong ? "strong" : ""} ${word === "Unknown" ? "quiet" : ""}`}>
      {word === "Stopped" || word === "Stopping" ? <StopIcon /> : <ModeIcon />}
      <span>
        <span class="visually-hidden">Mode: </span>
        {word}
      </span>
    </p>
  );
}

function Battery({ dash }: { readonly dash: Dash }): JSX.Element {
  const power = useSelect(dash, (state, nowMs) => {
    const known = state.groups.power;
    if (known === undefined) return null;
    const { battery_pct, battery_v, low, ts } = known.value;
    const old = isStale(known, nowMs) || presenceOf(state) !== "live";
    return {
      text: `${formatPercent(battery_pct)} ${low ? "low" : ""}`.trim(),
      volts: formatVolts(battery_v),
      age: old ? formatAge(nowMs - known.atMs) : "",
      title: formatTime(ts),
    };
  });
  return (
    <p class={`bar-item battery ${power === null || power.age !== "" ? "quiet" : ""}`}>
      <BatteryIcon />
      <span title={power?.title}>
        <span class="visually-hidden">Battery: </span>
        {power === null ? "unknown" : power.text}
        {power === null ? null : <span class="quiet wide-only"> {power.volts}</span>}
        {power === null || power.age === "" ? null : <span class="bar-age"> {power.age}</span>}
      </span>
    </p>
  );
}

const connectionWords = {
  loading: "Connecting",
  unreachable: "No answer",
  disconnected: "Disconnected",
  offline: "Robot offline",
  lost: "Robot lost",
  live: "Connected",
} as const;

function Connection({ dash }: { readonly dash: Dash }): JSX.Element {
  const presence = useSelect(dash, presenceOf);
  const good = presence === "live";
  return (
    <p class={`bar-item connection ${good ? "" : "strong"}`}>
      {good ? <LinkIcon /> : <UnlinkIcon />}
      <span>{connectionWords[presence]}</span>
    </p>
  );
}

function ThemeButton({ dash }: { readonly dash: Dash }): JSX.Element {
  const choice = dash.theme.choice.value;
  const words = { system: "System", light: "Light", dark: "Dark" }[choice];
  const glyph = { system: <SystemIcon />, light: <SunIcon />, dark: <MoonIcon /> }[choice];
  return (
    <button type="button" class="bar-item plain theme" onClick={() => dash.theme.next()}>
      {glyph}
      <span>
        <span class="visually-hidden">Theme: </span>
        <span class="wide-word">{words}</span>
      </span>
    </button>
  );
}
