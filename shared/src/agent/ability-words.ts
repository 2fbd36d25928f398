/** Skills and actions of a body, as a person says them. */
const abilityWords: Readonly<Record<string, string>> = {
  goto: "go to a place",
  say: "say something aloud",
  speak: "say something aloud",
  stop: "stop",
  patrol: "patrol rooms",
  dock: "go to its dock",
  move: "drive a distance",
  look: "look around",
  grip: "grip",
  sleep: "sleep",
  text: "write to you",
  call: "use its tools",
  emit: "publish on a topic",
};
/** A capability as a person says it. */
export const abilityName = (name: string): string => abilityWords[name] ?? name;

/** The same of what a move loses: "cannot speak here". */
export const missingName = (missing: string): string =>
  abilityName(missing.replace(/^cannot /, "").replace(/ here$/, ""));
