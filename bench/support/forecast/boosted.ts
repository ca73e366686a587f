/**
 * Boosted trees on recency and frequency, by squared error: of the node, its parent and all that the person did, events in the
 * last 7, 30, 90 and 360 days and days since the last one, how long the person is there, and the node's rate among all people.
 * They learn from the same people at the same two moments as the recurrent network, and rows that read the same are one
 * question here as well.
 */
import { seededRandom } from "../../../packages/engine/src/base/random.ts";
import { dayMs } from "../../../packages/engine/src/base/time.ts";
import type { FeatureMatrix, LabelledFeatures } from "../../../packages/engine/src/models/classical/features.ts";
import { fitBoostedRegression } from "../../../packages/engine/src/models/classical/gradient-boosting.ts";
import type { IntensityHistories } from "../../../packages/engine/src/models/intensity/sessions.ts";
import {
  countsAfter,
  distinctQuestions,
  rateLevels,
  windowsBefore,
} from "../../../packages/engine/src/models/lstm-intensity/windows.ts";
import { shuffled } from "../../../packages/engine/src/models/random-stream.ts";
import type { Forecaster, Learning } from "./forecaster.ts";
import { keptForecasts } from "./kept.ts";
import type { Known } from "./scenario.ts";

const spansDays = [7, 30, 90, 360];
const moments = 2;
/** Every so many people one says when to stop. */
const validationEvery = 10;
/** Windows of a day: what spans and recency are read from. */
const shape = { windowDays: 1, windows: 360 };
const ofNode = [...spansDays.map((days) => `events${days}Days`), "recencyDays"];
const names = ["row", "parent", "all"].flatMap((node) => ofNode.map((what) => `${node}.${what}`));
const columns = [...names, "thereDays", "rateLevel"];

export async function boostedTrees(
  { histories }: Known,
  rates: Float64Array,
  at: number,
  { users, seed, horizonDays }: Learning,
): Promise<Forecaster> {
  const levels = rateLevels(histories, at);
  const { offsets, times } = histories.interactions;
  const earliest = at - horizonDays * dayMs;
  const there = Array.from(offsets.keys()).filter(
    (user) => offsets[user] < (offsets[user + 1] ?? 0) && times[offsets[user]] < earliest,
  );
  const parts = [0, 1].map(() => ({ values: [] as number[], labels: [] as number[], weights: [] as number[] }));
  for (const [taken, user] of shuffled(there, seededRandom(seed)).slice(0, users).entries()) {
    const into = parts[taken % validationEvery === validationEvery - 1 ? 1 : 0];
    for (let moment = 1; moment <= moments; moment++) {
      const then = at - moment * horizonDays * dayMs;
      const { features, of, sizes } = questionsOf(histories, levels, user, then);
      if (sizes.length === 0) continue;
      const sums = new Float64Array(sizes.length);
      for (const [row, count] of countsAfter(histories, user, then, horizonDays).entries()) sums[of[row]] += count;
      for (const value of features) into.values.push(value);
      for (const [question, size] of sizes.entries()) {
        into.labels.push(sums[question] / size);
        into.weights.push(size);
      }
    }
  }
  const [train, validation] = parts.map(
    ({ values, labels, weights }): LabelledFeatures => ({
      features: { names: columns, values: Float32Array.from(values) },
      labels: Float64Array.from(labels),
      weights: Float64Array.from(weights),
    }),
  );
  const hasBoth = train.labels.length > 0 && validation.labels.length > 0;
  const fitted = hasBoth ? await fitBoostedRegression(train, validation, {}, { seed }) : undefined;
  return keptForecasts({
    name: "boosted trees",
    horizonDays,
    rates,
    expected: async (asked) =>
      asked.map((user) => {
        if (fitted === undefined) return rates.map((rate) => rate * horizonDays);
        const { features, of } = questionsOf(histories, levels, user, at);
        const matrix: FeatureMatrix = { names: columns, values: features };
        const answers = fitted.predict(matrix);
        return Float64Array.from(of, (question) => Math.max(answers[question], 0));
      }),
  });
}

/** What is read of a person's rows at a moment; no questions for somebody who is not there yet. */
function questionsOf(histories: IntensityHistories, levels: Float32Array, user: number, at: number) {
  const { parents } = histories;
  const person = windowsBefore(histories, user, at, shape);
  if (Number.isNaN(person.firstTime)) {
    return { features: new Float32Array(0), of: new Int32Array(parents.length), sizes: new Int32Array(0) };
  }
  const { of, rows, sizes } = distinctQuestions(person, parents, levels);
  const features = new Float32Array(rows.length * columns.length);
  for (const [question, row] of rows.entries()) {
    const into = features.subarray(question * columns.length, (question + 1) * columns.length);
    for (const [place, node] of [row, parents[row], 0].entries()) {
      writeNode(into.subarray(place * ofNode.length), node < 0 ? undefined : person.counts, node);
    }
    into[names.length] = (at - person.firstTime) / dayMs;
    into[names.length + 1] = levels[row];
  }
  return { features, of, sizes };
}

/** Events by span and days since the last; NaN, which trees read as missing, where there is none. */
function writeNode(into: Float32Array, counts: Float32Array | undefined, node: number): void {
  into[spansDays.length] = Number.NaN;
  if (counts === undefined) return;
  let sum = 0;
  for (let days = 1; days <= shape.windows; days++) {
    const count = counts[(node + 1) * shape.windows - days];
    if (count > 0 && sum === 0) into[spansDays.length] = days;
    sum += count;
    const span = spansDays.indexOf(days);
    if (span >= 0) into[span] = sum;
  }
}
