import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { Catalogue } from "../core/catalogue.ts";
import { intensityModel } from "../core/intensity.ts";
import { interactionTable } from "../core/interaction-table.ts";
import type { Item } from "../core/item.ts";
import { readState } from "../core/profile-read.ts";
import type { FoldableEvent } from "../core/state.ts";
import { fitModels, vectorDimensions } from "../runtime/fitting.ts";
import { day, stateOf, testStart, themedItems } from "../testing/builders.ts";
import { attendedEvents, halfLifeEvents } from "./attention.ts";
import { interestCandidates, prominenceOf } from "./candidates/interests.ts";
import { neighbourCandidates } from "./candidates/neighbours.ts";
import type { RecommendContext } from "./context.ts";
import { type Blend, defaultBlend, recommendItems } from "./pipeline.ts";
import { similarItems } from "./similar.ts";
import { Workspace } from "./workspace.ts";

const perTheme = 30;
const items: Item[] = themedItems(perTheme).map((item, key) => (key % 10 === 9 ? { ...item, hidden: true } : item));
const themeOf = (key: number) => Math.floor(key / perTheme);

/** Sixty people, each with a taste for one theme; the lower its number, the better known is an item. */
function population() {
  const random = seededRandom(1);
  return interactionTable(
    Array.from({ length: 60 }, (_, person) =>
      Array.from({ length: 8 }, (_, step) => ({
        item: perTheme * (person % 4) + Math.floor(perTheme * random.uniform() ** 2),
        time: day(step),
        weight: 1,
      })),
    ),
  );
}

const { models, fitted } = fitModels(items, population(), { treeVersion: 1, seed: 1, until: day(10) });
const catalogue = new Catalogue(vectorDimensions);
for (const [key, { vector, nodes }] of fitted.entries()) {
  catalogue.put({ key, item: items[key], vector, nodes, treeVersion: 1 });
}
const intensities = intensityModel(models.tree, models.population);
const prominence = prominenceOf(models.popularity);

const on = (item: number, fields: Partial<FoldableEvent> = {}) => ({ item, nodes: catalogue.nodes(item), ...fields });

function contextAfter(events: readonly Partial<FoldableEvent>[], within = catalogue): RecommendContext {
  const state = stateOf(events);
  const { neighbours, popularity } = models;
  const reading = readState(intensities, state, day(30));
  return { state, reading, catalogue: within, neighbours, popularity, prominence, workspace: new Workspace() };
}

const recommended = (context: RecommendContext, options: { limit?: number; blend?: Blend } = {}) =>
  recommendItems(context, { limit: 10, explain: true, blend: defaultBlend, ...options });
const keyOf = ({ item }: { item: Item }) => catalogue.key(item.id)!;

const anyHistory = fc.array(
  fc
    .record({
      item: fc.nat(items.length - 1),
      time: fc.nat(29).map(day),
      weight: fc.constantFrom(1, 0.5, 0.25, 10, -0.5, 0),
    })
    .map(({ item, ...fields }) => on(item, fields)),
  { minLength: 1, maxLength: 80 },
);
const fixed = { seed: 1, numRuns: 60 };

