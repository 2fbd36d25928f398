import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Takes the focus when this appears in place of what had it, such as a form after its button was
 * pressed; otherwise the next Tab would start at the top of the page. A focus elsewhere stays.
 */
export function useLanding<T extends HTMLElement>(): RefObject<T | null> {
  const landing = useRef<T>(null);
  useEffect(() => {
    const { activeElement, body } = document;
    if (activeElement === null || activeElement === body) landing.current?.focus();
  }, []);
  return landing;
}
