/** Events with words and without an item: where they count, and that they count the same whenever the log is folded. */
import { expect, test } from "vitest";
import type { EventInput } from "../core/event.ts";
import type { Profile, ProfileInterest } from "../core/profile.ts";
import { testStart } from "../testing/builders.ts";
import { engineForTests, history, items, users } from "./test-engines.ts";

const opened = engineForTests();

const said = (user: string, text: string, type = "search"): EventInput => ({
  user,
  type,
  text,
  time: testStart - 1_000,
});

/** Things that people type, some of them nonsense. */
const phrases = ["rook endgame opening", "knead the dough for the oven", "harbour in a storm", "zzz qqq", "", "🎉", "prune", "mast and rigging", "compost gambit", "broth ".repeat(900)]; // biome-ignore format: a list

function labelsOf({ interests }: Profile): string[] {
  const below = (nodes: readonly ProfileInterest[]): string[] =>
    nodes.flatMap(({ interest, children }) => [interest.label, ...below(children)]);
  return below(interests);
}

async function fitted() {
  await opened.engine.putItems(items);
  await opened.engine.track(history(200));
  await opened.engine.rebuild();
}

test("a search counts where the items are that it is about, and is evidence there", async () => {
  await fitted();
  await opened.engine.track([said("new", "rook endgame opening")]);
  const profile = await opened.engine.profile("new");
  expect(labelsOf(profile)).toEqual(["Chess"]);
  expect(profile.interests[0].evidence).toMatchObject([{ type: "search", share: expect.any(Number) }]);
  expect(profile.interests[0].evidence[0].item).toBeUndefined();
});

test("what is near to nothing counts for no interest, and a rejection against one", async () => {
  await fitted();
  await opened.engine.track([said("odd", "zzz qqq"), said("odd", ""), said("cross", "rook endgame", "dislike")]);
  expect(labelsOf(await opened.engine.profile("odd"))).toEqual([]);
  expect((await opened.engine.profile("odd")).events).toBe(2);
  await opened.engine.track([{ user: "cross", type: "view", item: "chess-1", time: testStart - 1_000 }]);
  await opened.engine.track([{ user: "calm", type: "view", item: "chess-1", time: testStart - 1_000 }]);
  const [cross, calm] = await Promise.all(["cross", "calm"].map((user) => opened.engine.profile(user)));
  expect(cross.intensity).toBeLessThan(calm.intensity);
});

test("an event that names an item counts at the item, whatever it says, also one that comes later", async () => {
  await fitted();
  await opened.engine.track([{ ...said("rita", "rook endgame opening", "review"), item: "sailing-late" }]);
  expect(labelsOf(await opened.engine.profile("rita"))).toEqual([]);
  await opened.engine.putItems([{ id: "sailing-late", title: "Regatta", categories: [["Sailing"]] }]);
  expect(labelsOf(await opened.engine.profile("rita"))[0]).toBe("Sailing");
});

test("states are the same live, after a crash, from the log of one person, and rebuilt; also after new items", async () => {
  await fitted();
  const events = phrases.flatMap((text, index) =>
    users.map((user, place) => said(user, text, ["search", "comment", "dislike"][(index + place) % 3])),
  );
  await opened.engine.track(events.slice(0, 20));
  // What comes between two builds has no say in where words belong.
  await opened.engine.putItems([
    { id: "n1", title: "rook endgame opening", categories: [["Novelty", "Rooks"]] },
    { id: "n2", title: "zzz qqq", categories: [["Novelty"]] },
  ]);
  await opened.engine.track(events.slice(20));
  const live = await opened.profiles();
  const past = await Promise.all(users.map((user) => opened.engine.profile(user, { at: testStart - 1 })));
  expect(past.map(({ interests }) => interests.map(({ interest }) => interest.id))).toEqual(
    live.map(({ interests }) => interests.map(({ interest }) => interest.id)),
  );
  await opened.reopen();
  expect(await opened.profiles()).toEqual(live);
  const stored = await opened.storedStates();
  await opened.engine.rebuild({ tree: false });
  expect(await opened.profiles()).toEqual(live);
  expect(await opened.storedStates()).toEqual(stored);
});
