import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { trustOf } from "../core/money-words.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { InIcon, OutIcon } from "../ui/icons.tsx";
import { Jump, Screen, useSection } from "../ui/screen.tsx";
import { Alarms } from "./alarms.tsx";
import { AwayNote } from "./away-note.tsx";
import { BackendLine } from "./backend-line.tsx";
import { Channels } from "./channels.tsx";
import { Earnings } from "./earnings.tsx";
import { GetPaid } from "./get-paid.tsx";
import { JournalList } from "./journal-list.tsx";
import { Freeze, Thaw } from "./kill-switch.tsx";
import { Market } from "./market.tsx";
import { Parties } from "./parties.tsx";
import { PaymentList } from "./payment-list.tsx";
import { PolicyView } from "./policy.tsx";
import { Proof } from "./proof.tsx";
import { TiersView } from "./tiers.tsx";
import { Withdraw } from "./withdraw.tsx";

const parts = [
  ["tiers", "Tiers"],
  ["earnings", "Earnings"],
  ["payments", "Payments"],
  ["proof", "Proof"],
  ["auctions", "Auctions"],
  ["limits", "Limits"],
  ["ledger", "Ledger"],
] as const;

/** What the house owns, how it came and went, and whether the books are right. */
export function TreasuryScreen({ dash }: { readonly dash: Dash }): JSX.Element {
  const treasury = useSelect(dash, (state) => state.money.treasury?.value ?? null);
  useSection(dash, treasury !== null);
  const jump = <Jump screen="treasury" label="Parts of the treasury" parts={parts} />;
  return (
    <Screen dash={dash} name="treasury" beside={treasury === null ? null : jump}>
      <AwayNote dash={dash} />
      {treasury === null ? (
        <NoTreasury dash={dash} />
      ) : (
        <TreasuryBody dash={dash} treasury={treasury} />
      )}
    </Screen>
  );
}

function NoTreasury({ dash }: { readonly dash: Dash }): JSX.Element {
  const hears = useSelect(dash, (state, nowMs) => trustOf(state, nowMs).books);
  return (
    <p class="quiet sheet">
      {hears ? "Reading the books..." : "Nothing is known yet. Waiting for the treasury."}
    </p>
  );
}

interface BodyProps {
  readonly dash: Dash;
  readonly treasury: TreasuryView;
}

function TreasuryBody({ dash, treasury }: BodyProps): JSX.Element {
  return (
    <>
      <BackendLine dash={dash} backend={treasury.backend} />
      <Alarms dash={dash} alarms={treasury.alarms} />
      <MoneyActs dash={dash} on={treasury.kill_switch} />
      <TiersView dash={dash} tiers={treasury.tiers} />
      <Channels dash={dash} channels={treasury.channels} />
      <Parties dash={dash} parties={treasury.parties} />
      <Earnings dash={dash} />
      <PaymentList dash={dash} />
      <Proof dash={dash} proof={treasury.proof} />
      <Market dash={dash} />
      <PolicyView policy={treasury.policy} />
      <JournalList dash={dash} />
    </>
  );
}

/** The three things that can be done with money; one form at a time. */
function MoneyActs({ dash, on }: { readonly dash: Dash; readonly on: boolean }): JSX.Element {
  const [shown, setShown] = useState<"" | "in" | "out">("");
  const turn = (which: "in" | "out"): void => setShown(shown === which ? "" : which);
  return (
    <section class="sheet acts" aria-label="Move money">
      <div class="row">
        <button type="button" aria-expanded={shown === "in"} onClick={() => turn("in")}>
          <InIcon /> Get paid
        </button>
        <button type="button" aria-expanded={shown === "out"} onClick={() => turn("out")}>
          <OutIcon /> Withdraw
        </button>
        {on ? null : <Freeze dash={dash} />}
      </div>
      {on ? <Thaw dash={dash} /> : null}
      {shown === "in" ? <GetPaid dash={dash} /> : null}
      {shown === "out" ? <Withdraw dash={dash} /> : null}
    </section>
  );
}
