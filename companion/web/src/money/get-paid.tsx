import type { InvoiceView } from "@timmy/shared/money/views";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { companionMs } from "../core/dashboard-state.ts";
import { formatUntil } from "../core/format.ts";
import type { Problem } from "../core/problem.ts";
import { parseTypedSats } from "../core/sats.ts";
import { memoChars } from "../limits.ts";
import type { Answer } from "../shell/ask.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { Field, textOf } from "../ui/fields.tsx";
import { CheckIcon, RefusedIcon, WaitingIcon } from "../ui/icons.tsx";
import { useLanding } from "../ui/landing.ts";
import { ProblemNote } from "../ui/parts.tsx";
import { Sats } from "./parts.tsx";
import { QrCode } from "./qr-code.tsx";

interface Shown {
  readonly memo: string;
  readonly invoice: InvoiceView;
}

/** Makes an invoice and follows it until it is paid. */
export function GetPaid({ dash }: { readonly dash: Dash }): JSX.Element {
  const [shown, setShown] = useState<Shown | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const changedMs = useSelect(dash, (state) => state.money.treasury?.atMs ?? -1);

  const show = (memo: string, answer: Answer<InvoiceView>): void => {
    if (answer.ok) setShown({ memo, invoice: answer.value });
    setProblem(answer.ok ? null : answer.problem);
  };
  const orderId = shown?.invoice.order_id;
  const memo = shown?.memo ?? "";
  const isOpen = shown?.invoice.state === "open" || shown?.invoice.state === "draft";
  useEffect(() => {
    if (orderId === undefined || !isOpen) return;
    let isWanted = true;
    void dash.money.readInvoice(orderId).then((answer) => {
      if (isWanted) show(memo, answer);
    });
    return () => {
      isWanted = false;
    };
  }, [changedMs, orderId, memo, isOpen]);

  const make = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const amount = parseTypedSats(textOf(form, "amount"), 1n);
    setWrong(amount.ok ? "" : amount.why);
    if (!amount.ok) return;
    setBusy(true);
    const memo = textOf(form, "memo").trim();
    const order = { key: dash.newKey(), amount_msat: String(amount.msat), memo };
    show(memo, await dash.money.makeInvoice(order));
    setBusy(false);
  };
  return (
    <div class="panel">
      {problem === null ? null : <ProblemNote problem={problem} />}
      {shown === null ? (
        <form class="form" onSubmit={(event) => void make(event)} noValidate>
          <Field
            id="invoice-amount"
            name="amount"
            label="Amount"
            unit="sat"
            error={wrong}
            input={{ inputMode: "numeric", maxLength: 24 }}
          />
          <Field
            id="invoice-memo"
            name="memo"
            label="What for"
            hint="The payer reads this."
            input={{ maxLength: memoChars }}
          />
          <button type="submit" class="primary" disabled={busy}>
            {busy ? "Making..." : "Make the invoice"}
          </button>
        </form>
      ) : (
        <Invoice dash={dash} shown={shown} onAgain={() => setShown(null)} />
      )}
    </div>
  );
}

interface InvoiceProps {
  readonly dash: Dash;
  readonly shown: Shown;
  readonly onAgain: () => void;
}

function Invoice({ dash, shown, onAgain }: InvoiceProps): JSX.Element {
  const { invoice, memo } = shown;
  const isMock = useSelect(dash, (state) => state.money.treasury?.value.backend.kind === "mock");
  const landing = useLanding<HTMLDivElement>();
  const isPaid = invoice.state === "paid";
  const isOpen = invoice.state === "open";
  return (
    <div class="invoice">
      {isOpen ? <QrCode text={invoice.bolt11} label="The invoice as a QR code" /> : null}
      <div class="invoice-words landing" ref={landing} tabIndex={-1}>
        <InvoiceState dash={dash} invoice={invoice} />
        <p class="figure">
          <Sats msat={invoice.amount_msat} />
        </p>
        <p>{memo}</p>
        {isOpen ? (
          <>
            {isMock ? <p class="small">Play money: no real wallet can pay this.</p> : null}
            <textarea class="mono" readOnly rows={5} aria-label="Invoice" value={invoice.bolt11} />
          </>
        ) : null}
        <p class="row">
          {isOpen ? <CopyButton dash={dash} text={invoice.bolt11} what="the invoice" /> : null}
          {isOpen && isMock ? <PlayPayer dash={dash} orderId={invoice.order_id} /> : null}
          <button type="button" class={isPaid ? "primary" : ""} onClick={onAgain}>
            Another invoice
          </button>
        </p>
      </div>
    </div>
  );
}

const invoiceWords: Readonly<Record<string, string>> = {
  draft: "Waiting for the node to make it",
  open: "Waiting for the payer",
  paid: "Paid",
  expired: "Expired: nobody paid in time",
  cancelled: "Cancelled",
};

function InvoiceState(props: { readonly dash: Dash; readonly invoice: InvoiceView }): JSX.Element {
  const { dash, invoice } = props;
  const left = useSelect(dash, (state, nowMs) =>
    formatUntil(invoice.expires_ms - companionMs(state, nowMs)),
  );
  const isOver = invoice.state === "expired" || invoice.state === "cancelled";
  return (
    <p class="verdict">
      {invoice.state === "paid" ? <CheckIcon /> : isOver ? <RefusedIcon /> : <WaitingIcon />}
      <span>
        <strong>{invoiceWords[invoice.state] ?? invoice.state}</strong>
        {invoice.state === "open" ? <span class="quiet">, expires {left}</span> : null}
      </span>
    </p>
  );
}

function PlayPayer(props: { readonly dash: Dash; readonly orderId: string }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const play = async (): Promise<void> => {
    const answer = await props.dash.money.playPayer(props.orderId);
    setProblem(answer.ok ? null : answer.problem);
  };
  return (
    <>
      <button type="button" class="primary" onClick={() => void play()}>
        Play the payer
      </button>
      {problem === null ? null : <ProblemNote problem={problem} />}
    </>
  );
}
