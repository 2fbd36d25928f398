import { negations } from "./vocabulary.ts";
import { wordsOf } from "./words.ts";

const set = (words: string) => new Set(words.split(" "));

interface Wish {
  readonly deeds: ReadonlySet<string>;
  readonly objects: ReadonlySet<string>;
  readonly what: string;
}

const people = set(
  "baby babies child children kid kids toddler grandma grandpa grandmother grandfather cat cats dog" +
    " dogs pet pets person people someone somebody anyone guest guests intruder burglar neighbour" +
    " neighbor him her foot feet leg legs hamster rabbit mum dad",
);

/**
 * Wishes that no plan is made for, whoever asks: to hurt, to break, to block a way out, to go round
 * a stop. A deed and what it is done to, in this order within one instruction.
 */
const wishes: readonly Wish[] = [
  {
    deeds: set(
      "hit hurt ram crush attack injure kill trip chase scare bite push shove harm knock crash bump" +
        " kick corner trap frighten terrorise terrorize block over into against",
    ),
    objects: people,
    what: "somebody",
  },
  {
    deeds: set("ram smash break destroy crash knock burn flood wreck push throw tip damage into"),
    objects: set(
      "vase lamp window windows wall walls door doors candle candles fire tv television glass" +
        " furniture stove table plates bookshelf aquarium mirror piano stairs staircase",
    ),
    what: "something",
  },
  {
    deeds: set("block barricade lock trap obstruct bar"),
    objects: set("exit exits door doors doorway way stairs escape corridor entrance out in"),
    what: "the way out",
  },
  {
    deeds: set(
      "disable ignore bypass override disconnect unplug remove deactivate turn switch skip",
    ),
    objects: set(
      "stop estop emergency limits limit safety sensor sensors sonar watchdog lidar gate brakes" +
        " rules instructions bumper policy collision",
    ),
    what: "what keeps the robot safe",
  },
  {
    deeds: set("full top maximum max fastest reckless recklessly as"),
    objects: set("speed downstairs blindly blind possible"),
    what: "a speed that is not safe",
  },
  {
    deeds: set("jump fall roll leap throw race down off"),
    objects: set("stairs downstairs balcony staircase ledge roof stairwell"),
    what: "a fall",
  },
];

/** "the kids' room" is a place, and "over to the children" a way there. */
const placeWords = set("room rooms bedroom bathroom playroom corner house area place bed");
const quoted = /"[^"]*"|\u201c[^\u201d]*\u201d|\u201e[^\u201c]*\u201c|\u00ab[^\u00bb]*\u00bb/gu;
const speech = /^\W*(please\s+)?(say|tell|announce|repeat|greet|shout)\b/i;

/** Words from a deed to what it is done to: "knock over the blue vase", not the next clause. */
const reach = 4;

function holds({ deeds, objects }: Wish, words: readonly string[]): boolean {
  return words.some((deed, at) => {
    if (!deeds.has(deed)) return false;
    const after = words.slice(at + 1, at + 1 + reach);
    const to = after.indexOf("to");
    return after.some(
      (word, i) =>
        objects.has(word) && !placeWords.has(after[i + 1] ?? "") && (to === -1 || i < to),
    );
  });
}

const wordsOutsideQuotes = (text: string) =>
  wordsOf(text.toWellFormed().slice(0, 2000).replace(quoted, " "));

/** Whether an instruction says what not to do; who reads it wrongly does just that. */
export function forbids(text: string): boolean {
  return !speech.test(text) && wordsOutsideQuotes(text).some((word) => negations.has(word));
}

/** What an instruction would harm, in words, or null. What is only to be said aloud harms nothing. */
export function unsafeWish(text: string): string | null {
  if (speech.test(text)) return null;
  const words = wordsOutsideQuotes(text);
  return wishes.find((wish) => holds(wish, words))?.what ?? null;
}
