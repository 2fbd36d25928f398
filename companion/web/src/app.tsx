import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { MapView } from "./map/map-view.tsx";
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

/** The one screen. */
export function App({ dash }: { readonly dash: Dash }): JSX.Element {
  const draft = useSignal("");
  const onExample = (text: string): void => {
    draft.value = text;
    document.getElementById("instruction")?.focus();
  };
  return (
    <div class="app">
      <TopBar dash={dash} />
      <Banners dash={dash} />
      <main class="place">
        <Caption dash={dash} />
        <div class="stage">
          <MapView dash={dash} />
          <DrivePanel dash={dash} />
        </div>
        <RoomList dash={dash} />
        <Readings dash={dash} />
      </main>
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
