/** The crash test's own proof: whatever goes wrong with the log, the ledger finds it. */
import { beforeEach, describe, expect, test } from "vitest";
import type { LoggedEvent } from "../../packages/engine/src/core/event.ts";
import { Ledger, type SentEvent } from "./ledger.ts";

const event = (id: string, user = "ada"): SentEvent => ({ id, user, type: "view", item: "m1", time: 1_000 });
const logOf = (...events: SentEvent[]): LoggedEvent[] =>
  events.map((sent, index) => ({ ...sent, position: index + 1 }));
const nothing = { lost: [], duplicated: [], unsent: [], unerased: [], altered: [] };

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger();
});
const track = (...events: SentEvent[]) => ledger.send(events)();
const erase = (user: string) => ledger.erase(user)();

describe("of events, the ledger", () => {
  test("accepts a log that has what was acknowledged, once", () => {
    track(event("a"), event("b"));
    expect(ledger.judge(logOf(event("a"), event("b")))).toEqual(nothing);
    expect(ledger.acknowledged).toBe(2);
  });

  test("finds one that was acknowledged and is lost", () => {
    track(event("a"), event("b"));
    expect(ledger.judge(logOf(event("a")))).toEqual({ ...nothing, lost: ["b"] });
  });

  test("finds an acknowledgement for which nothing was ever written", () => {
    track(event("a"));
    expect(ledger.judge([])).toEqual({ ...nothing, lost: ["a"] });
  });

  test("finds one that is there twice", () => {
    track(event("a"));
    expect(ledger.judge(logOf(event("a"), event("a")))).toEqual({ ...nothing, duplicated: ["a"] });
  });

  test("finds one that nobody sent", () => {
    expect(ledger.judge(logOf(event("a")))).toEqual({ ...nothing, unsent: ["a"] });
  });

  test("finds one with other content", () => {
    track(event("a"));
    expect(ledger.judge(logOf({ ...event("a"), value: 5 }))).toEqual({ ...nothing, altered: ["a"] });
  });

  test("accepts one without an answer, there or not; after that it stays as it was found", () => {
    ledger.send([event("a"), event("b")]);
    expect(ledger.unanswered()).toHaveLength(2);
    expect(ledger.judge(logOf(event("a")))).toEqual(nothing);
    ledger.settle(logOf(event("a")));
    expect(ledger.judge([])).toEqual({ ...nothing, lost: ["a"] });
    expect(ledger.judge(logOf(event("a"), event("b")))).toEqual({ ...nothing, unsent: ["b"] });
  });

  test("expects one that is sent again after a crash", () => {
    ledger.send([event("a")]);
    ledger.settle([]);
    track(event("a"));
    expect(ledger.judge([])).toEqual({ ...nothing, lost: ["a"] });
    expect(ledger.judge(logOf(event("a")))).toEqual(nothing);
  });
});

describe("of erasures, the ledger", () => {
  test("finds events that came back", () => {
    track(event("a"), event("b", "bert"));
    erase("ada");
    expect(ledger.judge(logOf(event("b", "bert")))).toEqual(nothing);
    expect(ledger.judge(logOf(event("a"), event("b", "bert")))).toEqual({ ...nothing, unerased: ["a"] });
  });

  test("finds events that came back after a later crash", () => {
    track(event("a"));
    ledger.settle(logOf(event("a")));
    erase("ada");
    expect(ledger.judge(logOf(event("a")))).toEqual({ ...nothing, unerased: ["a"] });
    ledger.settle([]);
    expect(ledger.judge(logOf(event("a")))).toEqual({ ...nothing, unsent: ["a"] });
  });

  test("expects what was sent afterwards", () => {
    track(event("a"));
    erase("ada");
    track(event("b"));
    expect(ledger.judge(logOf(event("b")))).toEqual(nothing);
    expect(ledger.judge([])).toEqual({ ...nothing, lost: ["b"] });
  });

  test("accepts either of events that were on their way meanwhile", () => {
    const acknowledge = ledger.send([event("a")]);
    erase("ada");
    acknowledge();
    expect(ledger.judge([])).toEqual(nothing);
    expect(ledger.judge(logOf(event("a")))).toEqual(nothing);
  });

  test("accepts either of an event whose second copy was still on its way", () => {
    ledger.send([event("a")]);
    track(event("a"));
    erase("ada");
    expect(ledger.judge([])).toEqual(nothing);
    expect(ledger.judge(logOf(event("a")))).toEqual(nothing);
  });

  test("accepts one without an answer that is whole or did not happen, and finds half of one", () => {
    track(event("a"), event("b"));
    ledger.erase("ada");
    expect(ledger.judge([])).toEqual(nothing);
    expect(ledger.judge(logOf(event("a"), event("b")))).toEqual(nothing);
    expect(ledger.judge(logOf(event("a")))).toEqual({ ...nothing, lost: ["b"] });
  });
});
