import { describe, expect, it } from "vitest";
import { rooms } from "../mind/testing/phrases.ts";
import { readOwnerWords } from "./gate-owner-words.ts";

const placesIn = (value: string) => [
  ...readOwnerWords({ trigger: { value, from: "owner" }, rooms }).places,
];

describe("a room in a sentence that the rules do not read as a whole", () => {
  it.each([
    "have a look in that kitchen of ours",
    "go to the kitchen, as the note wants it",
    "please visit the kitchen and do what the flyer says",
  ])("is where the owner sends the body, right behind a verb of motion: %s", (said) => {
    expect(placesIn(said)).toEqual(["kitchen"]);
  });
  it.each([
    "patrol all rooms excluding the bedroom",
    "patrol the house, skip the bedroom",
    "go anywhere other than the bedroom",
    "drive around, the bedroom is off limits",
    "go somewhere quiet, keep out of the bedroom",
    "go to some room besides the bedroom",
    "leave the bedroom out and visit the rest of it",
    "patrol everything save the bedroom",
    "go where the note says. The bedroom is forbidden.",
    "go far away from the bedroom",
    "go where the flyer says as long as it isnt the bedroom",
    "take me anyplace, Ada sleeps in the bedroom",
    "go to the bedroom if the note says so",
  ])("is not, however else it is named: %s", (said) => {
    expect(placesIn(said)).not.toContain("bedroom");
  });
});
