import type { JSX, TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import { maxFileBytes } from "../limits.ts";

interface FileFieldProps {
  readonly id: string;
  readonly label: string;
  readonly error?: string | undefined;
  /** Takes the bytes; what it answers is shown as wrong. */
  readonly onRead: (bytes: Uint8Array) => string;
}

/** Reads a small file; the choice itself is emptied at once, so that only the reader holds it. */
export function FileField({ id, label, error = "", onRead }: FileFieldProps): JSX.Element {
  const [read, setRead] = useState<{ readonly name: string; readonly wrong: string } | null>(null);
  const take = async (event: TargetedEvent<HTMLInputElement>): Promise<void> => {
    const input = event.currentTarget;
    const file = input.files?.[0];
    if (file === undefined) return;
    const { name, size } = file;
    const isLarge = size > maxFileBytes;
    const wrong = isLarge ? "" : onRead(new Uint8Array(await file.arrayBuffer()));
    input.value = "";
    setRead({ name, wrong: isLarge ? "This file is far too large to be it." : wrong });
  };
  const wrong = read === null ? error : read.wrong;
  const words = read === null ? "" : `${read.name} was read.`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="file"
        aria-invalid={wrong !== ""}
        aria-describedby={`${id}-note`}
        onChange={(event) => void take(event)}
      />
      <p id={`${id}-note`} class={wrong === "" ? "hint" : "hint wrong"}>
        {wrong === "" ? words : wrong}
      </p>
    </div>
  );
}
