import { beforeEach, describe, expect, it } from "vitest";
import { InterestState } from "../core/state.ts";
import { StateCache } from "./state-cache.ts";

let cache: StateCache;

beforeEach(() => {
  cache = new StateCache();
  for (const user of ["ada", "bert", "cleo"]) cache.set(user, new InterestState());
});

const kept = () => ["ada", "bert", "cleo"].filter((user) => cache.get(user) !== undefined);

describe("the cache of states", () => {
  it("lets go of those that were used longest ago", () => {
    cache.get("ada");
    cache.shrink(2);
    expect(kept()).toEqual(["ada", "cleo"]);
  });

  it("keeps what has changed, however long ago, until it is written", () => {
    cache.hold("ada");
    cache.hold("bert");
    cache.shrink(1);
    expect(cache.size).toBe(2);
    cache.release("ada");
    cache.shrink(1);
    expect(kept()).toEqual(["bert"]);
  });

  it("keeps a state that takes the place of a changed one", () => {
    const anew = new InterestState();
    cache.hold("ada");
    cache.set("ada", anew);
    cache.shrink(0);
    expect(kept()).toEqual(["ada"]);
    expect(cache.get("ada")).toBe(anew);
  });

  it("forgets a user whether the state is written or not", () => {
    cache.hold("ada");
    cache.delete("ada");
    cache.delete("bert");
    cache.release("ada");
    expect(kept()).toEqual(["cleo"]);
  });
});
