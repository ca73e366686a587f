import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayMs } from "../base/time.ts";
import { categoryTree, day, foldable, stateOf, testStart } from "../testing/builders.ts";
import { foresee, lookAhead } from "./half-life.ts";
import { intensitiesAt, intensityModel, type PopulationRates, sumsAt } from "./intensity.ts";
import { defaultIntensityWeights } from "./intensity-weights.ts";
import type { FoldableEvent } from "./state.ts";
import { learnedFor } from "./test-learned.ts";
import { halfLivesDays } from "./timescales.ts";
import type { InterestTree } from "./tree.ts";

/** What of a row's learned weights and rate the formula needs. */
interface Line {
  readonly weights: ArrayLike<number>;
  readonly rate: number;
}

/**
 * Lambda from the events alone, by the formula in the head of `intensity.ts`. A row is a node with all that is under it,
 * or ("other") the items at the node itself.
 */
function bruteLambda(
  tree: InterestTree,
  population: PopulationRates,
  events: readonly FoldableEvent[],
  row: { node: number; other?: boolean },
  at: number,
  lineOf?: (row: { node: number; other?: boolean }) => Line,
): number {
  const { negative, priorDays, priorEvents, ...defaults } = defaultIntensityWeights;
  const [base, ...others] = (lineOf?.(row).weights as number[]) ?? [
    defaults.base,
    ...defaults.own,
    ...defaults.parent,
    ...defaults.activity,
  ];
  const [own, parent, activity] = [others.slice(0, 4), others.slice(4, 8), others.slice(8)];
  const under = (index: number): number[] => [index, ...tree.children(index).flatMap(under)];
  const placesOf = ({ node, other }: { node: number; other?: boolean }) => new Set(other ? [node] : under(node));

  const eventsAll = population.eventsAtNode.reduce((sum, count) => sum + count, 20);
  const itemsAt = (node: number) =>
    tree.nodes[node].itemCount - tree.children(node).reduce((sum, child) => sum + tree.nodes[child].itemCount, 0);
  const rateOf = (row: { node: number; other?: boolean }) => {
    if (lineOf !== undefined) return lineOf(row).rate;
    const places = placesOf(row);
    let count = 0;
    for (const node of places) {
      count += (population.eventsAtNode[node] ?? 0) + (20 * itemsAt(node)) / tree.root.itemCount;
    }
    return (population.rootPerDay * count) / eventsAll;
  };
  const sumOf = (places: Set<number>, halfLifeDays: number, sign: number) => {
    let sum = 0;
    for (const { time, nodes, weight } of events) {
      if (Math.sign(weight) !== sign) continue;
      const part = nodes.filter((node) => places.has(node)).length / nodes.length;
      sum += Math.abs(weight) * part * 2 ** (-(at - time) / dayMs / halfLifeDays);
    }
    return sum;
  };
  const firstTime = Math.min(...events.map(({ time }) => time), at);
  const smoothed = (row: { node: number; other?: boolean }, halfLifeDays: number) => {
    const tau = halfLifeDays / Math.LN2;
    const seen = tau * (1 - Math.exp(-(at - firstTime) / dayMs / tau));
    return (sumOf(placesOf(row), halfLifeDays, 1) + priorDays * rateOf(row)) / (seen + priorDays);
  };

  const places = placesOf(row);
  const all = { node: 0 };
  const above = row.other ? row.node : tree.nodes[row.node].parent;
  let lambda = base * rateOf(row);
  for (const [k, halfLifeDays] of halfLivesDays.entries()) {
    lambda += own[k] * smoothed(row, halfLifeDays);
    lambda += activity[k] * (rateOf(row) / rateOf(all)) * smoothed(all, halfLifeDays);
    if (above >= 0) {
      lambda += parent[k] * (rateOf(row) / rateOf({ node: above })) * smoothed({ node: above }, halfLifeDays);
    }
  }
  const liked = sumOf(places, halfLivesDays[3], 1);
  const rejected = sumOf(places, halfLivesDays[3], -1);
  return lambda * Math.exp((-negative * rejected) / (liked + rejected + priorEvents));
}

