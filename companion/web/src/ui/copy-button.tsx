import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Dash } from "../ui/dash.ts";
import { CheckIcon, CopyIcon } from "../ui/icons.tsx";

interface CopyButtonProps {
  readonly dash: Dash;
  readonly text: string;
  readonly what: string;
}

export function CopyButton({ dash, text, what }: CopyButtonProps): JSX.Element {
  const [copied, setCopied] = useState<{ text: string; ok: boolean } | null>(null);
  const mine = copied?.text === text ? copied : null;
  const words = mine === null ? `Copy ${what}` : mine.ok ? "Copied" : "Select it and copy by hand";
  return (
    <button
      type="button"
      onClick={() => void dash.copy(text).then((ok) => setCopied({ text, ok }))}
    >
      {mine?.ok === true ? <CheckIcon /> : <CopyIcon />} {words}
    </button>
  );
}
