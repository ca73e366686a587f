import { describe, expect, it } from "vitest";
import { InterestTree } from "./tree.ts";
import { DriftMonitor, noBaseline, treeBaseline } from "./tree-drift.ts";

const near = Float32Array.of(0.96, 0.28);
const far = Float32Array.of(0.28, 0.96);

function tree(): InterestTree {
  const tree = new InterestTree(1, 2);
  tree.add({ parent: 0, kind: "learned", label: "East", centroid: Float32Array.of(1, 0), nearness: 0.2 });
  tree.add({ parent: 0, kind: "provisional", label: "New" });
  return tree;
}

function monitorAfter(count: number, place: number, vector: Float32Array) {
  const baseline = treeBaseline(
    tree(),
    Array.from({ length: 1_000 }, () => Int32Array.of(1)),
    () => near,
  );
  const monitor = new DriftMonitor(tree(), baseline);
  for (let item = 0; item < count; item++) monitor.add(Int32Array.of(place), vector);
  return monitor.read();
}

describe("the drift monitor", () => {
  it("sees no reason to rebuild while what comes is like what was there", () => {
    const drift = monitorAfter(100, 1, near);
    expect(drift).toMatchObject({
      itemsAtBuild: 1_000,
      itemsSince: 100,
      provisionalShare: 0,
      isWorthRebuilding: false,
    });
    expect(drift.meanDistanceSince).toBeCloseTo(drift.meanDistanceAtBuild, 9);
    expect(drift.meanDistanceAtBuild).toBeCloseTo(0.04, 6);
  });

  it("advises a rebuild when many items wait under provisional interests", () => {
    expect(monitorAfter(40, 2, far)).toMatchObject({ isWorthRebuilding: false, meanDistanceSince: null });
    const drift = monitorAfter(60, 2, far);
    expect(drift.provisionalShare).toBeCloseTo(60 / 1_060, 9);
    expect(drift.isWorthRebuilding).toBe(true);
  });

  it("advises a rebuild when what comes is farther away, once enough has come to tell", () => {
    expect(monitorAfter(29, 1, far).isWorthRebuilding).toBe(false);
    expect(monitorAfter(30, 1, far).isWorthRebuilding).toBe(true);
  });

  it("advises a rebuild when the catalogue has grown by a fifth, and when nothing was built yet", () => {
    expect(monitorAfter(200, 1, near).isWorthRebuilding).toBe(false);
    expect(monitorAfter(201, 1, near).isWorthRebuilding).toBe(true);
    const monitor = new DriftMonitor(tree(), noBaseline);
    for (let item = 0; item < 30; item++) monitor.add(Int32Array.of(1), near);
    expect(monitor.read().isWorthRebuilding).toBe(true);
  });

  it("has nothing to say of an empty catalogue", () => {
    expect(new DriftMonitor(new InterestTree(1, 2), noBaseline).read()).toEqual({
      itemsAtBuild: 0,
      itemsSince: 0,
      provisionalShare: 0,
      meanDistanceAtBuild: 0,
      meanDistanceSince: null,
      isWorthRebuilding: false,
    });
  });
});
