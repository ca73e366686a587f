import type { LoggedEvent } from "@penchant/protocol";
import { expect, test } from "vitest";
import { saidIn } from "./said.ts";

const event = (id: string, type: string, more: Partial<LoggedEvent> = {}): LoggedEvent => ({
  id,
  user: "ada",
  type,
  time: 5,
  position: 0,
  ...more,
});
const claim = (statement: string, place: number, sense: string, topic: string) =>
  event(`${statement}.claim-${place}`, "like", { text: topic, context: { statement, sense, by: "rules" } });

test("a statement is told with its claims, in the order of its words, and other events are not told", () => {
  const events = [
    event("s2", "statement", { text: "not tonight" }),
    claim("s1", 2, "avoid", "horror"),
    claim("s1", 1, "mention", "heist films"),
    event("s1.decided", "decision", { context: { proposal: "s1.claim-2", decision: "accept" } }),
    event("e1", "search", { text: "heist", context: { device: "phone" } }),
    event("s1", "statement", { text: "I love heist films, but no more horror" }),
    claim("before", 1, "dislike", "whose statement is further back"),
  ];
  expect(saidIn(events)).toEqual([
    { id: "s2", text: "not tonight", time: 5, claims: [] },
    {
      id: "s1",
      text: "I love heist films, but no more horror",
      time: 5,
      claims: [
        { id: "s1.claim-1", sense: "mention", topic: "heist films" },
        { id: "s1.claim-2", sense: "avoid", topic: "horror" },
      ],
    },
  ]);
});
