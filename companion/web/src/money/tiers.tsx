import type { TreasuryView } from "@timmy/shared/money/views";
import type { ComponentChildren, JSX } from "preact";
import { formatSat, readMsat, shareOf } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { Meter, Section } from "../ui/parts.tsx";
import { Sats, useNodeAge } from "./parts.tsx";

type Tiers = TreasuryView["tiers"];
interface TiersProps {
  readonly dash: Dash;
  readonly tiers: Tiers;
}

/** Where the money is: what can leave at once, what waits on chain, what is out of reach. */
export function TiersView({ dash, tiers }: TiersProps): JSX.Element {
  return (
    <Section id="tiers" title="Tiers" old={useNodeAge(dash)}>
      <div class="tiers">
        <Hot hot={tiers.hot} />
        <Warm warm={tiers.warm} />
        <Cold cold={tiers.cold} />
      </div>
    </Section>
  );
}

interface TierProps {
  readonly name: string;
  readonly what: string;
  readonly msat: string;
  readonly children: ComponentChildren;
}
function Tier({ name, what, msat, children }: TierProps): JSX.Element {
  return (
    <div class="tier-box">
      <h4>
        {name} <span class="quiet">{what}</span>
      </h4>
      <p class="figure">
        <Sats msat={msat} />
      </p>
      {children}
    </div>
  );
}

function Hot({ hot }: { readonly hot: Tiers["hot"] }): JSX.Element {
  const cap = readMsat(hot.day_cap_msat);
  const spent = readMsat(hot.day_spent_msat);
  const left = cap > spent ? cap - spent : 0n;
  const words = `${formatSat(spent)} of ${formatSat(cap)} spent today`;
  return (
    <Tier name="Hot" what="in channels" msat={hot.balance_msat}>
      <Meter label={`Spent of the daily limit: ${words}`} share={shareOf(spent, cap)} />
      <p>
        <Sats msat={left} /> may still leave today
      </p>
      <p class="quiet">
        <Sats msat={spent} /> of <Sats msat={cap} /> used
      </p>
      {readMsat(hot.reserved_msat) === 0n ? null : (
        <p class="small quiet">
          and <Sats msat={hot.reserved_msat} /> tied up in the channels
        </p>
      )}
      {readMsat(hot.inflight_msat) === 0n ? null : (
        <p class="quiet">
          <Sats msat={hot.inflight_msat} /> on its way
        </p>
      )}
    </Tier>
  );
}

function Warm({ warm }: { readonly warm: Tiers["warm"] }): JSX.Element {
  const confirmed = readMsat(warm.confirmed_msat);
  const sweepAt = readMsat(warm.sweep_at_msat);
  const sweepTo = readMsat(warm.sweep_to_msat);
  const label = `${formatSat(confirmed)} of ${formatSat(sweepAt)}, where a sweep is proposed`;
  const isDue = sweepAt > 0n && confirmed >= sweepAt;
  return (
    <Tier name="Warm" what="on chain" msat={warm.confirmed_msat}>
      <Meter
        label={label}
        share={shareOf(confirmed, sweepAt)}
        marks={[shareOf(sweepTo, sweepAt)]}
      />
      <p>
        {isDue ? "A sweep is due" : "Sweep proposed"} at <Sats msat={sweepAt} />
      </p>
      <p class="quiet">
        down to <Sats msat={sweepTo} />; reserve <Sats msat={warm.reserve_msat} />
      </p>
      {readMsat(warm.unconfirmed_msat) === 0n ? null : (
        <p class="quiet">
          <Sats msat={warm.unconfirmed_msat} /> not confirmed yet
        </p>
      )}
    </Tier>
  );
}

function Cold({ cold }: { readonly cold: Tiers["cold"] }): JSX.Element {
  const words = !cold.descriptor
    ? "No descriptor yet: sweeps have nowhere to go."
    : cold.confirmed
      ? "The first address was confirmed by a person."
      : "The first address waits for a person to confirm it.";
  return (
    <Tier name="Cold" what="keys elsewhere" msat={cold.balance_msat}>
      <p class={cold.descriptor && cold.confirmed ? "quiet" : ""}>{words}</p>
    </Tier>
  );
}
