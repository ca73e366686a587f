import { describe, expect, it } from "vitest";
import { agreement } from "./agreement.ts";

describe("agreement", () => {
  it("is the textbook's for its seventeen points in three clusters", () => {
    // Manning, Raghavan and Schütze, figure 16.4: purity 12/17; NMI with the mean of entropies 0.36.
    const clusters = { one: "xxxxxo", two: "xooood", three: "xxddd" };
    const groups = Object.entries(clusters).flatMap(([name, members]) => Array.from(members, () => name));
    const { nmi, purity } = agreement(groups, Array.from(Object.values(clusters).join("")));
    expect(purity).toBeCloseTo(12 / 17, 12);
    expect(nmi).toBeCloseTo(0.36, 2);
  });

  it("is 1 for the same parts under other names, and 0 where a group says nothing of the class", () => {
    expect(agreement([1, 1, 2, 2], ["a", "a", "b", "b"])).toEqual({ nmi: 1, purity: 1, groups: 2, classes: 2 });
    const blind = agreement([1, 1, 2, 2], ["a", "b", "a", "b"]);
    expect(blind.nmi).toBeCloseTo(0, 12);
    expect(blind.purity).toBe(0.5);
  });

  it("pays for many groups in information, and not in purity", () => {
    const { nmi, purity } = agreement([1, 2, 3, 4], ["a", "a", "b", "b"]);
    expect(purity).toBe(1);
    expect(nmi).toBeCloseTo(2 / 3, 12);
  });

  it("knows one group of one class, and nothing", () => {
    expect(agreement([1, 1], ["a", "a"]).nmi).toBe(1);
    expect(agreement([], [])).toEqual({ nmi: 0, purity: 0, groups: 0, classes: 0 });
  });
});
