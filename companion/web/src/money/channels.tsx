import type { TreasuryView } from "@timmy/shared/money/views";
import type { JSX } from "preact";
import { formatPercent, shorten } from "../core/format.ts";
import { formatSat, readMsat, shareOf } from "../core/sats.ts";
import type { Dash } from "../ui/dash.ts";
import { UnlinkIcon } from "../ui/icons.tsx";
import { Section } from "../ui/parts.tsx";
import { Sats, useNodeAge } from "./parts.tsx";

type Channel = TreasuryView["channels"][number];

/** Each channel as a bar: ours from the left, theirs from the right, the band where it may rest. */
export function Channels(props: {
  readonly dash: Dash;
  readonly channels: readonly Channel[];
}): JSX.Element {
  const { dash, channels } = props;
  return (
    <Section id="channels" title="Channels" old={useNodeAge(dash)}>
      {channels.length === 0 ? (
        <p class="quiet">No channels yet. Money comes in and goes out through channels.</p>
      ) : (
        <>
          <ul class="channels">
            {channels.map((channel) => (
              <ChannelRow key={channel.id} channel={channel} />
            ))}
          </ul>
          <p class="quiet key">
            Ours is filled; its darker start is the reserve that cannot be spent. Between the two
            marks, 25 to 75{"\u202f"}%, a channel rests.
          </p>
        </>
      )}
    </Section>
  );
}

function ChannelRow({ channel }: { readonly channel: Channel }): JSX.Element {
  const local = readMsat(channel.local_msat);
  const remote = readMsat(channel.remote_msat);
  const percent = formatPercent(shareOf(local, local + remote) * 100);
  const peer = channel.peer_alias === "" ? shorten(channel.peer_pubkey) : channel.peer_alias;
  return (
    <li class={channel.active ? "channel" : "channel inactive"}>
      <p class="channel-head">
        <strong title={channel.peer_pubkey}>{peer}</strong>
        {channel.active ? null : (
          <span class="mark">
            <UnlinkIcon /> inactive
          </span>
        )}
        <span class="quiet">{channel.note}</span>
      </p>
      <ChannelBar channel={channel} />
      <p class="channel-ends">
        <span>
          <span class="quiet">ours</span> <Sats msat={local} /> <span class="quiet">{percent}</span>
        </span>
        <span>
          <span class="quiet">theirs</span> <Sats msat={remote} />
        </span>
      </p>
    </li>
  );
}

function ChannelBar({ channel }: { readonly channel: Channel }): JSX.Element {
  const capacity = readMsat(channel.capacity_msat);
  const local = readMsat(channel.local_msat);
  const px = (msat: bigint): number => Math.round(shareOf(msat, capacity) * 1000);
  const reserve = readMsat(channel.reserve_msat);
  const held = Math.min(px(reserve), px(local));
  const remote = readMsat(channel.remote_msat);
  const label = `${formatSat(local)} ours, ${formatSat(remote)} theirs, ${formatSat(reserve)} reserve`;
  return (
    <svg
      class="channel-bar"
      viewBox="0 0 1000 20"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect class="meter-rim" y="3" width="1000" height="14" />
      <rect class="meter-fill" y="3" width={px(local)} height="14" />
      <rect class="channel-theirs" x={1000 - px(remote)} y="3" width={px(remote)} height="14" />
      <rect class="channel-reserve" y="3" width={held} height="14" />
      <path class="channel-band" d="M250 0v20M750 0v20" />
    </svg>
  );
}
