import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { shorten } from "../core/format.ts";
import { Section } from "../ui/parts.tsx";
import { Sats } from "./parts.tsx";

type Policy = TreasuryView["policy"];

/** What may leave without a person; everything above it asks. */
export function PolicyView({ policy }: { readonly policy: Policy }): JSX.Element {
  const rows = [
    ["Each payment", policy.per_payment_msat],
    ["Each hour", policy.per_hour_msat],
    ["Each day", policy.per_day_msat],
    ["Each agent and day", policy.per_party_day_msat],
  ] as const;
  return (
    <Section id="limits" title="Limits">
      <p class="quiet">What may leave without asking a person.</p>
      <dl class="totals">
        {rows.map(([name, msat]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Sats msat={msat} />
            </dd>
          </div>
        ))}
        <div>
          <dt>Fee of each payment</dt>
          <dd>
            <Sats msat={policy.fee_base_msat} /> + {policy.fee_ppm}
            <span class="unit"> ppm</span>
          </dd>
        </div>
      </dl>
      <h4>Allowed destinations</h4>
      {policy.allow.length === 0 ? (
        <p class="quiet">None: every withdrawal asks.</p>
      ) : (
        <ul class="plain-list mono">
          {policy.allow.map((one) => (
            <li key={one} title={one}>
              {shorten(one)}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
