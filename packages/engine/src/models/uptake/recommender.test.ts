import { expect, it } from "vitest";
import { interactionTable } from "../../core/interaction-table.ts";
import { day } from "../../testing/builders.ts";
import { itemMean } from "./baselines.ts";
import { uptakeRecommender } from "./recommender.ts";

/** Twenty people who all took item 0, then one of two others; item 3 nobody. */
const people = interactionTable(
  Array.from({ length: 20 }, (_, user) => [
    { item: 0, time: day(user), weight: 1 },
    { item: 1 + (user % 4 === 0 ? 1 : 0), time: day(user + 1), weight: 1 },
  ]),
);

it("scores the catalogue with the logits of the model's probabilities", async () => {
  const recommender = uptakeRecommender(itemMean, "The mean of the item.");
  const fitted = await recommender.fit({ itemCount: 4, interactions: people }, recommender.defaults, { seed: 1 });
  const { shares } = fitted.save().tensors;
  const logits = Array.from(shares.values, (share) => Math.log(share / (1 - share)));
  const scores = [...fitted.score({ history: [], at: day(50) })];
  expect(scores).toEqual(logits.map((logit) => expect.closeTo(logit, 5)));
  expect([0, 1, 2, 3].sort((a, b) => scores[b] - scores[a])).toEqual([0, 1, 2, 3]);
});

it("hands what is to be found in validation to the model as questions, with items drawn beside them", async () => {
  let seen: { items: number[]; labels: number[]; histories: number[] } | undefined;
  const recommender = uptakeRecommender(
    {
      ...itemMean,
      fit(data, config, options) {
        const { items, labels, starts, ends } = data.validation!;
        seen = { items: [...items], labels: [...labels], histories: Array.from(ends, (end, row) => end - starts[row]) };
        return itemMean.fit(data, config, options);
      },
    },
    itemMean.name,
  );
  const query = { history: [{ item: 0, time: day(1), weight: 1 }], at: day(1) };
  const data = { itemCount: 4, interactions: people, validation: [{ query, targets: [1] }] };
  await recommender.fit(data, { ...recommender.defaults, drawnItems: 2 }, { seed: 1 });
  expect(seen!.labels).toEqual([1, 0, 0]);
  expect(seen!.items[0]).toBe(1);
  expect(seen!.items.slice(1)).not.toContain(1);
  expect(seen!.histories).toEqual([1, 1, 1]);
});
