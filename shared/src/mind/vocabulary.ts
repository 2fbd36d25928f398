/** What a clause asks for, before its object is known. */
export type VerbKind = "goto" | "patrol" | "say" | "tell" | "greet" | "dock" | "back" | "visit";

const table: Readonly<Record<VerbKind, readonly string[]>> = {
  goto: [
    "go|goto|drive|head|move|walk|run|navigate|travel|roll|proceed|come|get|ride|hurry|rush",
    "take yourself|bring yourself|get yourself|make your way|find your way|going|driving|heading",
    "i need you|take a trip|position yourself",
  ],
  visit: ["visit|enter|stop by|drop by|swing by|pop by|go see|go and see|pop into"],
  patrol: [
    "patrol|check|guard|inspect|watch|survey|monitor|check on|check out|check in|check up on",
    "look after|look in|look into|look in on|look around|keep an eye on|keep watch over",
    "take a look|take a look around|have a look|have a look around|do a patrol|start a patrol",
    "make a tour|do a tour|take a tour|start patrolling|start your patrol|go on patrol",
    "do your rounds|make your rounds|do the rounds|do a round",
  ],
  say: ["say|announce|speak|shout|repeat|call out|read out|read aloud"],
  tell: ["tell|inform|let"],
  greet: ["greet"],
  dock: [
    "dock|dock yourself|charge|charge up|charge yourself|recharge|recharge yourself|park",
    "park yourself|charge your battery|charge your batteries|recharge your battery",
  ],
  back: ["back here|come back|go back|head back|drive back|return|turn back|move back|get back"],
};

export interface Phrase<T> {
  readonly words: readonly string[];
  readonly value: T;
}

/** "a|b c" -> one phrase each, the longest first, so that "come back" wins over "come". */
function phrases<T extends string>(from: Readonly<Record<T, readonly string[]>>): Phrase<T>[] {
  const all: Phrase<T>[] = [];
  for (const value of Object.keys(from) as T[]) {
    for (const text of from[value].join("|").split("|"))
      all.push({ words: text.split(" "), value });
  }
  return all.sort((a, b) => b.words.length - a.words.length);
}
const list = (...lines: readonly string[]) => phrases({ yes: lines });

export const verbs: readonly Phrase<VerbKind>[] = phrases(table);

/** Politeness before a verb; it carries no meaning. */
export const openers = list(
  "please|could you|can you|can u|would you|will you|kindly|hey|hi|hello|ok|okay|timmy|robot|now",
  "i want you to|i would like you to|i'd like you to|i need you to|just|go ahead and|first|so|well",
  "um|uh|also|let's|lets|finally|be so kind and|be so kind as to|first of all|try to|quickly|oh",
  "great|good|you should|your task is to|your job is to|i said|dear|alright|all right|good robot",
  "maybe you can|would you mind|do you mind|i'd love you to",
);
/** Politeness after a clause. */
export const closers = list(
  "please|now|right now|right away|for me|thanks|thank you|timmy|robot|immediately|at once|quickly",
  "asap|again|would you|will you|could you|ok|okay|first|too|as well|when you can|if you please",
  "my friend|buddy|there|straight away|for a moment|carefully|safely",
);
/** What joins two steps besides commas and full stops. */
export const joiners = list(
  "and then|and after that|and afterwards|and finally|and next|and|then|after that|afterwards",
  "after this|next|followed by|once there|once you are there|when you are there|finally",
  "when you get there|and once there|and when you are there|and when you get there|and also",
);
/** What turns a clause into its opposite, wherever it stands outside of speech. */
export const negations = new Set(
  ["don't", "dont", "not", "never", "no", "without", "avoid", "except", "unless", "cannot", "can't"]
    .concat([
      "won't",
      "wont",
      "cant",
      "doesn't",
      "shouldn't",
      "mustn't",
      "neither",
      "nor",
      "nobody",
    ])
    .concat(["refuse", "nowhere", "but", "instead", "isn't", "didn't", "stay"]),
);
export const prepositions = new Set(
  ["to", "into", "in", "inside", "towards", "toward", "for", "over", "down", "up", "straight"]
    .concat(["directly", "back", "at", "around", "through", "along", "round", "on", "right"])
    .concat(["between", "of"]),
);
export const articles = new Set(["the", "a", "an", "my", "our", "your"]);

/** Places that every house has, by what people call them. */
export const anchors: ReadonlyMap<string, "start" | "dock" | "house"> = new Map(
  (
    [
      [
        "start",
        "start|the start|starting point|start point|beginning|where you were|where you started",
      ],
      [
        "start",
        "where you came from|where you are now|where you began|starting position|start position",
      ],
      ["start", "room you came from|room where you came from|room you started in|room you were in"],
      ["start", "room you are coming from|room you just came from|room you started from"],
      ["start", "where you have been|where you were before|from where you came"],
      ["dock", "dock|home|base|charger|charging station|docking station|charging dock|home base"],
      ["dock", "charging point|station|parking place|parking spot|home dock"],
      ["house", "house|whole house|entire house|all rooms|all the rooms|every room|each room"],
      ["house", "everything|everywhere|flat|apartment|whole flat|whole apartment|all of the house"],
      ["house", "all the house|rooms|all of the rooms|each of the rooms|every single room"],
    ] as const
  ).flatMap(([anchor, names]) => names.split("|").map((name) => [name, anchor] as const)),
);

/** Whom "tell" may address without changing what is said. */
export const audience = list(
  "everyone|everybody|all of them|the family|my family|people|them|me|us|him|her|anyone|all",
  "anybody",
  "the guests|the children|the kids|our guests|someone|my guests|the people",
);
/** Short greetings, which "to Anna" and "in the kitchen" may follow. */
export const greetings = list(
  "hello|hi|hey|good morning|good evening|good night|good afternoon|welcome",
);
