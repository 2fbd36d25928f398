import { connectBody, type ProbeView, probeBody, unlockBody } from "@timmy/shared/money/views";
import type { Clock } from "@timmy/shared/ports/time";
import { Hono } from "hono";
import { probeNode } from "../lightning/lnd/connect.ts";
import { problemAnswer, withBody } from "./answers.ts";
import type { MoneyHost } from "./money-host.ts";

/** `/api/lnd`: which node is connected, and the wizard's steps. Secrets go in and never come out. */
export function createLndApp(host: MoneyHost, clock: Clock): Hono {
  const app = new Hono();
  app.get("/", () => Response.json(host.lnd()));
  app.post(
    "/probe",
    withBody(probeBody, async ({ address, cert_pem }) => {
      const probe = await probeNode({ clock }, { address, certPem: cert_pem });
      const { fingerprint, names, validUntilMs, reachable, sentence } = probe;
      const view = { fingerprint, names: [...names], valid_until_ms: validUntilMs };
      return Response.json({ ...view, reachable, sentence } satisfies ProbeView);
    }),
  );
  app.post(
    "/connect",
    withBody(connectBody, async ({ address, cert_pem, macaroon_hex, passphrase, code }) => {
      const { treasury } = host.money();
      // Whoever could point us at another node could pay himself: once a person is enrolled, he is asked.
      if (treasury.approvers().length > 0) {
        const given = code ?? "";
        const proven = treasury.prove({ who: treasury.whose(given), code: given });
        if (!proven.ok) return problemAnswer(proven.code, proven.details);
      }
      await host.connect({
        address,
        certPem: cert_pem,
        adminMacaroonHex: macaroon_hex,
        passphrase,
      });
      return Response.json(host.lnd());
    }),
  );
  app.post(
    "/unlock",
    withBody(unlockBody, async ({ passphrase }) => {
      await host.unlock(passphrase);
      return Response.json(host.lnd());
    }),
  );
  return app;
}
