import { describe, expect, it } from "vitest";
import { testStart } from "../../testing/builders.ts";
import { KeyMap } from "./key-map.ts";

const catalogue = ["a", "b", "c", "d"];
const keyOf = (id: string) => (catalogue.includes(id) ? catalogue.indexOf(id) : undefined);
const mapOf = (...itemIds: string[]) => new KeyMap(itemIds, keyOf, catalogue.length);
const took = (item: number) => ({ item, time: testStart, weight: 1 });

describe("the items of a model and those of the catalogue", () => {
  it("have the same numbers where the model was trained here, and what came since it does not know", () => {
    const map = mapOf("a", "b", "c");
    expect(map.unknown).toEqual([3]);
    expect(map.read([took(2), took(3), took(0), took(-1)])).toEqual([took(2), took(0)]);
    const scores = Float32Array.of(1, 2, 3);
    expect(map.spread(scores, 0)).toBe(scores);
    expect([...map.spread(scores, -9)]).toEqual([1, 2, 3, -9]);
    // Asked before it knew the last two.
    expect([...mapOf("a", "b", "c", "d").spread(Float32Array.of(1, 2), -9)]).toEqual([1, 2, -9, -9]);
  });

  it("are tied by their ids where they have not", () => {
    const map = mapOf("c", "gone", "a");
    expect(map.unknown).toEqual([1, 3]);
    expect(map.read([took(2), took(1), took(0)])).toEqual([took(0), took(2)]);
    expect([...map.spread(Float32Array.of(5, 6, 7), 0)]).toEqual([7, 0, 5, 0]);
  });
});
