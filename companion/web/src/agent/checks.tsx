import type { ProposalView } from "@timmy/shared/agent/views";
import type { JSX } from "preact";
import { CheckIcon, RefusedIcon } from "../ui/icons.tsx";

interface ChecksProps {
  readonly verdicts: ProposalView["verdicts"];
}

/** Every check that was made: passed, or why not. */
export function Checks({ verdicts }: ChecksProps): JSX.Element | null {
  if (verdicts.length === 0) return null;
  return (
    <ul class="checks" aria-label="Checks">
      {verdicts.map(({ check, passed, sentence }, at) => (
        <li
          key={`${at} ${check}`}
          class={passed ? "passed" : "not-passed"}
          title={sentence || undefined}
        >
          {passed ? <CheckIcon /> : <RefusedIcon />}
          <span>
            {passed ? check : <strong>{check} not passed.</strong>}
            {passed ? <span class="visually-hidden"> passed</span> : ` ${sentence}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
