import type { EarningsView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import type { Plot } from "../core/earnings-plot.ts";
import { plotEarnings } from "../core/earnings-plot.ts";
import { formatKind, formatParty } from "../core/money-words.ts";
import { formatSat, readMsat } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { Section } from "../ui/parts.tsx";
import { ListBody, Sats, useBooksAge, useList } from "./parts.tsx";

/** What each agent earned, day by day, and what earning it cost. */
export function Earnings({ dash }: { readonly dash: Dash }): JSX.Element {
  const shelf = useList(dash, "earnings");
  return (
    <Section id="earnings" title="Earnings, 30 days" old={useBooksAge(dash)}>
      <ListBody
        dash={dash}
        shelf={shelf}
        isEmpty={({ days }) =>
          days.every(({ earned, costs }) => earned.length + costs.length === 0)
        }
        empty="Nothing earned and nothing spent yet."
      >
        {(view) => (
          <>
            <EarningsPlot plot={plotEarnings(view)} />
            <Totals totals={view.totals} />
            <DayTable view={view} />
          </>
        )}
      </ListBody>
    </Section>
  );
}

const plotWidth = 900;
const plotHeight = 160;

/** Stacked bars; the four surfaces differ in pattern, so that no colour has to be told apart. */
function EarningsPlot({ plot }: { readonly plot: Plot }): JSX.Element {
  const step = plotWidth / Math.max(plot.days.length, 7);
  const width = Math.min(step * 0.7, 40);
  const total = plot.days.reduce((all, day) => all + day.totalMsat, 0n);
  const first = plot.days[0]?.day ?? "";
  const last = plot.days.at(-1)?.day ?? "";
  return (
    <figure class="plot">
      <figcaption>
        <ul class="legend">
          {plot.series.map((party, series) => (
            <li key={party}>
              <svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">
                <rect class={`series series-${series}`} x="1" y="1" width="12" height="12" />
              </svg>
              {formatParty(party)}
            </li>
          ))}
        </ul>
        <span class="quiet">
          full height <Sats msat={plot.scaleMsat} />
        </span>
      </figcaption>
      <svg
        viewBox={`0 -2 ${plotWidth} ${plotHeight + 4}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${formatSat(total)} earned from ${first} to ${last}; the table below has the days`}
      >
        <Patterns />
        <path class="plot-grid" d={`M0 0h${plotWidth}M0 ${plotHeight / 2}h${plotWidth}`} />
        {plot.days.map(({ day, parts }, at) =>
          parts.map((part) => (
            <rect
              key={`${day}-${part.series}`}
              class={`series series-${part.series}`}
              x={(at * step + (step - width) / 2).toFixed(1)}
              y={((1 - part.to) * plotHeight).toFixed(1)}
              width={width.toFixed(1)}
              height={((part.to - part.from) * plotHeight).toFixed(1)}
            >
              <title>{`${day}, ${formatParty(plot.series[part.series] ?? "")}: ${formatSat(part.msat)}`}</title>
            </rect>
          )),
        )}
        <path class="plot-axis" d={`M0 ${plotHeight}h${plotWidth}`} />
      </svg>
      <p class="plot-ends quiet">
        <span>{first}</span>
        <span>{last}</span>
      </p>
    </figure>
  );
}

function Patterns(): JSX.Element {
  return (
    <defs>
      <pattern id="series-hatch" width="6" height="6" patternUnits="userSpaceOnUse">
        <path class="hatch" d="M-1 1 1-1M0 6 6 0M5 7 7 5" />
      </pattern>
      <pattern id="series-dots" width="5" height="5" patternUnits="userSpaceOnUse">
        <circle class="dots" cx="2.5" cy="2.5" r="1.3" />
      </pattern>
    </defs>
  );
}

function Totals({ totals }: { readonly totals: EarningsView["totals"] }): JSX.Element {
  const rows = [
    ["Earned", totals.earned_msat],
    ["Routing", totals.routing_earned_msat],
    ["Payment fees", totals.payment_fees_msat],
    ["Chain fees", totals.chain_fees_msat],
    ["Rebalancing", totals.rebalance_msat],
  ] as const;
  return (
    <dl class="totals">
      {rows.map(([name, msat]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Sats msat={msat} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function DayTable({ view }: { readonly view: EarningsView }): JSX.Element {
  const days = view.days.filter(({ earned, costs }) => earned.length + costs.length > 0).reverse();
  return (
    <details>
      <summary>Days as a table</summary>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Who and what</th>
            <th scope="col" class="number">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, earned, costs }) => [
            ...earned.map(({ party, service, amount_msat }) => (
              <tr key={`${day}+${party}+${service}`}>
                <td>{day}</td>
                <td>
                  {formatParty(party)}, {service}
                </td>
                <td class="number">
                  <Sats msat={amount_msat} />
                </td>
              </tr>
            )),
            ...costs.map(({ kind, amount_msat }) => (
              <tr key={`${day}-${kind}`}>
                <td>{day}</td>
                <td>{formatKind(kind)}</td>
                <td class="number">
                  <Sats msat={-readMsat(amount_msat)} />
                </td>
              </tr>
            )),
          ])}
        </tbody>
      </table>
    </details>
  );
}
