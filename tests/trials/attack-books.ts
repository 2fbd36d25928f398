import { createHash } from "node:crypto";
import { type Attack, attempt, type Lab, sat } from "./attack-lab.ts";

type Values = readonly (string | bigint)[];
interface Edit {
  readonly name: string;
  /** What follows SET. */
  readonly set: string;
  readonly values: (lab: Lab) => Values;
}
const edits: readonly Edit[] = [
  { name: "the amount", set: "amount_msat = ?", values: () => [90_000n * sat] },
  { name: "the fee cap", set: "fee_cap_msat = ?", values: () => [400_000n * sat] },
  {
    name: "the address",
    set: "destination = ?, payee = ?",
    values: ({ world }) => [world.address("thief"), world.address("thief")],
  },
  { name: "the address alone", set: "destination = ?", values: (l) => [l.world.address("thief")] },
  {
    name: "the address to an invoice",
    set: "destination = ?, destination_kind = 'invoice', payee = ?",
    values: (lab) => [lab.invoice(50_000n * sat).destination, lab.world.backend.pubkeyOf("payee")],
  },
  { name: "the kind to a sweep", set: "kind = 'sweep'", values: () => [] },
  { name: "the account", set: "party = 'owner'", values: () => [] },
  { name: "who asked", set: "requested_by = 'timmy'", values: () => [] },
  { name: "the reason", set: "why = 'rent'", values: () => [] },
  { name: "the end", set: "expires_ms = ?", values: () => [4_000_000_000_000n] },
];
/** The digest that the edited row would have, as anybody can compute it who read the source. */
function forgeDigest(lab: Lab, id: string): string {
  const row = lab.world.books.sql.get<Record<string, string | bigint>>(
    "SELECT * FROM treasury_requests WHERE id = ?",
    id,
  );
  const names = ["id", "kind", "party", "amount_msat", "destination_kind", "destination", "payee"];
  const more = ["fee_cap_msat", "expires_ms", "requested_by", "why"];
  const parts = ["timmy-request-1", ...[...names, ...more].map((name) => String(row?.[name]))];
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(",");
  return createHash("sha256").update(text).digest("hex");
}
const where = (edit: Edit) => `UPDATE treasury_requests SET ${edit.set} WHERE id = ?`;

const editAttacks: readonly Attack[] = edits.flatMap((edit): Attack[] => [
  {
    family: "edit",
    name: `changes ${edit.name} before the approval, and the person sees the old one`,
    async run(lab) {
      const made = lab.waiting(lab.toAddress);
      attempt(() => lab.sql(where(edit), ...edit.values(lab), made.id));
      lab.raw("treasury_requests", where(edit), ...edit.values(lab), made.id);
      lab.approve(made);
      await lab.rest();
      return "";
    },
  },
  {
    family: "edit",
    name: `changes ${edit.name} after the approval`,
    async run(lab) {
      const made = lab.approved(lab.toAddress);
      lab.raw("treasury_requests", where(edit), ...edit.values(lab), made.id);
      await lab.rest();
      return "";
    },
  },
  {
    family: "edit",
    name: `changes ${edit.name} after the approval, and the digests with it`,
    async run(lab) {
      const made = lab.approved(lab.toAddress);
      lab.raw("treasury_requests", where(edit), ...edit.values(lab), made.id);
      const digest = forgeDigest(lab, made.id);
      const own = "UPDATE treasury_requests SET digest = ? WHERE id = ?";
      lab.raw("treasury_requests", own, digest, made.id);
      const decision = "UPDATE treasury_decisions SET digest = ? WHERE request_id = ?";
      lab.raw("treasury_decisions", decision, digest, made.id);
      await lab.rest();
      return "";
    },
  },
  {
    family: "edit",
    name: `changes ${edit.name} while it waits for the node`,
    async run(lab) {
      lab.world.backend.setNode("away");
      const made = lab.approved(lab.toAddress);
      await lab.rest();
      lab.raw("treasury_requests", where(edit), ...edit.values(lab), made.id);
      lab.world.backend.setNode("active");
      await lab.rest();
      return "";
    },
  },
]);

const states: readonly Attack[] = ["approved", "auto", "executing", "sent"].flatMap(
  (state): Attack[] => [
    {
      family: "state",
      name: `writes ${state} into a request that waits`,
      async run(lab) {
        const made = lab.waiting();
        const text = "UPDATE treasury_requests SET state = ? WHERE id = ?";
        attempt(() => lab.sql(text, state, made.id));
        lab.raw("treasury_requests", text, state, made.id);
        await lab.rest();
        return "";
      },
    },
    {
      family: "state",
      name: `inserts a request that is ${state} from the start`,
      async run(lab) {
        const made = lab.waiting();
        const copy = `INSERT INTO treasury_requests SELECT 'copy', 'copy', kind, ?, party,
          requested_by, why, amount_msat, fee_cap_msat, destination, destination_kind,
          destination_new, payee, digest, requested_ms, requested_elapsed_ms, expires_ms,
          changed_ms, payment_id, raw_hex, txid, fee_msat, note, outcome
          FROM treasury_requests WHERE id = ?`;
        attempt(() => lab.sql(copy, state, made.id));
        lab.raw("treasury_requests", copy, state, made.id);
        await lab.rest();
        return "";
      },
    },
  ],
);

