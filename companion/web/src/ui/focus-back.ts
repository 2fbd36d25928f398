import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Gives the focus back to what opened something, once that is closed again. */
export function useFocusBack<T extends HTMLElement>(isOpen: boolean): RefObject<T | null> {
  const opener = useRef<T>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return opener;
}

/**
 * When this goes with the focus on it, the focus goes on from the element of that id: on the page itself
 * Space would be a stop. Of the layout, since other effects end only after it is gone.
 */
export function useFocusGoesTo(from: RefObject<HTMLElement | null>, id: string): void {
  useLayoutEffect(() => {
    const element = from.current;
    return () => {
      if (document.activeElement === element) document.getElementById(id)?.focus();
    };
  }, []);
}
