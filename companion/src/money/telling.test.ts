import { TimmyError } from "@timmy/shared/errors";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import type { MoneyHost } from "./money-host.ts";
import { createNews } from "./news.ts";
import { startTelling } from "./telling.ts";

describe("the telling of news", () => {
  it("goes on after the node was changed, when for a while there is no view", () => {
    const time = createVirtualTime();
    const news = createNews();
    const told: unknown[] = [];
    let changing = true;
    const view = () => {
      if (changing) throw new TimmyError("treasury-away", "It is changing its node.");
      return { kill_switch: false };
    };
    const never = () => () => {};
    const host = { view, onChange: never, onPayment: never, onSale: never };
    const end = startTelling({
      host: host as unknown as MoneyHost,
      news: { ...news, send: (one) => void told.push(one) },
      timers: time.timers,
      periodMs: 250,
    });
    time.advanceTo(5000);
    expect(told).toEqual([]);
    changing = false;
    time.advanceTo(10_000);
    expect(told).toEqual([{ type: "view", data: { kill_switch: false } }]);
    end();
  });
});