/** Trees of up to 9 nodes, with events on them and a population. */
const anyWorld = fc
  .array(fc.nat(), { minLength: 1, maxLength: 8 })
  .map((numbers) => {
    const levels = [0];
    return numbers.map((number, index) => {
      const open = levels.flatMap((level, node) => (level < 5 ? [node] : []));
      const parent = open[number % open.length];
      levels[index + 1] = levels[parent] + 1;
      return parent;
    });
  })
  .chain((parents) =>
    fc.record({
      parents: fc.constant(parents),
      rootPerDay: fc.constantFrom(0.01, 0.2, 30),
      eventsAtNode: fc.array(fc.constantFrom(0, 1, 500), { maxLength: parents.length + 1 }),
      events: fc.array(
        fc.record({
          time: fc.integer({ min: -900 * 24, max: 0 }).map((hours) => testStart + (hours * dayMs) / 24),
          nodes: fc
            .array(fc.nat(parents.length), { minLength: 1, maxLength: 3 })
            .map((nodes) => Int32Array.from(nodes)),
          weight: fc.constantFrom(1, 0.5, 0.25, 0, -0.5, -1),
        }),
        { maxLength: 30 },
      ),
      daysLater: fc.constantFrom(0, 0.1, 5, 700),
    }),
  )
  .map(({ parents, rootPerDay, eventsAtNode, events, daysLater }) => ({
    tree: categoryTree(parents),
    population: { rootPerDay, eventsAtNode },
    events: events.map((event) => foldable(event)),
    at: testStart + daysLater * dayMs,
  }));
const fixed = { seed: 1, numRuns: 200 };

