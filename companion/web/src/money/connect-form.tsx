import type { ProbeView } from "@timmy/shared/money/views";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import {
  checkCertificate,
  checkConnection,
  readAddress,
  readMacaroon,
} from "../core/connection.ts";
import { formatMoment } from "../core/format.ts";
import type { Problem } from "../core/problem.ts";
import { maxFileBytes } from "../limits.ts";
import type { Dash } from "../ui/dash.ts";
import { CodeField, Field, textOf, useFirstWrong } from "../ui/fields.tsx";
import { CheckIcon, WarnIcon } from "../ui/icons.tsx";
import { useLanding } from "../ui/landing.ts";
import { ProblemNote, Section } from "../ui/parts.tsx";
import { FileField } from "./file-field.tsx";
import { Grouped } from "./grouped.tsx";

type Errors = Readonly<Record<string, string>>;
interface ConnectProps {
  readonly dash: Dash;
  /** Whoever points Timmy at another node could pay himself: once a person is enrolled, he is asked. */
  readonly needsCode: boolean;
  readonly onDone: () => void;
}
interface Probed {
  readonly address: string;
  readonly certPem: string;
  readonly found: ProbeView;
}

/** First the certificate, which a person compares; then the secrets, which go out once. */
export function ConnectForm({ dash, needsCode, onDone }: ConnectProps): JSX.Element {
  const [probed, setProbed] = useState<Probed | null>(null);
  return (
    <Section id="connect" title="Connect a node">
      <ol class="wizard">
        <li aria-current={probed === null ? "step" : undefined}>
          <h4>1. Its address and certificate</h4>
          {probed === null ? (
            <ProbeStep dash={dash} onFound={setProbed} />
          ) : (
            <Found probed={probed} onBack={() => setProbed(null)} />
          )}
        </li>
        <li aria-current={probed === null ? undefined : "step"}>
          <h4>2. Its admin macaroon, once</h4>
          {probed === null ? (
            <p class="quiet">First the certificate.</p>
          ) : (
            <SecretStep dash={dash} probed={probed} needsCode={needsCode} onDone={onDone} />
          )}
        </li>
      </ol>
    </Section>
  );
}

interface ProbeStepProps {
  readonly dash: Dash;
  readonly onFound: (probed: Probed) => void;
}

function ProbeStep({ dash, onFound }: ProbeStepProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useFirstWrong(errors);
  const look = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const certPem = textOf(event.currentTarget, "cert").trim();
    const address = readAddress(textOf(event.currentTarget, "address"));
    const cert = checkCertificate(certPem);
    setErrors({
      ...(address === null ? { address: "Host and port, like 192.168.1.5:10009." } : {}),
      ...(cert === "" ? {} : { cert }),
    });
    if (address === null || cert !== "") return;
    setBusy(true);
    const answer = await dash.money.probe(address, certPem);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) onFound({ address, certPem, found: answer.value });
  };
  const fill = (bytes: Uint8Array): string => {
    const field = form.current?.elements.namedItem("cert");
    if (field instanceof HTMLTextAreaElement) field.value = new TextDecoder().decode(bytes);
    return "";
  };
  return (
    <form class="form" ref={form} onSubmit={(event) => void look(event)} noValidate>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <Field
        id="node-address"
        name="address"
        label="Address"
        hint="Host and port of LND's gRPC; the port is 10009 where none is named."
        error={errors["address"]}
        input={{ maxLength: 300, placeholder: "127.0.0.1:10009" }}
      />
      <Field
        id="node-cert"
        name="cert"
        label="Certificate"
        isLong
        hint="Paste the text of tls.cert, or choose the file."
        error={errors["cert"]}
        input={{ maxLength: maxFileBytes }}
      />
      <FileField id="node-cert-file" label="Choose tls.cert" onRead={fill} />
      <button type="submit" class="primary" disabled={busy}>
        {busy ? "Looking..." : "Look at the certificate"}
      </button>
    </form>
  );
}

interface FoundProps {
  readonly probed: Probed;
  readonly onBack: () => void;
}

function Found({ probed, onBack }: FoundProps): JSX.Element {
  const { found, address } = probed;
  const landing = useLanding<HTMLParagraphElement>();
  return (
    <>
      <p class="verdict landing" ref={landing} tabIndex={-1}>
        {found.reachable ? <CheckIcon /> : <WarnIcon />}
        <span>
          <strong>
            {found.reachable ? "The address answers." : "The address does not answer."}
          </strong>{" "}
          {found.sentence}
        </span>
      </p>
      <dl class="pairs">
        <dt>Address</dt>
        <dd class="mono">{address}</dd>
        <dt>Fingerprint</dt>
        <dd>
          <Grouped text={found.fingerprint} />
          <p class="hint">
            SHA-256. Compare it on the node: openssl x509 -in tls.cert -noout -fingerprint -sha256
          </p>
        </dd>
        <dt>Names</dt>
        <dd>{found.names.join(", ")}</dd>
        <dt>Valid until</dt>
        <dd>{formatMoment(found.valid_until_ms)}</dd>
      </dl>
      <button type="button" onClick={onBack}>
        Another address or certificate
      </button>
    </>
  );
}

interface SecretStepProps extends ConnectProps {
  readonly probed: Probed;
}

function SecretStep({ dash, probed, needsCode, onDone }: SecretStepProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useFirstWrong(errors);
  // Beside the form and never in the page's state: it goes out once and is forgotten.
  const macaroon = useRef("");
  const [round, setRound] = useState(0);
  const connect = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const fields = event.currentTarget;
    const checked = checkConnection({
      macaroonHex: macaroon.current,
      passphrase: textOf(fields, "passphrase"),
      repeated: textOf(fields, "repeated"),
      code: needsCode ? textOf(fields, "code") : null,
    });
    setErrors(checked.ok ? {} : checked.errors);
    if (!checked.ok) return;
    macaroon.current = "";
    fields.reset();
    setRound(round + 1);
    setBusy(true);
    const { address, certPem } = probed;
    const answer = await dash.money.connect({ address, cert_pem: certPem, ...checked.value });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    await dash.money.load("lnd");
    onDone();
  };
  return (
    <form class="form" ref={form} onSubmit={(event) => void connect(event)} noValidate>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <p class="quiet">
        Used once, to make three lesser ones: to earn, to spend, to sweep. It is not stored.
      </p>
      <FileField
        key={round}
        id="node-macaroon"
        label="Choose admin.macaroon"
        error={errors["macaroon"]}
        onRead={(bytes) => {
          macaroon.current = readMacaroon(bytes) ?? "";
          return macaroon.current === "" ? "This is not a macaroon of LND." : "";
        }}
      />
      <Field
        id="node-passphrase"
        name="passphrase"
        label="Passphrase for the vault"
        hint="Seals the three on this disk. Without it they cannot be opened again."
        error={errors["passphrase"]}
        input={{ type: "password", autocomplete: "new-password", maxLength: 1000 }}
      />
      <Field
        id="node-repeated"
        name="repeated"
        label="The same again"
        error={errors["repeated"]}
        input={{ type: "password", autocomplete: "new-password", maxLength: 1000 }}
      />
      {needsCode ? <CodeField id="node-code" error={errors["code"] ?? ""} /> : null}
      <button type="submit" class="primary" disabled={busy}>
        {busy ? "Connecting..." : "Connect the node"}
      </button>
    </form>
  );
}
