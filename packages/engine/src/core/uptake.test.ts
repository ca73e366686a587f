import { expect, it } from "vitest";
import { interactionTable } from "./interaction-table.ts";
import { selectRows, type UptakeExamples } from "./uptake.ts";

it("selects rows in the order asked for, twice where asked twice, and leaves the histories whole", () => {
  const examples: UptakeExamples = {
    histories: interactionTable([[{ item: 3, time: 10, weight: 1 }], [{ item: 4, time: 20, weight: 1 }]]),
    users: Int32Array.of(0, 1, 1),
    starts: Int32Array.of(0, 1, 1),
    ends: Int32Array.of(1, 1, 2),
    items: Int32Array.of(5, 6, 7),
    times: Float64Array.of(11, 19, 1_700_000_000_001),
    columns: [
      { name: "events", group: "user" },
      { name: "itemEvents", group: "item" },
    ],
    features: Float32Array.of(1, 10, 2, 20, 3, Number.NaN),
    labels: Uint8Array.of(0, 1, 1),
    weights: Float32Array.of(0.5, 1, 2),
  };
  expect(selectRows(examples, [2, 0, 2])).toEqual({
    ...examples,
    users: Int32Array.of(1, 0, 1),
    starts: Int32Array.of(1, 0, 1),
    ends: Int32Array.of(2, 1, 2),
    items: Int32Array.of(7, 5, 7),
    times: Float64Array.of(1_700_000_000_001, 11, 1_700_000_000_001),
    features: Float32Array.of(3, Number.NaN, 1, 10, 3, Number.NaN),
    labels: Uint8Array.of(1, 0, 1),
    weights: Float32Array.of(2, 0.5, 2),
  });
  const { labels: _, weights: __, ...questions } = examples;
  expect(selectRows(questions, [])).toMatchObject({ items: new Int32Array(0), features: new Float32Array(0) });
});
