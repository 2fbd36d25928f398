import type { JSX } from "preact";
import { groupsOf } from "../core/money-words.ts";

/** A destination, whole, in groups of four that two screens can be compared by. Copies unbroken. */
export function Grouped({ text }: { readonly text: string }): JSX.Element {
  let at = 0;
  return (
    <span class="grouped mono">
      {groupsOf(text).map((group) => {
        at += group.length;
        return <span key={at}>{group}</span>;
      })}
    </span>
  );
}
