import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { presenceOf, whyNoMotion } from "../core/dashboard-state.ts";
import { mapWords } from "../core/robot-words.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import type { MapPainter } from "./map-painter.ts";
import { createMapPainter } from "./map-painter.ts";
import { readPalette } from "./palette.ts";
import { RoomOffer } from "./room-offer.tsx";
import { sceneOf } from "./scene.ts";

interface Chosen {
  readonly id: string;
  readonly xPx: number;
  readonly yPx: number;
}

/** The map: two canvases for eyes, sentences for screen readers, an offer for the chosen room. */
export function MapView({ dash }: { readonly dash: Dash }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const house = useRef<HTMLCanvasElement>(null);
  const robot = useRef<HTMLCanvasElement>(null);
  const painter = useRef<MapPainter | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const plan = useSelect(dash, (state) => state.plan);
  const why = useSelect(dash, whyNoMotion);
  const words = useSelect(dash, mapWords);

  useEffect(() => {
    if (box.current === null || house.current === null || robot.current === null) return;
    const made = startPainter(dash, box.current, house.current, robot.current);
    painter.current = made.painter;
    return made.stop;
  }, [dash]);
  useEffect(() => {
    painter.current?.setMarks({ hovered, chosen: chosen?.id ?? null });
  }, [hovered, chosen]);

  const roomUnder = (event: MouseEvent): string | null =>
    painter.current?.roomAtPx(event.offsetX, event.offsetY) ?? null;
  const room = plan?.rooms.find(({ id }) => id === chosen?.id);
  return (
    <div class="map" ref={box}>
      <canvas ref={house} />
      <canvas
        ref={robot}
        class={hovered === null ? "" : "pointing"}
        role="img"
        aria-label="Map of the house"
        aria-describedby="map-words"
        onPointerMove={(event) =>
          setHovered(event.pointerType === "mouse" ? roomUnder(event) : null)
        }
        onPointerLeave={() => setHovered(null)}
        onClick={(event) => {
          const id = roomUnder(event);
          setChosen(id === null ? null : { id, xPx: event.offsetX, yPx: event.offsetY });
        }}
      />
      <p id="map-words" class="visually-hidden">
        {words}
      </p>
      {plan === null ? <MapEmpty dash={dash} /> : null}
      {room === undefined || chosen === null ? null : (
        <RoomOffer
          name={room.name}
          xPx={chosen.xPx}
          yPx={chosen.yPx}
          why={why}
          onGo={() => {
            setChosen(null);
            void dash.api.goTo(room.id, `go to the ${room.name}`);
          }}
          onClose={() => setChosen(null)}
        />
      )}
    </div>
  );
}

function MapEmpty({ dash }: { readonly dash: Dash }): JSX.Element {
  const presence = useSelect(dash, presenceOf);
  const words = {
    loading: ["Looking for the companion...", "The map comes with its first message."],
    unreachable: ["No map yet", "It comes as soon as the companion answers."],
    disconnected: ["No map yet", "It comes as soon as the companion answers."],
    offline: ["No map yet", "The robot brings its map when it is switched on."],
    lost: ["No map yet", "The robot brings its map when it is back."],
    live: ["No map yet", "This robot has not sent a floor plan. It can still be driven by hand."],
  }[presence];
  return (
    <div class="map-empty">
      <p class="title">{words[0]}</p>
      <p class="quiet">{words[1]}</p>
    </div>
  );
}

function startPainter(
  dash: Dash,
  box: HTMLElement,
  house: HTMLCanvasElement,
  robot: HTMLCanvasElement,
): { readonly painter: MapPainter; readonly stop: () => void } {
  const painter = createMapPainter({
    house,
    robot,
    palette: () => readPalette(box),
    nowMs: dash.monotonicMs,
    pixelRatio: () => devicePixelRatio,
    nextFrame: (run) => requestAnimationFrame(run),
    reducedMotion: dash.reducedMotion,
  });
  const observer = new ResizeObserver(() => painter.setSize(box.clientWidth, box.clientHeight));
  observer.observe(box);
  let shownPlan: unknown = null;
  const stopScene = effect(() => {
    const state = dash.state.value;
    if (state.plan !== null && state.plan !== shownPlan) {
      shownPlan = state.plan;
      painter.setPlan(state.plan);
    }
    painter.setScene(sceneOf(state, dash.nowMs.value));
  });
  const stopTheme = effect(() => {
    dash.theme.shown.value;
    painter.repaint();
  });
  const stop = (): void => {
    observer.disconnect();
    stopScene();
    stopTheme();
  };
  return { painter, stop };
}
