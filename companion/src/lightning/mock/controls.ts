import { TimmyError } from "@timmy/shared/errors";
import type { MockControls } from "../mock-controls.ts";
import { openRipe } from "./channels.ts";
import { takePayment } from "./invoice-desk.ts";
import { addForeign, findForeign } from "./invoices.ts";
import { codeOf, type MockNode } from "./node.ts";
import { decodeHere, endNow } from "./payment-desk.ts";
import { findPayment, passThrough } from "./payments.ts";
import { toSnapshot } from "./state.ts";
import { mineBlock, receiveCoins } from "./wallet.ts";

const defaultExpiryS = 3600;

export function createControls(node: MockNode): MockControls {
  const { state, knobs } = node;
  const foreign = (hash: string) => {
    const invoice = findForeign(state, hash);
    if (invoice === null) throw new TimmyError("not-found", "mock: no invoice of the payee");
    return invoice;
  };
  return {
    makeForeignInvoice(amountMsat, memo, expiryS = defaultExpiryS) {
      const bolt11 = addForeign(state, amountMsat, memo, node.nowS(), expiryS);
      node.changed();
      return bolt11;
    },
    forgetForeign(hash) {
      foreign(hash).behaviour = "forget";
    },
    holdForeign(hash) {
      foreign(hash).behaviour = "hold";
    },
    release(hash, how) {
      const payment = findPayment(state, hash);
      if (payment === null) throw new TimmyError("not-found", "mock: no such payment");
      endNow(node, payment, how);
    },
    payOurs(bolt11, amountMsat) {
      takePayment(node, decodeHere(bolt11).paymentHash, amountMsat);
    },
    forward(amountMsat) {
      const feeMsat = passThrough(state, amountMsat, node.nowMs());
      node.changed();
      return feeMsat;
    },
    sendCoins(address, amountSat) {
      const txid = receiveCoins(state, address, amountSat);
      node.changed();
      return txid;
    },
    mine: (blocks) => mine(node, blocks),
    setNode(is) {
      knobs.node = is;
      if (is !== "active") endSubscriptions(node, new TimmyError(codeOf[is]));
      node.changed();
    },
    failNextPayment: (fault) => node.faults.push(fault),
    dropNextCreate() {
      knobs.dropCreate = true;
    },
    repeatEvents(times) {
      knobs.repeats = times;
    },
    sentMsat() {
      const paid = Object.values(state.payments).filter((p) => p.state === "succeeded");
      return paid.reduce((sum, p) => sum + p.amountMsat + p.feeMsat, 0n);
    },
    pubkeyOf: (name) => state.pubkeys[name],
    snapshot: () => toSnapshot(state),
  };
}

export function mine(node: MockNode, blocks: number): void {
  for (let k = 0; k < blocks; k++) {
    mineBlock(node.state);
    openRipe(node.state);
  }
  node.changed();
}

export function endSubscriptions(node: MockNode, error: TimmyError): void {
  for (const subscriber of [...node.subscribers]) subscriber.end(error);
}
