import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { hashOf, type Screen as ScreenName, screenNames } from "../core/route.ts";
import type { Dash } from "./dash.ts";

interface ScreenProps {
  readonly dash: Dash;
  readonly name: ScreenName;
  /** Stands beside the title and stays while the rest moves. */
  readonly beside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A screen beside the house: a title that takes the focus when it opens, and parts under it. */
export function Screen({ dash, name, beside, children }: ScreenProps): JSX.Element {
  const title = useRef<HTMLHeadingElement>(null);
  const isFirst = dash.route.value.section === "";
  useEffect(() => {
    if (isFirst) title.current?.focus({ preventScroll: true });
  }, []);
  return (
    <main class="screen" data-screen={name}>
      <header class="screen-head">
        <h2 ref={title} tabIndex={-1}>
          {screenNames[name]}
        </h2>
        {beside}
      </header>
      {children}
    </main>
  );
}

/** Brings the part of a screen into view that the address names, once it is there. */
export function useSection(dash: Dash, isThere: boolean): void {
  const { section } = dash.route.value;
  useEffect(() => {
    const title = section === "" ? null : document.getElementById(`${section}-title`);
    title?.focus({ preventScroll: true });
    title?.scrollIntoView({ block: "start" });
  }, [section, isThere]);
}

interface JumpProps {
  readonly screen: ScreenName;
  readonly label: string;
  readonly parts: readonly (readonly [id: string, name: string])[];
}

/** Links to the parts of a long screen. */
export function Jump({ screen, label, parts }: JumpProps): JSX.Element {
  return (
    <nav class="jump" aria-label={label}>
      {parts.map(([id, name]) => (
        <a key={id} href={hashOf(screen, id)}>
          {name}
        </a>
      ))}
    </nav>
  );
}
