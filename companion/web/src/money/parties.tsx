import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { formatUntil } from "../core/format.ts";
import { formatPeriod } from "../core/money-words.ts";
import { formatSat, readMsat, shareOf } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { Meter, Section } from "../ui/parts.tsx";
import { Sats, useBooksAge } from "./parts.tsx";

type Party = TreasuryView["parties"][number];
interface PartiesProps {
  readonly dash: Dash;
  readonly parties: readonly Party[];
}

/** Whose money it is: what the books say, what is held of it, what is free, and the budget. */
export function Parties({ dash, parties }: PartiesProps): JSX.Element {
  return (
    <Section id="parties" title="Who owns what" old={useBooksAge(dash)}>
      {parties.length === 0 ? (
        <p class="quiet">Nobody has an account yet. It opens with the first sat.</p>
      ) : (
        <table class="table stacks">
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col" class="number">
                Booked
              </th>
              <th scope="col" class="number">
                Held
              </th>
              <th scope="col" class="number">
                Free
              </th>
              <th scope="col" class="number">
                Earned today
              </th>
              <th scope="col">Budget</th>
            </tr>
          </thead>
          <tbody>
            {parties.map((party) => (
              <PartyRow key={party.party} party={party} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function PartyRow({ party }: { readonly party: Party }): JSX.Element {
  return (
    <tr>
      <th scope="row">{party.name === "" ? party.party : party.name}</th>
      <td class="number" data-label="Booked">
        <Sats msat={party.posted_msat} />
      </td>
      <td class="number" data-label="Held">
        <Sats msat={party.held_msat} />
      </td>
      <td class="number strong" data-label="Free">
        <Sats msat={party.available_msat} />
      </td>
      <td class="number" data-label="Earned today">
        <Sats msat={party.earned_day_msat} />
      </td>
      <td data-label="Budget" class="budget">
        <Budget budget={party.budget} />
      </td>
    </tr>
  );
}

function Budget({ budget }: { readonly budget: Party["budget"] }): JSX.Element {
  if (budget === null) return <span class="quiet">none set</span>;
  const spent = readMsat(budget.spent_msat);
  const limit = readMsat(budget.limit_msat);
  const words = `${formatSat(spent)} of ${formatSat(limit)} a ${formatPeriod(budget.period_ms)}`;
  return (
    <>
      <Meter label={`Budget: ${words}`} share={shareOf(spent, limit)} />
      <span class="small">
        <Sats msat={spent} /> of <Sats msat={limit} /> a {formatPeriod(budget.period_ms)}, new{" "}
        {formatUntil(budget.renews_in_ms)}
      </span>
    </>
  );
}
