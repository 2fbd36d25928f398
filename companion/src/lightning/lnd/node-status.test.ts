import { status as grpcStatus } from "@grpc/grpc-js";
import type { GetInfoResponse } from "@timmy/protos/messages";
import { describe, expect, it } from "vitest";
import {
  healthOf,
  isNewEnough,
  judgeInfo,
  judgeWallet,
  networkOf,
  parseVersion,
  statusOfFault,
} from "./node-status.ts";

const pinned = { pubkey: "02aa", network: "regtest" } as const;
const info: GetInfoResponse = {
  version: "0.21.2-beta commit=v0.21.2-beta",
  identity_pubkey: "02aa",
  alias: "office",
  block_height: 450,
  synced_to_chain: true,
  synced_to_graph: true,
  chains: [{ network: "regtest" }],
};

describe("the version gate", () => {
  it("reads LND's versions", () => {
    expect(parseVersion("0.21.2-beta commit=v0.21.2-beta")).toEqual([0, 21, 2]);
    expect(parseVersion("v1.0.0")).toEqual([1, 0, 0]);
    for (const text of ["", "beta", "0.21", "0.21.2.4", "x0.21.2"]) {
      expect(parseVersion(text), text).toBeNull();
    }
  });
  it("refuses everything below 0.19.0, and what is no version", () => {
    const old = ["0.18.5-beta", "0.18.99", "0.9.0", "", "unknown", "19.0"];
    const good = ["0.19.0-beta", "0.19.0", "0.21.2-beta", "0.100.0", "1.0.0"];
    expect(old.filter(isNewEnough)).toEqual([]);
    expect(good.filter(isNewEnough)).toEqual(good);
    const status = judgeInfo({ ...info, version: "0.18.5-beta" }, pinned);
    expect(status).toMatchObject({ state: "refused", code: "lnd-too-old" });
  });
});

describe("the state of the node", () => {
  it("is active only after SERVER_ACTIVE and a look at who it is", () => {
    expect(judgeWallet("SERVER_ACTIVE")).toBeNull();
    expect(judgeInfo(info, pinned)).toMatchObject({ state: "active", code: null });
  });
  it("tells locked from starting", () => {
    const codes = (
      ["LOCKED", "NON_EXISTING", "UNLOCKED", "RPC_ACTIVE", "WAITING_TO_START"] as const
    )
      .map(judgeWallet)
      .map((status) => status?.code);
    const starting = "lnd-starting";
    expect(codes).toEqual(["lnd-locked", "lnd-locked", starting, starting, starting]);
  });
  it("refuses another key and another network", () => {
    const stranger = judgeInfo({ ...info, identity_pubkey: "03bb" }, pinned);
    const elsewhere = judgeInfo({ ...info, chains: [{ network: "mainnet" }] }, pinned);
    expect([stranger.code, elsewhere.code]).toEqual(["lnd-identity", "lnd-identity"]);
    expect([stranger.state, elsewhere.state]).toEqual(["refused", "refused"]);
    expect(judgeInfo({ ...info, chains: [] }, pinned).code).toBe("lnd-identity");
  });
  it("knows the networks that Timmy knows", () => {
    expect(networkOf(info)).toBe("regtest");
    expect(networkOf({ ...info, chains: [{ network: "testnet4" }] })).toBeNull();
    expect(networkOf({ ...info, chains: [] })).toBeNull();
  });
  it("is told with a sentence and what to do", () => {
    const text = "connect ECONNREFUSED";
    const fault = { status: grpcStatus.UNAVAILABLE, text, sent: false };
    const health = healthOf(statusOfFault(fault, info), pinned);
    expect(health).toMatchObject({ state: "away", code: "lnd-away", alias: "office" });
    expect(health.sentence).toMatch(/does not answer.*ECONNREFUSED.*Start it/);
    expect(healthOf(judgeInfo(info, pinned), pinned).sentence).toBe("");
  });
});
