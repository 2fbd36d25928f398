import type { ApprovalView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { approvalState, approvalTitle, formatParty } from "../core/money-words.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { CheckIcon, RefusedIcon, RunningIcon } from "../ui/icons.tsx";
import { Ago, Section } from "../ui/parts.tsx";
import { Screen } from "../ui/screen.tsx";
import { Approval } from "./approval.tsx";
import { AwayNote } from "./away-note.tsx";
import { Grouped } from "./grouped.tsx";
import { ListBody, Sats, useBooksAge, useList } from "./parts.tsx";

/** What waits for a person, and what persons decided. */
export function ApprovalsScreen({ dash }: { readonly dash: Dash }): JSX.Element {
  const shelf = useList(dash, "approvals");
  const enrolled = useSelect(
    dash,
    (state) => state.money.treasury?.value.approver_enrolled ?? true,
  );
  const old = useBooksAge(dash);
  const all = shelf.known?.value.approvals ?? [];
  const waiting = all.filter(({ state }) => state === "pending");
  const decided = all.filter(({ state }) => state !== "pending");
  return (
    <Screen dash={dash} name="approvals">
      <AwayNote dash={dash} />
      {enrolled ? null : <NotEnrolled />}
      <Section id="waiting" title="Waiting for you" old={old}>
        <ListBody
          dash={dash}
          shelf={shelf}
          isEmpty={() => waiting.length === 0}
          empty="Nothing waits. What the policy does not allow by itself will be asked here."
        >
          {() => (
            <ul class="approvals">
              {waiting.map((approval) => (
                <Approval key={approval.id} dash={dash} approval={approval} enrolled={enrolled} />
              ))}
            </ul>
          )}
        </ListBody>
      </Section>
      <Section id="decided" title="Decided" old={old}>
        {decided.length === 0 ? (
          <p class="quiet">Nothing was decided yet.</p>
        ) : (
          <ul class="entries">
            {decided.map((approval) => (
              <DecidedRow key={approval.id} dash={dash} approval={approval} />
            ))}
          </ul>
        )}
      </Section>
    </Screen>
  );
}

function NotEnrolled(): JSX.Element {
  return (
    <div class="sheet enrol">
      <p>
        <strong>Nobody can approve yet.</strong> Enrol your authenticator on the machine that Timmy
        runs on:
      </p>
      <pre>npm run timmy -- treasury enrol</pre>
    </div>
  );
}

function stateIcon(state: ApprovalView["state"]): JSX.Element {
  if (state === "rejected" || state === "expired" || state === "failed") return <RefusedIcon />;
  return state === "executing" || state === "approved" ? <RunningIcon /> : <CheckIcon />;
}

interface DecidedRowProps {
  readonly dash: Dash;
  readonly approval: ApprovalView;
}

function DecidedRow({ dash, approval }: DecidedRowProps): JSX.Element {
  const { requested_by, why, amount_msat, destination, decided_ms, decided_by, outcome } = approval;
  return (
    <li class="entry">
      {stateIcon(approval.state)}
      <div class="entry-main">
        <p>
          <strong>{approvalTitle(approval)}</strong> for {formatParty(requested_by)}: {why}
        </p>
        <p class="quiet small">
          <Ago dash={dash} atMs={decided_ms ?? approval.requested_ms} />
          {decided_by === "" ? "" : ` by ${formatParty(decided_by)}`}
        </p>
        {outcome === "" ? null : <p class="small">{outcome}</p>}
        <details>
          <summary>Destination</summary>
          <Grouped text={destination} />
        </details>
      </div>
      <div class="entry-figures">
        <p class="strong">
          <Sats msat={amount_msat} />
        </p>
        <p class="state">{approvalState(approval)}</p>
      </div>
    </li>
  );
}
