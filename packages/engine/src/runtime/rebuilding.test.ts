import { describe, expect, it } from "vitest";
import type { Item } from "../core/item.ts";
import type { Profile, ProfileInterest } from "../core/profile.ts";
import { day, themedItems } from "../testing/builders.ts";
import { engineForTests } from "./test-engines.ts";

/** Four themes under one category, so that what tells them apart has to be learned. */
const books: Item[] = themedItems(40).map((item) => ({ ...item, categories: [["Books"]] }));
/** A tenth more, spread over the themes. */
const more = (from: number): Item[] =>
  themedItems(from + 4)
    .filter(({ id }) => Number(id.split("-")[1]) >= from)
    .map((item) => ({ ...item, categories: [["Books"]] }));

const flat = (interests: readonly ProfileInterest[]): ProfileInterest[] =>
  interests.flatMap((interest) => [interest, ...flat(interest.children)]);
const find = ({ interests }: Profile, id: string) => flat(interests).find(({ interest }) => interest.id === id);

describe("rebuilding", () => {
  const here = engineForTests();

  async function rebuiltOnce() {
    await here.engine.putItems(books);
    await here.engine.track(
      books
        .filter((_, index) => index % 3 === 0)
        .map(({ id }, index) => ({ id: `e${index}`, user: "ada", type: "like", item: id, time: day(-index) })),
    );
    await here.engine.rebuild();
    return here.engine.interests().filter(({ parent }) => parent === "books");
  }

  it("keeps the ids of learned interests, so that references to them go on meaning the same", async () => {
    const before = await rebuiltOnce();
    expect(before.length).toBeGreaterThan(1);
    const muted = before[0].id;
    await here.engine.steer("ada", muted, { action: "mute" });
    await here.engine.putItems(more(40));
    await here.engine.rebuild();
    const after = new Map(here.engine.interests().map((interest) => [interest.id, interest]));
    for (const { id, label } of before) expect(after.get(id)?.label).toBe(label);
    const profile = await here.engine.profile("ada");
    expect(find(profile, muted)).toMatchObject({ strength: 0, steering: [{ action: "mute" }] });
  });

  it("tells each interest's lineage, also after a restart", async () => {
    const [{ id }] = await rebuiltOnce();
    expect(here.engine.interest(id).lineage).toEqual({ change: "new", from: [], since: 2 });
    await here.engine.rebuild();
    expect(here.engine.interest(id).lineage).toEqual({ change: "kept", from: [id], since: 2 });
    await here.reopen();
    expect(here.engine.interest(id).lineage).toEqual({ change: "kept", from: [id], since: 2 });
  });

  it("says when what came since no longer fits the tree, also after a restart", async () => {
    await rebuiltOnce();
    expect(here.engine.figures().models.drift).toMatchObject({ itemsAtBuild: 160, itemsSince: 0 });
    const strange = Array.from({ length: 40 }, (_, index) => ({
      id: `strange-${index}`,
      title: `quasar ${index}`,
      categories: [["Astronomy"]],
    }));
    await here.engine.putItems(strange);
    const { drift } = here.engine.figures().models;
    expect(drift).toMatchObject({ itemsSince: 40, isWorthRebuilding: true });
    await here.reopen();
    expect(here.engine.figures().models.drift).toEqual(drift);
    await here.engine.rebuild();
    expect(here.engine.figures().models.drift).toMatchObject({ itemsAtBuild: 200, isWorthRebuilding: false });
  });
});
