import type { LndView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { Section } from "../ui/parts.tsx";
import { Screen } from "../ui/screen.tsx";
import { AwayNote } from "./away-note.tsx";
import { BackendLine } from "./backend-line.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { Grouped } from "./grouped.tsx";
import { ListBody, useBooksAge, useList } from "./parts.tsx";
import { UnlockForm } from "./unlock-form.tsx";

/** Connects a node of one's own, shows what Timmy may do with it, unlocks it. */
export function LightningScreen({ dash }: { readonly dash: Dash }): JSX.Element {
  const shelf = useList(dash, "lnd");
  const backend = useSelect(dash, (state) => state.money.treasury?.value.backend ?? null);
  const enrolled = useSelect(
    dash,
    (state) => state.money.treasury?.value.approver_enrolled ?? false,
  );
  const [anew, setAnew] = useState(false);
  const lnd = shelf.known?.value;
  const locked = lnd?.locked === true || backend?.state === "vault-locked";
  return (
    <Screen dash={dash} name="lightning">
      <AwayNote dash={dash} />
      {backend === null ? null : <BackendLine dash={dash} backend={backend} />}
      {locked ? <UnlockForm dash={dash} /> : null}
      <Section id="node" title="Your node" old={useBooksAge(dash)}>
        <ListBody
          dash={dash}
          shelf={shelf}
          isEmpty={({ configured }) => !configured}
          empty="No node is connected. Until then money is play money, or none."
        >
          {(view) => <NodeView dash={dash} lnd={view} />}
        </ListBody>
      </Section>
      {lnd?.configured === true && !anew ? (
        <p class="sheet">
          <button type="button" onClick={() => setAnew(true)}>
            Connect another node
          </button>
        </p>
      ) : (
        <ConnectForm dash={dash} needsCode={enrolled} onDone={() => setAnew(false)} />
      )}
    </Screen>
  );
}

function NodeView({ dash, lnd }: { readonly dash: Dash; readonly lnd: LndView }): JSX.Element {
  const backend = useSelect(dash, (state) => state.money.treasury?.value.backend ?? null);
  const isThis = backend?.kind === "lnd";
  return (
    <>
      <dl class="pairs">
        {isThis ? (
          <>
            <dt>Name</dt>
            <dd>{backend.alias === "" ? "not known yet" : backend.alias}</dd>
            <dt>Network</dt>
            <dd>{backend.network === "" ? "not known yet" : backend.network}</dd>
            <dt>Version</dt>
            <dd>{backend.version === "" ? "not known yet" : backend.version}</dd>
          </>
        ) : null}
        <dt>Address</dt>
        <dd class="mono">{lnd.address}</dd>
        <dt>Public key</dt>
        <dd>
          <Grouped text={lnd.pubkey} />
        </dd>
        <dt>Certificate</dt>
        <dd>
          <Grouped text={lnd.fingerprint} />
        </dd>
      </dl>
      <h4>What Timmy may do with it</h4>
      <ul class="rights">
        {lnd.rights.map(({ name, methods }) => (
          <li key={name}>
            <details>
              <summary>
                <strong>{name}</strong>{" "}
                <span class="quiet">
                  {methods.length} {methods.length === 1 ? "call" : "calls"}
                </span>
              </summary>
              <ul class="plain-list mono">
                {methods.map((method) => (
                  <li key={method}>{method}</li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}
