import type { ErrorCode } from "@timmy/shared/errors";
import { parseMsat } from "@timmy/shared/money/amount";
import {
  decisionBody,
  type InvoiceView,
  invoiceBody,
  killSwitchBody,
  withdrawalBody,
} from "@timmy/shared/money/views";
import { Hono } from "hono";
import { journalCsv } from "../ledger/journal-csv.ts";
import { invoiceExpiryS, maxPageRows, maxReportDays } from "../limits.ts";
import type { Sale } from "../payments/port.ts";
import type { Factor } from "../treasury/port.ts";
import { answerOf, pageNumber, problemAnswer, withBody } from "./answers.ts";
import type { Money } from "./money.ts";
import type { MoneyHost } from "./money-host.ts";

function invoiceView(sale: Sale): InvoiceView {
  return {
    order_id: sale.orderId,
    bolt11: sale.bolt11,
    amount_msat: String(sale.amountMsat),
    state: sale.state,
    expires_ms: sale.createdMs + sale.expiryS * 1000,
  };
}

const factorOf = (money: Money, code: string): Factor => ({
  who: money.treasury.whose(code),
  code,
});

/** `/api/treasury`: books, approvals, payments, for whoever got past the companion's guard. */
export function createTreasuryApp(host: Pick<MoneyHost, "money" | "view">): Hono {
  const app = new Hono();
  const current = host.money;
  const sale = (orderId: string) => current().sales.get(orderId);
  const notFound = (): Response => problemAnswer("not-found" satisfies ErrorCode);

  app.get("/", () => Response.json(host.view()));
  app.get("/journals", (c) => {
    const before = pageNumber(c.req.query("before"), 0, Number.MAX_SAFE_INTEGER);
    const limit = pageNumber(c.req.query("limit"), 50, maxPageRows);
    return Response.json(current().treasury.journals({ before, limit }));
  });
  app.get("/payments", (c) => {
    const limit = pageNumber(c.req.query("limit"), 50, maxPageRows);
    return Response.json(current().treasury.payments({ limit }));
  });
  app.get("/earnings", (c) => {
    const days = Math.max(1, pageNumber(c.req.query("days"), 30, maxReportDays));
    return Response.json(current().treasury.earnings(days));
  });
  app.get("/export.csv", () => {
    const headers = {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="timmy-journal.csv"',
    };
    const lines = ReadableStream.from(journalCsv(current().books));
    return new Response(lines.pipeThrough(new TextEncoderStream()), { headers });
  });
  app.post("/reconcile", async () => {
    const { reconciler, treasury } = current();
    await reconciler.run();
    await treasury.refresh();
    return Response.json(host.view().proof);
  });
  app.post(
    "/kill-switch",
    withBody(killSwitchBody, ({ on, code }) => {
      const money = current();
      const factor = code === undefined ? undefined : factorOf(money, code);
      return answerOf(money.treasury.setKillSwitch(on, factor), () => ({ on }));
    }),
  );

  app.get("/approvals", () => Response.json(current().treasury.approvals()));
  for (const act of ["approve", "deny"] as const) {
    app.post(
      `/approvals/:id/${act}`,
      withBody(decisionBody, ({ digest, code }, c) => {
        const money = current();
        const decision = { digest, ...factorOf(money, code) };
        const result = money.treasury[act](c.req.param("id") ?? "", decision);
        return answerOf(result, ({ approval }) => approval);
      }),
    );
  }
  app.post(
    "/withdrawals",
    withBody(withdrawalBody, (body) => {
      const result = current().treasury.requestWithdrawal({
        key: body.key,
        party: "owner",
        amountMsat: body.amount_msat,
        // As wallets copy it: blanks around, or a URI of lightning.
        destination: body.destination.trim().replace(/^lightning:/i, ""),
        feeCapMsat: body.fee_cap_msat,
        why: body.why,
        requestedBy: "session:dashboard",
      });
      return answerOf(result, ({ approval }) => approval);
    }),
  );

  app.post(
    "/invoices",
    withBody(invoiceBody, async ({ key, amount_msat, memo }) => {
      const amountMsat = parseMsat(amount_msat);
      if (amountMsat === null) return problemAnswer("bad-amount");
      const result = await current().sales.create({
        orderId: key,
        amountMsat,
        memo,
        party: "owner",
        service: "invoice",
        expiryS: invoiceExpiryS,
      });
      return answerOf(result, (made) => invoiceView(made.sale));
    }),
  );
  app.get("/invoices/:order", (c) => {
    const found = sale(c.req.param("order"));
    return found === null ? notFound() : Response.json(invoiceView(found));
  });
  app.post("/invoices/:order/settle", async (c) => {
    const found = sale(c.req.param("order"));
    if (found === null) return notFound();
    await current().backend.settleInvoice(found.paymentHash);
    return Response.json(invoiceView(sale(found.orderId) ?? found));
  });
  return app;
}
