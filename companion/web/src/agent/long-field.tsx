import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount } from "../core/agent-words.ts";

interface LongFieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly most: number;
  readonly value: string;
  readonly error?: string | undefined;
  /** It appeared because somebody wants to write in it. */
  readonly takesFocus?: boolean;
}

/** A text of several lines with a count of its characters. */
export function LongField(props: LongFieldProps): JSX.Element {
  const { id, name, label, most, value, error = "", takesFocus = false } = props;
  const [length, setLength] = useState(value.length);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!takesFocus) return;
    area.current?.focus();
    // Who edits goes on from the end.
    area.current?.setSelectionRange(value.length, value.length);
  }, []);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="field-line">
        <textarea
          id={id}
          name={name}
          ref={area}
          class="prose"
          rows={4}
          maxLength={most}
          defaultValue={value}
          aria-invalid={error !== ""}
          aria-describedby={`${id}-note`}
          onInput={({ currentTarget }) => setLength(currentTarget.value.length)}
        />
      </span>
      <p id={`${id}-note`} class={error === "" ? "hint" : "hint wrong"}>
        {error === "" ? `${formatCount(length)} of ${formatCount(most)} characters` : error}
      </p>
    </div>
  );
}
