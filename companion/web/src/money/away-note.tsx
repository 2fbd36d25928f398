import type { JSX } from "preact";
import type { Dash } from "../ui/dash.ts";
import { useSelect } from "../ui/dash.ts";
import { UnlinkIcon } from "../ui/icons.tsx";

/** The companion answers, but not the process beside it that holds the money. */
export function AwayNote({ dash }: { readonly dash: Dash }): JSX.Element | null {
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
