import { describe, expect, it } from "vitest";
import { categoryTree } from "../testing/builders.ts";
import { intensityModel, type PopulationRates } from "./intensity.ts";
import { weightsPerRow } from "./intensity-weights.ts";
import { learnedFor } from "./test-learned.ts";

const population: PopulationRates = { rootPerDay: 0.5, eventsAtNode: [0, 300, 100, 0] };
const row = (values: Float64Array, place: number) =>
  values.subarray(place * weightsPerRow, (place + 1) * weightsPerRow);

describe("learned weights on a tree that has grown since", () => {
  const tree = categoryTree([0, 0]);
  const learned = learnedFor(tree);
  const fresh = tree.add({ parent: 0, kind: "category", label: "Fresh" }).index;
  const below = tree.add({ parent: 2, kind: "category", label: "Below" }).index;
  tree.count(Int32Array.of(fresh));
  tree.count(Int32Array.of(below));
  const { nodeCount, weights, rates } = intensityModel(tree, population, learned);
  const counted = intensityModel(tree, population).rates;

  it("stay those of the nodes that they were learned for", () => {
    for (const node of [0, 1, 2]) {
      expect(row(weights, node)).toEqual(row(learned.weights, node));
      expect(rates[node]).toBe(learned.rates[node]);
    }
    expect(row(weights, nodeCount)).toEqual(row(learned.weights, 3));
    expect(rates[nodeCount]).toBe(learned.rates[3]);
  });

  it("are borrowed by a new node from its parent, with the part of the rate that its items suggest", () => {
    for (const [node, parent] of [
      [fresh, 0],
      [below, 2],
    ]) {
      expect(row(weights, node)).toEqual(row(learned.weights, parent));
      expect(rates[node]).toBeCloseTo((learned.rates[parent] * counted[node]) / counted[parent], 15);
      expect(rates[node]).toBeGreaterThan(0);
    }
  });

  it("serve what is placed at a node that was a leaf", () => {
    expect(row(weights, nodeCount + 2)).toEqual(row(learned.weights, 2));
    expect(rates[nodeCount + 2]).toBeCloseTo((learned.rates[2] * counted[nodeCount + 2]) / counted[2], 15);
    // Leaves have no "other".
    expect(rates[nodeCount + 1]).toBe(0);
  });
});
