import type { JSX, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly unit?: string;
  readonly isLong?: boolean;
  readonly input?: JSX.IntrinsicElements["input"];
}

/** A labelled text field; what is wrong with it stands below it in words, and is read with it. */
export function Field(props: FieldProps): JSX.Element {
  const { id, label, name, hint = "", error = "", unit = "", isLong = false, input = {} } = props;
  const shared = {
    id,
    name,
    "aria-invalid": error !== "",
    "aria-describedby": `${id}-note`,
    autocomplete: "off",
    spellcheck: false,
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="field-line">
        {isLong ? (
          <textarea
            rows={3}
            {...shared}
            maxLength={input.maxLength}
            onInput={input.onInput as never}
          />
        ) : (
          <input type="text" {...shared} {...input} />
        )}
        {unit === "" ? null : <span class="unit">{unit}</span>}
      </span>
      <p id={`${id}-note`} class={error === "" ? "hint" : "hint wrong"}>
        {error === "" ? hint : error}
      </p>
    </div>
  );
}

interface CodeFieldProps {
  readonly id: string;
  readonly error?: string;
}

/** The second factor: six digits of the owner's authenticator. */
export function CodeField({ id, error = "" }: CodeFieldProps): JSX.Element {
  return (
    <Field
      id={id}
      name="code"
      label="Six-digit code"
      hint="From your authenticator."
      error={error}
      input={{ autocomplete: "one-time-code", inputMode: "numeric", maxLength: 7, class: "code" }}
    />
  );
}

/** Brings the first field that is wrong into view, and the focus with it. */
export function useFirstWrong(errors: unknown): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const wrong = form.current?.querySelector('[aria-invalid="true"]');
    if (wrong instanceof HTMLElement) wrong.focus();
  }, [errors]);
  return form;
}

/** The text of a form's field; nothing keeps it but the field itself. */
export function textOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}