describe("the intensities of a user", () => {
  it("are what the formula gives for the events, node by node", () => {
    fc.assert(
      fc.property(anyWorld, ({ tree, population, events, at }) => {
        const model = intensityModel(tree, population);
        const { lambda } = intensitiesAt(model, sumsAt(model, stateOf(events), at));
        for (const { index } of tree.nodes) {
          expectClose(lambda[index], bruteLambda(tree, population, events, { node: index }, at));
          if (tree.children(index).length > 0) {
            const row = { node: index, other: true };
            expectClose(lambda[model.nodeCount + index], bruteLambda(tree, population, events, row, at));
          }
        }
      }),
      fixed,
    );
  });

  it("are what the formula gives with learned weights, of every row its own", () => {
    fc.assert(
      fc.property(anyWorld, ({ tree, population, events, at }) => {
        const learned = learnedFor(tree);
        const model = intensityModel(tree, population, learned);
        const { lambda } = intensitiesAt(model, sumsAt(model, stateOf(events), at));
        const lineOf = ({ node, other }: { node: number; other?: boolean }): Line => {
          const row = other ? tree.nodes.length + node : node;
          return { weights: [...learned.weights.subarray(13 * row, 13 * row + 13)], rate: learned.rates[row] };
        };
        for (const { index } of tree.nodes) {
          const rows = [{ node: index }, ...(tree.children(index).length > 0 ? [{ node: index, other: true }] : [])];
          for (const row of rows) {
            const place = "other" in row ? model.nodeCount + index : index;
            expectClose(lambda[place], bruteLambda(tree, population, events, row, at, lineOf));
          }
        }
      }),
      fixed,
    );
  });

  it("are shared out among siblings and other without rest, from the root down", () => {
    fc.assert(
      fc.property(anyWorld, fc.boolean(), ({ tree, population, events, at }, isLearned) => {
        const model = intensityModel(tree, population, isLearned ? learnedFor(tree) : undefined);
        const { strength, intensity, lambda } = intensitiesAt(model, sumsAt(model, stateOf(events), at));
        expect([strength[0], intensity[0]]).toEqual([1, lambda[0]]);
        for (const { index } of tree.nodes) {
          const children = tree.children(index);
          if (children.length === 0) continue;
          const rows = [...children, model.nodeCount + index];
          expectClose(
            rows.reduce((sum, row) => sum + strength[row], 0),
            1,
          );
          expectClose(
            rows.reduce((sum, row) => sum + intensity[row], 0),
            intensity[index],
          );
        }
      }),
      fixed,
    );
  });

  it("are the same whether foreseen or read when the time has come", () => {
    fc.assert(
      fc.property(anyWorld, fc.constantFrom(0.5, 30, 400), ({ tree, population, events, at }, days) => {
        const model = intensityModel(tree, population);
        const state = stateOf(events.length > 0 ? events : [foldable({ time: at })]);
        const foreseen = intensitiesAt(model, sumsAt(model, state, at), days * dayMs).lambda;
        const read = intensitiesAt(model, sumsAt(model, state, at + days * dayMs)).lambda;
        for (const [row, value] of read.entries()) expectClose(foreseen[row], value);
      }),
      fixed,
    );
  });

  it("are the same whether all of a reading is foreseen or the intensities alone", () => {
    fc.assert(
      fc.property(anyWorld, fc.constantFrom(0, 0.5, 30, 4_000), ({ tree, population, events, at }, days) => {
        const model = intensityModel(tree, population, days === 30 ? learnedFor(tree) : undefined);
        const sums = sumsAt(model, stateOf(events), at);
        const ahead = lookAhead(model, sums);
        const alone = new Float64Array(ahead.nodes.length).fill(7);
        foresee(model, sums, days * dayMs, ahead, alone);
        const { intensity } = intensitiesAt(model, sums, days * dayMs);
        for (const [place, index] of ahead.nodes.entries()) expectClose(alone[place], intensity[index]);
      }),
      fixed,
    );
  });

  it("are the population's for a stranger", () => {
    const model = intensityModel(categoryTree([0, 0]), { rootPerDay: 0.5, eventsAtNode: [0, 960, 20] });
    const { strength } = intensitiesAt(model, sumsAt(model, stateOf([]), testStart));
    // 20 events' worth of belief go to the three nodes by their items, one each.
    const beliefs = 20 / 3;
    expect(strength[1]).toBeCloseTo((960 + beliefs) / 1_000, 12);
    expect(strength[2]).toBeCloseTo((20 + beliefs) / 1_000, 12);
  });

  it("grow with what one does and shrink with what one rejects, but never below exp(-eta) of it", () => {
    const model = intensityModel(categoryTree([0, 0]), { rootPerDay: 0.5, eventsAtNode: [] });
    const lambdaAfter = (events: readonly Partial<FoldableEvent>[]) =>
      intensitiesAt(model, sumsAt(model, stateOf([{ weight: 0, time: day(-9) }, ...events]), testStart)).lambda[1];
    const here = Int32Array.of(1);
    const bare = lambdaAfter([]);
    const liked = lambdaAfter([{ nodes: here }]);
    const mixed = lambdaAfter([{ nodes: here }, { nodes: here, weight: -0.5 }]);
    const rejected = lambdaAfter(Array.from({ length: 1_000 }, () => ({ nodes: here, weight: -1 })));
    expect(liked).toBeGreaterThan(bare);
    expect(mixed).toBeLessThan(liked);
    expect(rejected).toBeLessThan(bare / 5);
    expect(rejected).toBeGreaterThan(bare * Math.exp(-defaultIntensityWeights.negative));
  });

  it("do not change while items that bring new interests are on their way into the catalogue", () => {
    const tree = categoryTree([0, 0, 1]);
    const model = intensityModel(tree, { rootPerDay: 0.5, eventsAtNode: [] });
    const state = stateOf([{ nodes: Int32Array.of(3) }, { nodes: Int32Array.of(1) }]);
    const before = intensitiesAt(model, sumsAt(model, state, testStart));
    for (let name = 0; name < 6; name++) tree.add({ parent: name % 3, kind: "category", label: `New ${name}` });
    expect(intensitiesAt(model, sumsAt(model, state, testStart))).toEqual(before);
  });

  it("tell an event of 1970 from none", () => {
    const model = intensityModel(categoryTree([0]), { rootPerDay: 0.5, eventsAtNode: [] });
    const { lastSeen } = sumsAt(model, stateOf([{ time: 0, nodes: Int32Array.of(1) }]), testStart);
    const none = sumsAt(model, stateOf([]), testStart).lastSeen;
    expect([lastSeen[0], lastSeen[1]]).toEqual([0, 0]);
    expect([none[0], none[1]]).toEqual([-1, -1]);
  });
});

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
}
