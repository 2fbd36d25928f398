import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Screen as ScreenName, screenNames } from "../core/route.ts";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { UnlinkIcon } from "../ui/icons.tsx";

interface ScreenProps {
  readonly dash: Dash;
  readonly name: ScreenName;
  /** Stands beside the title and stays while the rest moves. */
  readonly beside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A screen of money: a title that takes the focus when it opens, and parts under it. */
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
      <AwayNote dash={dash} />
      {children}
    </main>
  );
}

/** The companion answers, but not the process beside it that holds the money. */
function AwayNote({ dash }: { readonly dash: Dash }): JSX.Element | null {
  const away = useSelect(dash, (s) => s.link === "open" && s.money.awaySinceMs !== null);
  if (!away) return null;
  return (
    <div class="problem away">
      <UnlinkIcon />
      <p>
        <strong>The treasury does not answer.</strong> It is started again by itself; nothing was
        paid or lost.
      </p>
    </div>
  );
}
