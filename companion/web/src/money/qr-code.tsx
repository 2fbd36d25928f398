import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { encode } from "uqr";
import { qrPath } from "../core/qr-path.ts";

/** Dark on white in both themes: that is what scanners expect. */
export function QrCode(props: { readonly text: string; readonly label: string }): JSX.Element {
  const { text, label } = props;
  const drawn = useMemo(() => {
    // Upper case is the alphanumeric mode of QR: a third less (BOLT11 allows it).
    const { data, size } = encode(text.toUpperCase(), { ecc: "L", border: 4 });
    return { path: qrPath(data), size };
  }, [text]);
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${drawn.size} ${drawn.size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect class="qr-paper" width={drawn.size} height={drawn.size} />
      <path class="qr-ink" d={drawn.path} />
    </svg>
  );
}