describe("recommendations", () => {
  it("have reasons that add up to the score, largest first and the rest last", () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        for (const { score, reasons = [] } of recommended(contextAfter(history))) {
          const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
          expect(Math.abs(sum - score)).toBeLessThan(1e-6);
          const lines = reasons.filter(({ source }) => source !== "rest");
          expect(lines.length).toBeGreaterThan(0);
          for (const [place, { contribution }] of lines.entries()) {
            expect(contribution).toBeGreaterThan(0);
            expect(contribution).toBeLessThanOrEqual(lines[place - 1]?.contribution ?? Number.POSITIVE_INFINITY);
          }
          expect(reasons.findIndex(({ source }) => source === "rest")).toBeOneOf([-1, reasons.length - 1]);
        }
      }),
      fixed,
    );
  });

  it("are new to the user and not hidden, as many as asked for, best first", () => {
    fc.assert(
      fc.property(anyHistory, fc.constantFrom(1, 5, 1_000), (history, limit) => {
        const context = contextAfter(history);
        const found = recommended(context, { limit });
        expect(found.length).toBeLessThanOrEqual(limit);
        expect(new Set(found.map(keyOf)).size).toBe(found.length);
        for (const [place, { item, score }] of found.entries()) {
          expect(item.hidden).not.toBe(true);
          expect(context.state.seen.has(catalogue.key(item.id)!)).toBe(false);
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(found[place - 1]?.score ?? 2 * (1 + 1e-6));
        }
      }),
      fixed,
    );
  });

  it("are for a stranger what most people took", () => {
    const found = recommended(contextAfter([]));
    const expected = [...items.keys()]
      .filter((key) => items[key].hidden !== true)
      .sort((a, b) => models.popularity[b] - models.popularity[a] || a - b)
      .slice(0, 10);
    expect(found.map(keyOf)).toEqual(expected);
    expect(found[0].reasons).toEqual([{ source: "popularity", contribution: 1 }]);
  });

  it("are what is popular, too, for somebody who has only rejected or whose items nobody knows anything of", () => {
    const context = contextAfter([on(3, { weight: -1 }), { item: -1, nodes: Int32Array.of(0) }]);
    expect(recommended(context)[0].reasons?.[0].source).toBe("popularity");
  });

  it("are about the theme of a single event at once", () => {
    for (let theme = 0; theme < 4; theme++) {
      const found = recommended(contextAfter([on(perTheme * theme + 2)]));
      expect(found.filter((one) => themeOf(keyOf(one)) === theme).length).toBeGreaterThanOrEqual(9);
      expect(found[0].reasons?.map(({ source }) => source)).toContain("interest");
      expect(found[0].reasons?.map(({ source }) => source)).toContain("neighbour");
      expect(found[0].reasons?.[0]).toMatchObject({
        event: { type: "view", time: testStart, item: { id: items[perTheme * theme + 2].id } },
        interest: { label: expect.any(String) },
      });
    }
  });

  it("turn with a fresh event", () => {
    const history = Array.from({ length: 12 }, (_, index) => on(index, { time: day(index) }));
    const share = (events: readonly Partial<FoldableEvent>[]) =>
      recommended(contextAfter(events), { limit: 20 }).filter((one) => themeOf(keyOf(one)) === 2).length;
    const before = share(history);
    const after = share([...history, on(2 * perTheme + 3, { time: day(29) }), on(2 * perTheme + 4, { time: day(29) })]);
    expect(before).toBe(0);
    expect(after).toBeGreaterThan(0);
  });

  it("name an interest that both the event's item and the recommended one belong to", () => {
    for (const { item, reasons = [] } of recommended(contextAfter([on(1), on(35), on(62)]))) {
      for (const { event, interest } of reasons) {
        if (event?.item === undefined || interest === undefined) continue;
        const under = (id: string) =>
          [...catalogue.nodes(catalogue.key(id)!)].flatMap((node) => models.tree.pathTo(node)).map((node) => node.id);
        expect(under(item.id)).toContain(interest.id);
        expect(under(event.item.id)).toContain(interest.id);
      }
    }
  });

  it("take in what a trained model says, line by line where it can say, and else in one", () => {
    const events = [on(1), on(perTheme + 2)];
    const amounts = new Float32Array(items.length);
    amounts[5] = 3;
    amounts[perTheme + 6] = 6;
    const context = contextAfter(events);
    const [first, second] = context.state.recentEvents();
    const halves = (item: number) => [first, second].map((event) => ({ event, amount: amounts[item] / 2 }));
    for (const partsOf of [undefined, halves]) {
      const model = { model: "ease-1", amounts, ...(partsOf && { partsOf }) };
      const best = recommended({ ...context, model }, { limit: 2, blend: { interest: 0, neighbour: 0, model: 2 } });
      const line = { source: "model", model: "ease-1" };
      const lines = (score: number) =>
        partsOf === undefined
          ? [{ ...line, contribution: score }]
          : [expect.objectContaining({ ...line, contribution: score / 2 }), expect.objectContaining(line)];
      expect(best).toEqual([
        { item: items[perTheme + 6], score: 2, reasons: lines(2) },
        { item: items[5], score: 1, reasons: lines(1) },
      ]);
    }
    const silent = { model: "ease-1", amounts: new Float32Array(items.length) };
    const sources = recommended({ ...context, model: silent }).flatMap(({ reasons = [] }) => reasons);
    expect(sources.some(({ source }) => source === "model")).toBe(false);
  });

  it("leave out a source that is weighted with nothing", () => {
    const only = (blend: Blend) =>
      new Set(
        recommended(contextAfter([on(1)]), { blend }).flatMap(({ reasons = [] }) =>
          reasons.map(({ source }) => source),
        ),
      );
    expect(only({ interest: 1, neighbour: 0 })).toEqual(new Set(["interest"]));
    expect(only({ interest: 0, neighbour: 1 })).toEqual(new Set(["neighbour"]));
    expect(only({ interest: 0, neighbour: 0 })).toEqual(new Set(["popularity"]));
  });

  it("do not come from an empty catalogue, nor from one that is all seen", () => {
    expect(recommended(contextAfter([], new Catalogue(vectorDimensions)))).toEqual([]);
    expect(recommended(contextAfter(items.map((_, item) => on(item))))).toEqual([]);
  });

  it("have no reasons when none are asked for", () => {
    const found = recommendItems(contextAfter([on(1)]), { limit: 3, explain: false, blend: defaultBlend });
    expect(found.map(({ reasons }) => reasons)).toEqual([undefined, undefined, undefined]);
  });
});

