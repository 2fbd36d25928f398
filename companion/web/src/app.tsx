import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { Screen } from "./core/route.ts";
import { screenNames } from "./core/route.ts";
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

/** The house, or a screen in its place; bar and stop are the same on each. Beside the mind stands its chat. */
export function App({ dash }: { readonly dash: Dash }): JSX.Element {
  const draft = useSignal("");
  const chatDraft = useSignal("");
  const { screen } = dash.route.value;
  // On a phone the page itself scrolls; the next screen starts at its own top.
  useLayoutEffect(() => scrollTo(0, 0), [screen]);
  const onExample = (text: string): void => {
    (screen === "mind" ? chatDraft : draft).value = text;
    document.getElementById("instruction")?.focus();
  };
  const later = dash.screens.value;
  return (
    <div class="app" data-screen={screen}>
      <TopBar dash={dash} />
      <Banners dash={dash} />
      {screen === "house" ? <House dash={dash} /> : <Other dash={dash} screen={screen} />}
      {screen === "mind" ? (
        <aside class="talk-side" aria-label="Chat and stop">
          {typeof later === "string" ? (
            <div class="conversation" />
          ) : (
            <later.Chat dash={dash} onExample={onExample} />
          )}
          <div class="dock">
            {typeof later === "string" ? null : (
              <later.ChatComposer dash={dash} draft={chatDraft} />
            )}
            <StopButton dash={dash} />
          </div>
        </aside>
      ) : (
        <aside class="talk-side" aria-label="Conversation and stop">
          <Conversation dash={dash} onExample={onExample} />
          <div class="dock">
            <Composer dash={dash} draft={draft} />
            <StopButton dash={dash} />
          </div>
        </aside>
      )}
      <Announcer dash={dash} />
    </div>
  );
}

interface OtherProps {
  readonly dash: Dash;
  readonly screen: Exclude<Screen, "house">;
}

/** A screen in the place of the house, once its part of the page is there. */
function Other({ dash, screen }: OtherProps): JSX.Element {
  const later = dash.screens.value;
  if (typeof later !== "string") {
    const View = later.views[screen];
    return <View dash={dash} />;
  }
  return (
    <main class="screen">
      <p class="sheet">
        {later === "loading"
          ? `${screenNames[screen]} is loading...`
          : "This screen did not load. Check that the companion runs, then reload the page."}
      </p>
    </main>
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
