import type { RefObject, TargetedEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Pixels from the end within which a list still counts as read to the end. */
const nearEndPx = 120;

interface StickToEnd<T extends HTMLElement> {
  readonly ref: RefObject<T | null>;
  readonly onScroll: (event: TargetedEvent<T>) => void;
}

/** Keeps a list at its end while it grows, unless the reader scrolled up. */
export function useStickToEnd<T extends HTMLElement>(content: unknown): StickToEnd<T> {
  const ref = useRef<T>(null);
  const wasAtEnd = useRef(true);
  useEffect(() => {
    const box = ref.current;
    if (box !== null && wasAtEnd.current) box.scrollTop = box.scrollHeight;
  }, [content]);
  return {
    ref,
    onScroll: ({ currentTarget: box }) => {
      wasAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < nearEndPx;
    },
  };
}
