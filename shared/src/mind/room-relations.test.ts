import { describe, expect, it } from "vitest";
import { parseInstruction } from "./instruction.ts";
import type { Rooms } from "./places.ts";

/** A house whose body stands in the hallway's east end, in the bedroom, or nobody said where. */
function house(standing: "hallway" | "bedroom" | null): Rooms {
  const built: readonly (readonly [string, number, number, number, number])[] = [
    // North of the hallway, from the west.
    ["kitchen", 0, 6, 4, 10],
    ["study", 4, 6, 7, 10],
    ["living_room", 7, 6, 13, 10],
    ["hallway", 0, 4, 13, 6],
    // South of it.
    ["bathroom", 0, 0, 2.5, 4],
    ["bedroom", 2.5, 0, 7.5, 4],
    ["guest_room", 7.5, 0, 12, 4],
  ];
  const [x, y] = standing === "bedroom" ? [4, 1] : [11.5, 4.5];
  return built.map(([id, west, south, east, north]) => {
    const goal = [(west + east) / 2, (south + north) / 2] as const;
    const awayM = id === standing ? 0 : Math.hypot(goal[0] - x, goal[1] - y);
    return {
      ...{ id, name: id.replace("_", " "), aliases: id === "kitchen" ? ["galley"] : [], goal },
      outline: [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
      ],
      ...(standing === null ? {} : { away_m: awayM }),
    };
  });
}

function places(text: string, rooms = house("hallway")): string {
  const parsed = parseInstruction(text, rooms);
  if (!parsed.ok) return `${parsed.reason}: ${parsed.sentence}`;
  return parsed.steps
    .map((step) =>
      step.skill === "patrol" ? step.places.join(" ") : step.skill === "goto" ? step.place : "",
    )
    .join(" ");
}

const understood: Record<string, readonly string[]> = {
  study: [
    "go to the room nearest to the kitchen",
    "go to the closest room to the galley",
    "Head to whichever room is nearest the fridge",
    "visit the room next to the kitchen",
    "go to the room next to the living room",
    "go next door to the kitchen",
    "check the room beside the kitchen, please",
    "I need you in the room right of the kitchen",
    "go to the room east of the kitchen",
    "go to the room left of the living room",
    "go to the room opposite the bedroom",
    "go to the room between the kitchen and the living room",
    "check the room that lies in between the living room and the kitchen now",
    "go to the smaller of the study and the kitchen",
  ],
  living_room: [
    "go to the largest room",
    "patrol the biggest room in the house",
    "go to the room farthest from the bathroom",
    "go to the room that's furthest away from the bathroom",
    "go to the bigger one of the study and the living room",
    "go to the room opposite the guest room",
    "check the room across the hallway from the guest room",
    "go to the room north of the guest room",
  ],
  guest_room: [
    "go to the nearest room",
    "drive to the room closest to you",
    "go to the nearer of the kitchen and the guest room",
    "go to the room on the right hand side of the bedroom",
    "go to the room south of the living room",
  ],
  kitchen: [
    "go to the room left of the room next to the living room",
    "go to the room opposite the bathroom",
    "go to the larger of the study and the kitchen",
  ],
  bathroom: [
    "go to the smallest room",
    "go to the farthest room",
    "go to the room to the left of the bedroom",
  ],
  hallway: ["go to the room between the bathroom and the kitchen"],
  "kitchen study": [
    "go to the kitchen, then to the nearest room",
    "Visit the kitchen, then the room next to it",
    "go to the kitchen and the room beside it",
  ],
  "study start": [
    "go to the room next to the kitchen and come back",
    "go to the study and then go back to the room you came from",
  ],
  "study bedroom": ["go to the room between the kitchen and the living room and to the bedroom"],
  "study living_room": ["go to the room next to the kitchen, then the largest room"],
};

describe("where a room lies", () => {
  for (const [want, texts] of Object.entries(understood)) {
    it.each(texts)(`reads %j as the way to ${want}`, (text) => expect(places(text)).toBe(want));
  }
  it("asks back where two rooms fit as well, and guesses never", () => {
    for (const [text, names] of [
      ["go to the room next to the bedroom", "bathroom or guest room"],
      ["go to the easternmost room", "living room or guest room"],
      ["go to the room next to the room next to the bedroom", "bathroom or guest room"],
      ["go to the room between the kitchen and the guest room", "study or bedroom"],
    ] as const) {
      expect(places(text)).toMatch(/^unknown-room/);
      expect(places(text)).toContain(names);
    }
  });
  it("says so where no room lies", () => {
    expect(places("go to the room left of the kitchen")).toBe(
      "unknown-room: No room lies there: \u201cthe room left of the kitchen\u201d. " +
        "Rooms: kitchen, study, living room, hallway, bathroom, bedroom, guest room.",
    );
  });
  it("counts from the room that the body is in, and from no other place that it does not know", () => {
    const inBedroom = house("bedroom");
    expect(places("go to the nearest room", inBedroom)).toBe("bathroom");
    expect(places("go to the room opposite this room", inBedroom)).toBe("study");
    expect(places("go to the room next to it")).toMatch(/^unknown-room/);
    expect(places("go to the dock and then to the nearest room")).toMatch(/^not-understood/);
    expect(places("go to the nearest room", house(null))).toMatch(/^unknown-room/);
    expect(places("go to the kitchen, then to the nearest room", house(null))).toBe(
      "kitchen study",
    );
  });
  it("understands nothing of the kind in a house without a shape", () => {
    const bare = house("hallway").map(({ id, name, aliases }) => ({ id, name, aliases }));
    expect(places("go to the room next to the kitchen", bare)).toMatch(/^not-understood/);
    expect(places("go to the largest room", bare)).toMatch(/^unknown-room/);
  });
  it("knows what lies beside a room that it does not wholly face", () => {
    const shifted = house("hallway").map((room) =>
      room.id === "study" && room.outline !== undefined
        ? { ...room, outline: room.outline.map(([x, y]) => [x, y + 1] as const) }
        : room,
    );
    expect(places("go to the room next to the kitchen", shifted)).toBe("study");
    expect(places("go to the room right of the kitchen", shifted)).toBe("study");
  });
  it("prefers a room's own name", () => {
    const named = house("hallway").map((room) =>
      room.id === "study" ? { ...room, aliases: ["the largest room"] } : room,
    );
    expect(places("go to the largest room", named)).toBe("study");
  });
  it("still joins two steps where no room lies between", () => {
    expect(places("patrol the kitchen and the study")).toBe("kitchen study");
    expect(places("go to the study next")).toBe("study");
  });
});
