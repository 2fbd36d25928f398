import type { Btcd } from "./btcd.ts";
import { limits } from "./limits.ts";
import type { LndNode } from "./lnd-node.ts";
import type { Parts } from "./parts.ts";
import { channelPlans } from "./topology.ts";
import { until } from "./wait.ts";

interface Info {
  readonly block_height: number;
  readonly synced_to_chain: boolean;
}
interface Peers {
  readonly peers: readonly { readonly pub_key: string }[];
}
interface Channels {
  readonly channels: readonly { readonly active: boolean; readonly remote_pubkey: string }[];
}
interface Policy {
  readonly disabled: boolean;
}
interface Graph {
  readonly edges: readonly { node1_policy: Policy | null; node2_policy: Policy | null }[];
}

/** Until a node stands at the height of btcd and says that it is synchronised. */
export async function waitChain(nodes: readonly LndNode[], btcd: Btcd): Promise<void> {
  const height = await btcd.height();
  for (const node of nodes) {
    await until(`${node.name} is at block ${height}`, limits.syncMs, async () => {
      const info = await node.rest<Info>("GET", "/v1/getinfo");
      return info.synced_to_chain && info.block_height >= height;
    });
  }
}

/**
 * Connects the ends of each channel. lnd remembers the addresses of its peers, but the ports of a
 * network are new at each start.
 */
export async function connectPeers(parts: Parts, alive: readonly LndNode[]): Promise<void> {
  for (const { from, to } of channelPlans) {
    const [one, other] = [parts.nodes[from], parts.nodes[to]];
    if (!alive.includes(one) || !alive.includes(other)) continue;
    await until(`${from} is connected to ${to}`, limits.syncMs, async () => {
      const { peers } = await one.rest<Peers>("GET", "/v1/peers");
      if (peers.some((peer) => peer.pub_key === other.pubkey())) return true;
      const addr = { pubkey: other.pubkey(), host: other.peerAddress };
      await one.rest("POST", "/v1/peers", { addr, perm: true, timeout: "5" });
      return false;
    });
  }
}

/** Seldom, two ends that were killed and came back keep a connection on which no channel wakes. */
async function reconnect(parts: Parts, node: LndNode, silent: readonly LndNode[]): Promise<void> {
  for (const peer of silent) {
    await node.rest("DELETE", `/v1/peers/${peer.pubkey()}`);
    await connectPeers(parts, [node, peer]);
  }
}

/** Until the channels among these nodes are active at both ends and known to all of them. */
export async function waitChannels(parts: Parts, alive: readonly LndNode[]): Promise<void> {
  const plans = channelPlans.filter(
    ({ from, to }) => alive.includes(parts.nodes[from]) && alive.includes(parts.nodes[to]),
  );
  for (const node of alive) {
    const peers = plans
      .filter(({ from, to }) => parts.nodes[from] === node || parts.nodes[to] === node)
      .map(({ from, to }) => parts.nodes[parts.nodes[from] === node ? to : from]);
    let patienceEnds = performance.now() + limits.activeMs;
    await until(`${node.name}'s channels are active`, limits.syncMs, async () => {
      const { channels } = await node.rest<Channels>("GET", "/v1/channels?active_only=true");
      const active = new Set(channels.map((channel) => channel.remote_pubkey));
      const silent = peers.filter((peer) => !active.has(peer.pubkey()));
      if (silent.length > 0 && performance.now() > patienceEnds) {
        patienceEnds = performance.now() + limits.activeMs;
        await reconnect(parts, node, silent);
      }
      return silent.length === 0;
    });
  }
  if (alive.length < parts.all.length) return;
  for (const node of alive) {
    await until(`${node.name} knows every channel`, limits.syncMs, async () => {
      const { edges } = await node.rest<Graph>("GET", "/v1/graph");
      const open = (policy: Policy | null) => policy !== null && !policy.disabled;
      const usable = edges.filter((edge) => open(edge.node1_policy) && open(edge.node2_policy));
      return usable.length >= channelPlans.length;
    });
  }
}
