/** Every metric against other people's implementations: `fixtures/oracle.py` has which ones, and made the values. */
import { describe, expect, it } from "vitest";
import { accuracy } from "./accuracy.ts";
import { binaryFigures } from "./binary.ts";
import { gini } from "./exposure.ts";
import oracle from "./fixtures/oracle.json" with { type: "json" };
import { forecastFigures, poissonLogLikelihood } from "./forecasts.ts";
import { diversity, listContext, miscalibration, novelty, serendipity } from "./lists.ts";

const { k, itemCount } = oracle;
const items = oracle.categories.map((flags, item) => ({
  id: `${item}`,
  title: `${item}`,
  categories: flags.flatMap((flag, category) => (flag === 1 ? [[`${category}`]] : [])),
}));
/** Item i was known to the first 40 - i users. */
const known = Array.from({ length: itemCount }, (_, user) =>
  Array.from({ length: itemCount - user }, (_, item) => item),
);
const train = {
  offsets: Int32Array.from([0, ...known.map((_, user) => known.slice(0, user + 1).flat().length)]),
  items: Int32Array.from(known.flat()),
  times: new Float64Array(known.flat().length),
  weights: new Float32Array(known.flat().length),
};
const context = listContext(train, items);
const lists = oracle.ranked.map((ranked) => ranked.slice(0, k));

describe("as others measure", () => {
  it.each(oracle.accuracy.map((expected, user) => ({ user, expected })))(
    "trec_eval: accuracy of list $user",
    ({ user, expected }) => {
      const ours = accuracy(oracle.ranked[user], new Set(oracle.targets[user]), k);
      for (const [name, value] of Object.entries(expected))
        expect(ours[name as keyof typeof ours]).toBeCloseTo(value, 9);
    },
  );

  it("RecTools: novelty and serendipity", () => {
    for (const [user, list] of lists.entries()) {
      expect(novelty(list, context)).toBeCloseTo(oracle.novelty[user], 9);
      const targets = new Set(oracle.targets[user]);
      expect(serendipity(list, targets, context)).toBeCloseTo(oracle.serendipity[user], 9);
    }
  });

  it("scikit-learn and SciPy: diversity and miscalibration", () => {
    for (const [user, list] of lists.entries()) {
      expect(diversity(list, context)).toBeCloseTo(oracle.diversity[user], 9);
      expect(miscalibration(list, oracle.targets[user], context)).toBeCloseTo(oracle.miscalibration[user], 9);
    }
  });

  it("the Gini coefficient by its other definition, the mean absolute difference", () => {
    expect(gini(oracle.shown)).toBeCloseTo(oracle.gini, 12);
  });

  it("scikit-learn: predictions of yes or no", () => {
    const ours = binaryFigures(oracle.probabilities, oracle.happened);
    for (const [name, value] of Object.entries(oracle.binary))
      expect(ours[name as keyof typeof ours]).toBeCloseTo(value, 9);
  });

  it("scikit-learn and SciPy: predictions of a number", () => {
    const ours = forecastFigures(oracle.values, oracle.predictions);
    for (const [name, value] of Object.entries(oracle.forecast))
      expect(ours[name as keyof typeof ours]).toBeCloseTo(value, 9);
    expect(poissonLogLikelihood(oracle.counts, oracle.rates)).toBeCloseTo(oracle.poissonLogLikelihood, 9);
  });
});
