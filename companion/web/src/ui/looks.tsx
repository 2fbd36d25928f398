import type { JSX } from "preact";
import type { StepStatus } from "../core/conversation.ts";
import {
  CheckIcon,
  CrossIcon,
  PauseIcon,
  QuestionIcon,
  RefusedIcon,
  RunningIcon,
  WaitingIcon,
} from "./icons.tsx";

export interface Look {
  readonly glyph: JSX.Element;
  readonly word: string;
}

const looks: Readonly<Record<StepStatus | "begun", Look>> = {
  waiting: { glyph: <WaitingIcon />, word: "Waiting" },
  skipped: { glyph: <WaitingIcon />, word: "Not begun" },
  running: { glyph: <RunningIcon />, word: "Running" },
  begun: { glyph: <RunningIcon />, word: "Begun" },
  done: { glyph: <CheckIcon />, word: "Done" },
  refused: { glyph: <RefusedIcon />, word: "Refused" },
  aborted: { glyph: <PauseIcon />, word: "Interrupted" },
  failed: { glyph: <CrossIcon />, word: "Failed" },
  unconfirmed: { glyph: <QuestionIcon />, word: "Unconfirmed" },
};

/** How an outcome looks and is called, everywhere; what is not known counts as unconfirmed. */
export const lookOf = (status: string): Look =>
  Object.hasOwn(looks, status) ? looks[status as keyof typeof looks] : looks.unconfirmed;
