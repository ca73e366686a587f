import { describe, expect, it, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { dayMs } from "../../base/time.ts";
import { phaseOf } from "../../core/phase.ts";
import { halfLivesDays } from "../../core/timescales.ts";
import { type ProfileReading, phases, profileColumns, traitAt, traitCount, writeProfiles } from "./profiles.ts";

/** Items 0 and 1 under nodes of their own, item 2 half under each of them, item 3 under none. */
const paths = {
  nodeCount: 2,
  offsets: Int32Array.of(0, 1, 2, 4, 4),
  nodes: Int32Array.of(0, 1, 0, 1),
  shares: Float32Array.of(1, 1, 0.5, 0.5),
};
const byEvents: ProfileReading = { paths, slots: 3, clock: "events" };
const byDays: ProfileReading = { ...byEvents, clock: "days" };

const historyOf = (items: number[], days: number[] = items.map(() => 0), weights: number[] = items.map(() => 1)) => ({
  items: Int32Array.from(items),
  times: Float64Array.from(days, (day) => day * dayMs),
  weights: Float32Array.from(weights),
});

interface ReadNode {
  readonly node: number;
  readonly sums: number[];
  readonly phase: string;
  readonly ages: [first: number, last: number];
}

/** The profile after the last event, read back into plain words and numbers. */
function profileAfter(history: ReturnType<typeof historyOf>, reading: ProfileReading, askedDay?: number): ReadNode[] {
  const columns = profileColumns(reading, 1);
  const asked = askedDay === undefined ? undefined : [askedDay * dayMs];
  writeProfiles(columns, 0, history, history.items.length - 1, asked, reading);
  return [...columns.nodes.keys()].flatMap((slot): ReadNode[] => {
    const traits = columns.traits.subarray(slot * traitCount, (slot + 1) * traitCount);
    if (traits[traitAt.real] !== 1) return [];
    return [
      {
        node: columns.nodes[slot],
        sums: [...traits.subarray(traitAt.sums, traitAt.phase)].map(Math.expm1),
        phase: phases[traits.indexOf(1, traitAt.phase) - traitAt.phase],
        ages: [Math.expm1(traits[traitAt.first]), Math.expm1(traits[traitAt.last])],
      },
    ];
  });
}

describe("a profile after two events, worked by hand,", () => {
  test("has sums that were halved every 2, 8, 32 and 128 events, and ages in events", () => {
    const [whole, first, second] = profileAfter(historyOf([0, 1]), byEvents);
    const faded = [2, 8, 32, 128].map((halfLife) => 2 ** (-1 / halfLife));
    expect([whole.node, first.node, second.node]).toEqual([0, 1, 2]);
    for (const k of faded.keys()) {
      expect(whole.sums[k]).toBeCloseTo(1 + faded[k], 5);
      expect(first.sums[k]).toBeCloseTo(faded[k], 5);
      expect(second.sums[k]).toBeCloseTo(1, 5);
    }
    expect(first.ages.map(Math.round)).toEqual([1, 1]);
    expect(second.ages.map(Math.round)).toEqual([0, 0]);
    expect(first.phase).toBe("emerging");
  });

  test("counts in days where times are read, up to the last event or to the question", () => {
    const history = historyOf([0, 2], [0, 30]);
    const [, first, second] = profileAfter(history, byDays);
    expect(first.sums[2]).toBeCloseTo(0.5 + 0.5, 5);
    expect(second.sums[2]).toBeCloseTo(0.5, 5);
    const [, asked] = profileAfter(history, byDays, 60);
    expect(asked.sums[2]).toBeCloseTo(0.5, 5);
    expect(asked.ages.map(Math.round)).toEqual([60, 30]);
  });

  test("leaves rejections out, and keeps the whole where nothing else is known", () => {
    const [whole, ...nodes] = profileAfter(historyOf([3, 0], [0, 0], [1, -0.5]), byEvents);
    expect(nodes).toEqual([]);
    expect(whole.sums[3]).toBeCloseTo(2 ** (-1 / 128), 5);
    const nothing = profileAfter(historyOf([0], [0], [-1]), { ...byEvents, paths: undefined });
    expect(nothing).toMatchObject([{ node: 0, sums: [0, 0, 0, 0], phase: "dormant" }]);
  });
});

test("what slept for a year is dormant, and revived by the event that wakes it", () => {
  const phaseOfFirst = (items: number[], days: number[]) => profileAfter(historyOf(items, days), byDays)[1].phase;
  expect(phaseOfFirst([0, 0, 1], [0, 40, 400])).toBe("dormant");
  expect(phaseOfFirst([0, 0, 0], [0, 40, 400])).toBe("revived");
});

test("where there are more nodes than slots the whole and the strongest are read", () => {
  const read = profileAfter(historyOf([0, 1, 1]), { ...byEvents, slots: 2 });
  expect(read.map(({ node }) => node)).toEqual([0, 2]);
});

it("walks to what adding up every event anew gives, at every step", () => {
  const random = seededRandom(5);
  const steps = 60;
  let day = 0;
  const days = Array.from({ length: steps }, () => {
    day += random.integer(3) === 0 ? 30 * random.uniform() : random.uniform();
    return day;
  });
  const items = days.map(() => random.integer(4));
  const weights = days.map(() => [1, 0.5, -0.5][random.integer(3)]);
  const shareOf = (item: number, node: number) =>
    node === 0 ? 1 : (paths.shares[paths.nodes.indexOf(node - 1, paths.offsets[item])] ?? 0);
  for (let count = 1; count <= steps; count++) {
    const history = historyOf(items.slice(0, count), days.slice(0, count), weights.slice(0, count));
    const now = days[count - 1];
    for (const { node, sums, phase } of profileAfter(history, byDays)) {
      const own = items.slice(0, count).flatMap((item, step) => {
        const isUnder =
          node === 0 || paths.nodes.subarray(paths.offsets[item], paths.offsets[item + 1]).includes(node - 1);
        return weights[step] > 0 && isUnder ? [{ day: days[step], amount: weights[step] * shareOf(item, node) }] : [];
      });
      const total = (events: typeof own) =>
        halfLivesDays.map((halfLife) =>
          events.reduce((sum, event) => sum + event.amount * 2 ** (-(now - event.day) / halfLife), 0),
        );
      const expected = total(own);
      for (const [k, sum] of sums.entries()) expect(sum).toBeCloseTo(expected[k], 4);
      const seenDays = halfLivesDays.map(
        (halfLife) => (halfLife / Math.LN2) * (1 - 2 ** (-(now - days[0]) / halfLife)),
      );
      const recentSums = total(own.filter((event) => event.day > now - 8));
      expect(phase).toBe(phaseOf({ sums: expected, recentSums, seenDays }));
    }
  }
});
