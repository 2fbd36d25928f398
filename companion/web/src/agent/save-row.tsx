import type { JSX } from "preact";

export interface SaveRowProps {
  readonly busy: boolean;
  readonly onCancel: () => void;
}

/** The end of a form that writes the agent's memory: what is saved is the owner's word from then on. */
export function SaveRow({ busy, onCancel }: SaveRowProps): JSX.Element {
  return (
    <p class="row">
      <button type="submit" class="primary" disabled={busy}>
        {busy ? "Saving..." : "Save as your word"}
      </button>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </p>
  );
}
