import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { CrossIcon, GoIcon } from "../ui/icons.tsx";

interface RoomOfferProps {
  readonly name: string;
  readonly xPx: number;
  readonly yPx: number;
  /** Why the robot cannot go there now, or null. */
  readonly why: string | null;
  readonly onGo: () => void;
  readonly onClose: () => void;
}

/** Asks before it sends the robot anywhere: one tap on the map only offers. */
export function RoomOffer({ name, xPx, yPx, why, onGo, onClose }: RoomOfferProps): JSX.Element {
  const offer = useRef<HTMLElement>(null);
  const go = useRef<HTMLButtonElement>(null);
  // Before the first paint: an offer that jumps into place invites a wrong tap.
  useLayoutEffect(() => {
    const box = offer.current;
    const frame = box?.parentElement;
    if (box === null || frame === null || frame === undefined) return;
    // Kept inside the map; through the style object, which the page's CSP allows.
    const left = Math.max(
      8,
      Math.min(xPx - box.offsetWidth / 2, frame.clientWidth - box.offsetWidth - 8),
    );
    const below = yPx + 16;
    const fits = below + box.offsetHeight < frame.clientHeight - 8;
    box.style.left = `${left}px`;
    box.style.top = `${fits ? below : Math.max(8, yPx - 16 - box.offsetHeight)}px`;
    go.current?.focus();
  }, [xPx, yPx]);
  return (
    <section
      class="offer"
      ref={offer}
      aria-label={name}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <button type="button" class="primary" ref={go} disabled={why !== null} onClick={onGo}>
        <GoIcon /> Go to the {name}
      </button>
      <button type="button" class="plain" onClick={onClose} aria-label="Close">
        <CrossIcon />
      </button>
      {why === null ? null : <p class="quiet">{why}</p>}
    </section>
  );
}
