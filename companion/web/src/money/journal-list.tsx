import type { JournalsView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatMoment, shorten } from "../core/format.ts";
import { formatKind, formatParty } from "../core/money-words.ts";
import { readMsat } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { InIcon } from "../ui/icons.tsx";
import { Section } from "../ui/parts.tsx";
import { ListBody, Sats, useBooksAge, useList } from "./parts.tsx";

type Journal = JournalsView["journals"][number];

/** The ledger as it is written: each entry with its postings, which sum to zero. */
export function JournalList({ dash }: { readonly dash: Dash }): JSX.Element {
  const shelf = useList(dash, "journals");
  const download = (
    <a class="button" href="/api/treasury/export.csv" download="timmy-journal.csv">
      <InIcon /> Download CSV
    </a>
  );
  return (
    <Section id="ledger" title="Ledger" acts={download} old={useBooksAge(dash)}>
      <ListBody
        dash={dash}
        shelf={shelf}
        isEmpty={({ journals }) => journals.length === 0}
        empty="The books are empty. The first sat that moves is the first entry."
      >
        {({ journals, next }) => (
          <>
            <ol class="entries">
              {journals.map((journal) => (
                <JournalRow key={journal.seq} journal={journal} />
              ))}
            </ol>
            {next > 0 ? <More dash={dash} before={next} /> : <p class="quiet">No older entries.</p>}
          </>
        )}
      </ListBody>
    </Section>
  );
}

function More({ dash, before }: { readonly dash: Dash; readonly before: number }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const read = async (): Promise<void> => {
    setBusy(true);
    await dash.money.moreJournals(before);
    setBusy(false);
  };
  return (
    <button type="button" disabled={busy} onClick={() => void read()}>
      {busy ? "Reading..." : "Older entries"}
    </button>
  );
}

function JournalRow({ journal }: { readonly journal: Journal }): JSX.Element {
  const about = [formatParty(journal.party), journal.service, journal.note].filter((w) => w !== "");
  return (
    <li class="entry journal">
      <p class="seq quiet" title={`SHA-256 ${journal.hash}`}>
        {journal.seq}
      </p>
      <div class="entry-main">
        <p>
          <strong>{formatKind(journal.kind)}</strong> {about.join(", ")}
        </p>
        <p class="quiet small">
          {formatMoment(journal.at_ms)} by {formatParty(journal.actor)}
          {journal.reference === "" ? null : (
            <span title={journal.reference}>, {shorten(journal.reference)}</span>
          )}
        </p>
      </div>
      <ul class="postings">
        {journal.postings.map(({ account, amount_msat }) => (
          <li key={account}>
            <span>{account}</span>
            <span class="signed">
              {readMsat(amount_msat) > 0n ? "+" : ""}
              <Sats msat={amount_msat} />
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
