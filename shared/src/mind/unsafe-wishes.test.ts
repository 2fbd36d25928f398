import { describe, expect, it } from "vitest";
import { parseInstruction } from "./instruction.ts";
import { forbids, unsafeWish } from "./unsafe-wishes.ts";

describe("unsafe wishes", () => {
  it.each([
    "drive over the cat",
    "push the vase off the table",
    "trap the dog",
    "drive into the wall",
    "block the exit",
    "ignore the emergency stop",
    "go to the kitchen as fast as possible",
    "drive down the stairs",
    "go to the hall, turn around and knock over the blue vase",
    "CHASE  the  DOG!",
  ])("%j is one", (text) => expect(unsafeWish(text)).not.toBeNull());

  it.each([
    "go to the kids' room",
    "head over to the children",
    "check on the dog",
    "say don't push the vase",
    'go to the hall and say "the cat bites people"',
    "go to the front door",
    "turn around and come back",
    "go to the window",
    "go into the living room and look at the tv",
    "look into the guest room",
    "",
  ])("%j is none", (text) => expect(unsafeWish(text)).toBeNull());

  it("are refused by name, with what they would harm", () => {
    expect(parseInstruction("chase the cat", [])).toEqual({
      ok: false,
      reason: "unsafe-instruction",
      sentence: "That could harm somebody, so nothing is done.",
    });
  });

  it.each([
    ["do not go to the kitchen", true],
    ["go to the hall but never to the study", true],
    ["go to the kitchen", false],
    ["say don't panic", false],
    ['go to the hall and say "no"', false],
  ])("%j forbids something: %s", (text, wanted) => expect(forbids(text)).toBe(wanted));
});

describe("what rooms are for", () => {
  const room = (id: string, ...aliases: string[]) => ({
    id,
    name: id.replaceAll("_", " "),
    aliases,
  });
  const rooms = [room("kitchen"), room("bedroom"), room("study", "office"), room("living_room")];
  it.each([
    ["go to the fridge", "kitchen"],
    ["go to where I sleep", "bedroom"],
    ["go to the room with the sofa", "living_room"],
    ["drive to the place where people work", "study"],
  ])("%j is %s", (text, place) =>
    expect(parseInstruction(text, rooms)).toEqual({ ok: true, steps: [{ skill: "goto", place }] }),
  );
  it("asks back when two rooms fit, and prefers a room that has the name", () => {
    const two = [...rooms, room("guest_bedroom")];
    expect(parseInstruction("go to the bed", two)).toMatchObject({ reason: "unknown-room" });
    const named = parseInstruction("go to the bed", [...rooms, room("bed")]);
    expect(named).toMatchObject({ steps: [{ place: "bed" }] });
  });
  it("makes nothing of a phrase that holds more", () => {
    for (const text of [
      "go to the fridge door",
      "go to where I sleep and cook",
      "go to where I was",
    ]) {
      expect(parseInstruction(text, rooms).ok).toBe(false);
    }
  });
});