/** Decisions that no person made. */
function forge(name: string, seal: (lab: Lab) => string, verdict = "approve"): Attack {
  return {
    family: "forged approval",
    name,
    async run(lab) {
      const made = lab.waiting();
      const decide = "INSERT INTO treasury_decisions VALUES (?, ?, ?, ?, ?, ?)";
      const at = BigInt(lab.world.wallMs());
      lab.sql(decide, made.id, verdict, made.digest, "person:anna", at, seal(lab));
      const state = "UPDATE treasury_requests SET state = 'approved' WHERE id = ?";
      lab.sql(state, made.id);
      await lab.rest();
      return "";
    },
  };
}
/** The seal of a decision that anna made about something else, which is then void. */
function otherSeal(lab: Lab): string {
  const other = lab.waiting();
  lab.world.treasury().deny(other.id, { digest: other.digest, ...lab.anna.factor() });
  const row = lab.world.books.sql.get<{ seal: string }>(
    "SELECT seal FROM treasury_decisions WHERE request_id = ?",
    other.id,
  );
  return row?.seal ?? "";
}
const forged: readonly Attack[] = [
  forge("writes an approval without a seal", () => ""),
  forge("writes an approval with zeros as its seal", () => "0".repeat(64)),
  forge("writes an approval with the seal of another one", otherSeal),
  forge("writes an automatic verdict without a seal", () => "", "auto"),
  forge("writes an approval sealed with the digest", () =>
    createHash("sha256").update("decision").digest("hex"),
  ),
  {
    family: "forged approval",
    name: "turns a denial into an approval",
    async run(lab) {
      const made = lab.waiting();
      lab.world.treasury().deny(made.id, { digest: made.digest, ...lab.anna.factor() });
      lab.raw("treasury_decisions", "UPDATE treasury_decisions SET verdict = 'approve'");
      lab.raw("treasury_requests", "UPDATE treasury_requests SET state = 'approved'");
      await lab.rest();
      return "";
    },
  },
  {
    family: "forged approval",
    name: "moves an approval to a larger request of the same person",
    mayLeaveMsat: 60_700n * sat,
    async run(lab) {
      const small = lab.approved();
      const large = lab.waiting(lab.invoice(200_000n * sat));
      lab.raw(
        "treasury_decisions",
        "UPDATE treasury_decisions SET request_id = ? WHERE request_id = ?",
        large.id,
        small.id,
      );
      lab.raw("treasury_requests", "UPDATE treasury_requests SET state = 'approved'");
      await lab.rest();
      return "";
    },
  },
];

/** The owner's limits and people, written by somebody else. */
function overwrite(
  name: string,
  texts: readonly [table: string, text: string][],
  isSwitch = true,
): Attack {
  return {
    family: "limits",
    name,
    mayLeaveMsat: 0n,
    async run(lab) {
      const nobody = { allow: ["a".repeat(20)] };
      if (isSwitch) lab.world.treasury().setKillSwitch(true);
      else lab.world.treasury().setPolicy(nobody, lab.anna.factor());
      for (const [table, text] of texts) attempt(() => lab.raw(table, text));
      lab.ask({ ...lab.invoice(9_000n * sat), feeCapMsat: 20n * sat });
      await lab.world.payments().send({
        key: "direct",
        bolt11: lab.invoice(5_000n * sat).destination,
        maxFeeMsat: 20n * sat,
        party: "owner",
        purpose: "payment",
        note: "",
        origin: { from: "person", who: "anna" },
      });
      await lab.rest();
      return "";
    },
  };
}
const on = "INSERT INTO treasury_switch SELECT version + 1, at_ms, changed_by, 0, seal";
const limits: readonly Attack[] = [
  overwrite("switches the kill switch off without a seal", [
    ["treasury_switch", "INSERT INTO treasury_switch VALUES (99, 0, 'person:anna', 0, '')"],
  ]),
  overwrite("switches it off with the seal of having switched it on", [
    ["treasury_switch", `${on} FROM treasury_switch`],
  ]),
  overwrite("changes its row", [["treasury_switch", "UPDATE treasury_switch SET kill = 0"]]),
  overwrite(
    "changes the limits in place",
    [["treasury_policy", `UPDATE treasury_policy SET limits = '{"allow":[]}'`]],
    false,
  ),
  overwrite(
    "adds limits of its own",
    [["treasury_policy", `INSERT INTO treasury_policy VALUES (99, 0, 'person:anna', '{}', '')`]],
    false,
  ),
  overwrite("removes what was written of the spends", [
    ["treasury_spends", "DELETE FROM treasury_spends"],
  ]),
];
const people: readonly Attack[] = [
  {
    family: "people",
    name: "copies the authenticator of anna to another name",
    run(lab) {
      lab.raw(
        "treasury_approvers",
        `INSERT INTO treasury_approvers SELECT 'eve', created_ms, secret, 1, -1, 0, 0
         FROM treasury_approvers`,
      );
      const made = lab.waiting({ requestedBy: "session:eve" });
      try {
        const { code } = lab.anna.factor();
        return lab.approve(made, { who: "eve", code }).ok ? "eve decided" : "";
      } catch {
        return "";
      }
    },
  },
  {
    family: "people",
    name: "enrols itself without the code of who is enrolled",
    run: (lab) => (lab.world.treasury().enrol("eve").ok ? "eve is enrolled" : ""),
  },
  {
    family: "people",
    name: "enrols anna a second time",
    run: (lab) =>
      lab.world.treasury().enrol("anna", lab.anna.factor()).ok ? "anna has two secrets" : "",
  },
  {
    family: "people",
    name: "decides as somebody whose enrolment was never confirmed",
    run(lab) {
      lab.world.treasury().enrol("eve", lab.anna.factor());
      return lab.approve(lab.waiting(), { ...lab.anna.factor(), who: "eve" }).ok ? "eve did" : "";
    },
  },
];

export const booksAttacks: readonly Attack[] = [
  ...editAttacks,
  ...states,
  ...forged,
  ...limits,
  ...people,
];
