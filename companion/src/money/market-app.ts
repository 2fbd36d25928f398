import type { CallAnswer } from "@timmy/shared/agent/owner-calls";
import { type MarketView, taskBody, workBody } from "@timmy/shared/money/views";
import { Hono } from "hono";
import type { Auction } from "../market/auction-rows.ts";
import { shownAuctions } from "../market/limits.ts";
import { answerOf, withBody } from "./answers.ts";
import type { Money } from "./money.ts";

export function auctionView(auction: Auction): MarketView["auctions"][number] {
  return {
    id: auction.id,
    at_ms: auction.postedMs,
    task: auction.task,
    state: auction.state,
    winner: auction.winner,
    price_msat: String(auction.priceMsat),
    bond_msat: String(auction.bondMsat),
    outcome: auction.outcome,
    bids: auction.decision.map((bid) => ({
      bidder: bid.bidder,
      price_msat: String(bid.priceMsat),
      bond_msat: String(bid.bondMsat),
      score: bid.score,
      left_out: bid.why,
    })),
  };
}

/** `/api/market`: what a task would cost; post it, see what was decided, say that it is done. */
export function createMarketApp(current: () => Money): Hono {
  const app = new Hono();
  const shown = (result: ReturnType<Money["market"]["close"]>) =>
    answerOf(result, ({ auction }) => auctionView(auction));

  app.get("/", () => {
    const auctions = current().market.newest(shownAuctions).map(auctionView);
    return Response.json({ auctions } satisfies MarketView);
  });
  app.get("/quote", (c) =>
    answerOf(current().market.quote(c.req.query("task") ?? ""), ({ quotes, sentence }) => {
      const rows = quotes.map(({ persona, priceMsat, able }) => ({
        ...{ persona, price_msat: String(priceMsat), able },
      }));
      return { quotes: rows, sentence } satisfies CallAnswer<"market.quote">;
    }),
  );
  app.post(
    "/tasks",
    withBody(taskBody, ({ key, task, budget_msat }) =>
      shown(current().market.post({ key, task, poster: "owner", budgetMsat: budget_msat })),
    ),
  );
  app.post("/tasks/:id/close", (c) => shown(current().market.close(c.req.param("id"))));
  app.post("/tasks/:id/cancel", (c) =>
    shown(current().market.cancel(c.req.param("id"), "by the owner")),
  );
  app.post(
    "/tasks/:id/complete",
    withBody(workBody, (outcome, c) =>
      shown(current().market.complete(c.req.param("id") ?? "", outcome)),
    ),
  );
  return app;
}
