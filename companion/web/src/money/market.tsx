import type { MarketView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { formatParty } from "../core/money-words.ts";
import { shownAuctions } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { CheckIcon } from "../ui/icons.tsx";
import { Ago, Section } from "../ui/parts.tsx";
import { ListBody, Sats, useBooksAge, useList } from "./parts.tsx";

type Auction = MarketView["auctions"][number];

/** Which agent got which task, for how much, and why the others did not. */
export function Market({ dash }: { readonly dash: Dash }): JSX.Element {
  const shelf = useList(dash, "market");
  return (
    <Section id="auctions" title="Auctions" old={useBooksAge(dash)}>
      <ListBody
        dash={dash}
        shelf={shelf}
        isEmpty={({ auctions }) => auctions.length === 0}
        empty="No auctions yet. A task that several agents can do is put up for bids."
      >
        {({ auctions }) => (
          <ul class="entries">
            {auctions.slice(0, shownAuctions).map((auction) => (
              <AuctionRow key={auction.id} dash={dash} auction={auction} />
            ))}
          </ul>
        )}
      </ListBody>
    </Section>
  );
}

interface AuctionRowProps {
  readonly dash: Dash;
  readonly auction: Auction;
}

function AuctionRow({ dash, auction }: AuctionRowProps): JSX.Element {
  const isWon = auction.winner !== "";
  return (
    <li class="entry auction">
      <div class="entry-main">
        <p>
          <strong>{auction.task}</strong>
        </p>
        <p class="quiet small">
          <Ago dash={dash} atMs={auction.at_ms} />, {auction.state}
          {auction.outcome === "" ? "" : `, ${auction.outcome}`}
        </p>
        <p>
          {isWon ? (
            <>
              {formatParty(auction.winner)} for <Sats msat={auction.price_msat} />, bond{" "}
              <Sats msat={auction.bond_msat} />
            </>
          ) : (
            "Nobody got it."
          )}
        </p>
      </div>
      <Bids auction={auction} />
    </li>
  );
}

function Bids({ auction }: { readonly auction: Auction }): JSX.Element {
  if (auction.bids.length === 0) return <p class="quiet small">No bids.</p>;
  return (
    <table class="table bids">
      <thead>
        <tr>
          <th scope="col">Bidder</th>
          <th scope="col" class="number">
            Price
          </th>
          <th scope="col" class="number">
            Bond
          </th>
          <th scope="col" class="number">
            Score
          </th>
        </tr>
      </thead>
      <tbody>
        {auction.bids.map(({ bidder, price_msat, bond_msat, score, left_out }) => (
          <tr key={bidder} class={left_out === "" ? "" : "left-out"}>
            <th scope="row">
              {bidder === auction.winner ? <CheckIcon /> : null} {formatParty(bidder)}
              {bidder === auction.winner ? <span class="visually-hidden">, won</span> : null}
              {left_out === "" ? null : <span class="small block">left out: {left_out}</span>}
            </th>
            <td class="number">
              <Sats msat={price_msat} />
            </td>
            <td class="number">
              <Sats msat={bond_msat} />
            </td>
            <td class="number">{score.toFixed(2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
