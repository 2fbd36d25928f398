import type { PaymentsView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { shorten } from "../core/format.ts";
import { formatParty } from "../core/money-words.ts";
import { readMsat } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import {
  CheckIcon,
  InIcon,
  OutIcon,
  QuestionIcon,
  RefusedIcon,
  WaitingIcon,
} from "../ui/icons.tsx";
import { Ago, Section } from "../ui/parts.tsx";
import { ListBody, Sats, useBooksAge, useList } from "./parts.tsx";

type Payment = PaymentsView["payments"][number];

/** What came in and went out, newest first. */
export function PaymentList({ dash }: { readonly dash: Dash }): JSX.Element {
  const shelf = useList(dash, "payments");
  return (
    <Section id="payments" title="Payments" old={useBooksAge(dash)}>
      <ListBody
        dash={dash}
        shelf={shelf}
        isEmpty={({ payments }) => payments.length === 0}
        empty="No payments yet. Open a channel or stay in mock mode."
      >
        {({ payments }) => (
          <ul class="entries">
            {payments.map((payment) => (
              <PaymentRow key={payment.id} dash={dash} payment={payment} />
            ))}
          </ul>
        )}
      </ListBody>
    </Section>
  );
}

/** Only these are settled; "unknown" is never shown as failed. */
function stateIcon(state: string): JSX.Element {
  if (state === "paid" || state === "succeeded") return <CheckIcon />;
  if (state === "failed" || state === "cancelled" || state === "expired") return <RefusedIcon />;
  return state === "unknown" ? <QuestionIcon /> : <WaitingIcon />;
}

interface PaymentRowProps {
  readonly dash: Dash;
  readonly payment: Payment;
}

function PaymentRow({ dash, payment }: PaymentRowProps): JSX.Element {
  const isIn = payment.direction === "in";
  const amount = readMsat(payment.amount_msat);
  const about = [payment.purpose, payment.note].filter((word) => word !== "").join(": ");
  return (
    <li class="entry">
      {isIn ? <InIcon /> : <OutIcon />}
      <div class="entry-main">
        <p>
          <strong>{isIn ? "In" : "Out"}</strong> {about}
        </p>
        <p class="quiet small">
          <Ago dash={dash} atMs={payment.at_ms} />, {formatParty(payment.party)}
          {payment.counterparty === "" ? null : (
            <span title={payment.counterparty}>
              , {isIn ? "from" : "to"} {shorten(payment.counterparty)}
            </span>
          )}
        </p>
        {payment.reason === "" ? null : <p class="small">{payment.reason}</p>}
      </div>
      <div class="entry-figures">
        <p class="strong">
          <Sats msat={isIn ? amount : -amount} />
        </p>
        <Fee payment={payment} />
        <p class={`state state-${payment.state}`}>
          {stateIcon(payment.state)} {payment.state}
        </p>
      </div>
    </li>
  );
}

function Fee({ payment }: { readonly payment: Payment }): JSX.Element | null {
  if (payment.fee_msat !== null) {
    return (
      <p class="quiet small">
        fee <Sats msat={payment.fee_msat} />
      </p>
    );
  }
  if (payment.max_fee_msat === null) return null;
  return (
    <p class="quiet small">
      fee at most <Sats msat={payment.max_fee_msat} />
    </p>
  );
}