describe("the candidates", () => {
  const history = [on(1, { time: day(1) }), on(40, { time: day(2), weight: 0.5 }), on(2, { time: day(3), weight: -1 })];
  const context = contextAfter(history);
  const halving = 2 ** (1 / halfLifeEvents);
  /** The newest event is a rejection: it counts in the row and for nothing else. */
  const attention = new Map([
    [40, 0.5 / halving],
    [1, 1 / halving ** 2],
  ]);

  it("attend to the newest events most, by weight, and to rejections not at all", () => {
    const found = attendedEvents(context).map(({ event, attention }) => [event.item, attention] as const);
    expect(found.map(([item]) => item)).toEqual([40, 1]);
    for (const [item, value] of found) expect(value).toBeCloseTo(attention.get(item)!, 12);
  });

  it("from the profile score by nearness, prominence and lift", () => {
    const { scores } = interestCandidates(context);
    const { intensity } = context.reading.intensities;
    for (const [item, { vector, nodes }] of fitted.entries()) {
      let nearness = 0;
      for (const [key, weight] of attention) {
        for (const [d, value] of fitted[key].vector.entries()) nearness += weight * value * vector[d];
      }
      const lifts = Array.from(nodes, (node) => {
        const row = models.tree.children(node).length > 0 ? models.tree.nodes.length + node : node;
        const lift = intensity[row] / intensity[0] / (intensities.rates[row] / intensities.rates[0]);
        return Math.min(10, Math.max(0.1, lift)) / nodes.length;
      });
      const lift = lifts.reduce((sum, part) => sum + part, 0);
      const expected = Math.max(0, nearness) * (1 + models.popularity[item]) ** 0.35 * Math.sqrt(lift);
      expect(scores[item]).toBeCloseTo(expected, 4);
    }
  });

  it("from neighbours score by the sum of similarities", () => {
    const { scores } = neighbourCandidates(context);
    const { offsets, items: others, similarities } = models.neighbours;
    for (let item = 0; item < items.length; item++) {
      let expected = 0;
      for (const [key, weight] of attention) {
        for (let at = offsets[key]; at < offsets[key + 1]; at++) {
          if (others[at] === item) expected += weight * similarities[at];
        }
      }
      expect(scores[item]).toBeCloseTo(expected, 6);
    }
  });
});

describe("similar items", () => {
  it("are the nearest by cosine, without the item itself and hidden ones", () => {
    const cosine = (a: number, b: number) =>
      fitted[a].vector.reduce((sum, value, d) => sum + value * fitted[b].vector[d], 0);
    for (const key of [0, 9, 77]) {
      const found = similarItems(catalogue, key, 5);
      const expected = [...items.keys()]
        .filter((other) => other !== key && items[other].hidden !== true)
        .sort((a, b) => cosine(key, b) - cosine(key, a));
      expect(found.map(({ similarity }) => similarity)).toEqual(
        expected.slice(0, 5).map((other) => expect.closeTo(cosine(key, other), 4)),
      );
      for (const { item } of found) expect(themeOf(catalogue.key(item.id)!)).toBe(themeOf(key));
    }
  });

  it("are none for an item of which nothing is known", () => {
    const bare = new Catalogue(2);
    for (const [key, vector] of [new Float32Array(2), Float32Array.of(1, 0)].entries()) {
      bare.put({ key, item: { id: `i${key}`, title: "?" }, vector, nodes: Int32Array.of(0), treeVersion: 1 });
    }
    expect(similarItems(bare, 0, 5)).toEqual([]);
  });
});
