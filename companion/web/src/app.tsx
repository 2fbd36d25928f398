import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { MapView } from "./map/map-view.tsx";
import { ApprovalsScreen } from "./money/approvals-screen.tsx";
import { LightningScreen } from "./money/lightning-screen.tsx";
import { TreasuryScreen } from "./money/treasury-screen.tsx";
import { Announcer } from "./ui/announcer.tsx";
import { Banners } from "./ui/banner.tsx";
import { Caption } from "./ui/caption.tsx";
import { Composer } from "./ui/composer.tsx";
import { Conversation } from "./ui/conversation.tsx";
import type { Dash } from "./ui/dash.ts";
import { DrivePanel } from "./ui/drive-panel.tsx";
import { Readings } from "./ui/readings.tsx";
import { RoomList } from "./ui/room-list.tsx";
import { StopButton } from "./ui/stop-button.tsx";
import { TopBar } from "./ui/top-bar.tsx";

/** The house, or one of the screens of money; bar, conversation and stop are the same on each. */
export function App({ dash }: { readonly dash: Dash }): JSX.Element {
  const draft = useSignal("");
  const { screen } = dash.route.value;
  // On a phone the page itself scrolls; the next screen starts at its own top.
  useLayoutEffect(() => scrollTo(0, 0), [screen]);
  const onExample = (text: string): void => {
    draft.value = text;
    document.getElementById("instruction")?.focus();
  };
  return (
    <div class="app" data-screen={screen}>
      <TopBar dash={dash} />
      <Banners dash={dash} />
      {screen === "house" ? <House dash={dash} /> : null}
      {screen === "treasury" ? <TreasuryScreen dash={dash} /> : null}
      {screen === "approvals" ? <ApprovalsScreen dash={dash} /> : null}
      {screen === "lightning" ? <LightningScreen dash={dash} /> : null}
      <aside class="talk-side" aria-label="Conversation and stop">
        <Conversation dash={dash} onExample={onExample} />
        <div class="dock">
          <Composer dash={dash} draft={draft} />
          <StopButton dash={dash} />
        </div>
      </aside>
      <Announcer dash={dash} />
    </div>
  );
}

function House({ dash }: { readonly dash: Dash }): JSX.Element {
  return (
    <main class="place">
      <Caption dash={dash} />
      <div class="stage">
        <MapView dash={dash} />
        <DrivePanel dash={dash} />
      </div>
      <RoomList dash={dash} />
      <Readings dash={dash} />
    </main>
  );
}
