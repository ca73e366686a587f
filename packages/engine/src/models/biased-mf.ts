/**
 * Matrix factorisation with biases for explicit ratings (Koren, Bell and Volinsky, Matrix Factorization Techniques for
 * Recommender Systems, IEEE Computer 2009):
 *
 *     rating(u, i) = mean + b_u + b_i + p_u' q_i,
 *     min  sum over ratings of (r - rating)^2 + regularisation (n_u (b_u^2 + |p_u|^2) + n_i (b_i^2 + |q_i|^2))
 *
 * with n the ratings of a user or an item (Zhou, Wilkinson, Schreiber and Pan, Large-scale Parallel Collaborative Filtering
 * for the Netflix Prize, AAIM 2008). Users and items are solved exactly in turns, bias and vector together. Scores are
 * predicted ratings. A person's bias and vector are solved from the ratings in their history when they are asked for;
 * where there are none, the mean and the items' biases remain.
 */
import { seededRandom } from "../base/random.ts";
import type { FittedRecommender, RecommenderModel, TrainingData } from "../core/model.ts";
import type { Interaction } from "../core/ports.ts";
import { type SparseMatrix, sparseMatrix, transpose } from "../core/sparse-matrix.ts";
import { solveCholesky } from "./cholesky.ts";
import { beginFit, dataError } from "./histories.ts";
import { paceOf } from "./pace.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface BiasedMfConfig {
  /** Width of the vectors; 1 to 256. */
  readonly factors: number;
  /** Per rating; 1e-6 to 100. */
  readonly regularisation: number;
  /** Turns of users and items; 1 to 1,000. */
  readonly iterations: number;
}

const identity = { name: "biased-mf", version: 1 };

export interface FittedBiasedMf extends FittedRecommender {
  /** Predicted values of some items, for a person of whom this history is known. [items] */
  valuesOf(history: readonly Pick<Interaction, "item" | "value">[], items: ArrayLike<number>): Float32Array;
}

export const biasedMf = {
  name: identity.name,
  description: "Predicts ratings, from vectors of people and items. Needs events with values.",
  defaults: { factors: 16, regularisation: 0.07, iterations: 15 },
  grid: { factors: [8, 16, 32], regularisation: [0.05, 0.07, 0.1] },
  predicts: "ratings",
  async fit(data, config, options): Promise<FittedBiasedMf> {
    checkSettings(identity.name, config, {
      factors: { min: 1, max: 256, integer: true },
      regularisation: { min: 1e-6, max: 100 },
      iterations: { min: 1, max: 1_000, integer: true },
    });
    beginFit(identity.name, data, options);
    const byUser = ratingMatrix(data);
    const byItem = transpose(byUser);
    const mean = byUser.values.reduce((sum, value) => sum + value, 0) / byUser.values.length;
    const width = config.factors + 1;
    // Rows of [bias, vector].
    const users = new Float32Array(byUser.rows * width);
    const items = new Float32Array(data.itemCount * width);
    const random = seededRandom(options.seed);
    for (let at = 0; at < items.length; at++) if (at % width > 0) items[at] = 0.1 * random.normal();
    const solve = ridge(mean, width, config.regularisation);
    const pace = paceOf(options);
    for (let iteration = 1; iteration <= config.iterations; iteration++) {
      for (let user = 0; user < byUser.rows; user++) solveRow(solve, users, user, byUser, items, width);
      for (let item = 0; item < data.itemCount; item++) solveRow(solve, items, item, byItem, users, width);
      await pace(iteration / config.iterations);
    }
    return fitted(Float32Array.of(mean), items, config);
  },
  load(saved): FittedBiasedMf {
    const parts = readSaved(saved, identity);
    return fitted(parts.floats("mean"), parts.floats("items"), saved.config as unknown as BiasedMfConfig);
  },
} satisfies RecommenderModel<BiasedMfConfig>;

/** Who gave what to which item; the last rating where somebody rated again. `[users, itemCount]` */
function ratingMatrix({ interactions, itemCount }: TrainingData): SparseMatrix {
  const { offsets, items, values } = interactions;
  const rows = Array.from({ length: offsets.length - 1 }, (_, user) => {
    const ratings = new Map<number, number>();
    for (let at = offsets[user]; at < offsets[user + 1]; at++) {
      const value = values?.[at] ?? Number.NaN;
      if (Number.isFinite(value)) ratings.set(items[at], value);
    }
    return ratings;
  });
  const matrix = sparseMatrix(itemCount, rows);
  if (matrix.values.length === 0) {
    throw dataError(identity.name, "expected interactions with values (ratings), got none that has one.");
  }
  return matrix;
}

/** Solves one row [bias, vector] in place against rows of the other side; without ratings it becomes zeros. */
type RidgeSolver = (
  row: Float32Array,
  others: Float32Array,
  entries: { keys: Int32Array; values: Float32Array; from: number; to: number },
) => void;

function ridge(mean: number, width: number, regularisation: number): RidgeSolver {
  const normal = new Float64Array(width * width);
  const right = new Float64Array(width);
  const features = new Float64Array(width);
  features[0] = 1;
  return (row, others, { keys, values, from, to }) => {
    normal.fill(0);
    right.fill(0);
    for (let at = from; at < to; at++) {
      const start = keys[at] * width;
      const rest = values[at] - mean - others[start];
      for (let d = 1; d < width; d++) features[d] = others[start + d];
      for (let i = 0; i < width; i++) {
        const feature = features[i];
        right[i] += rest * feature;
        for (let j = 0; j <= i; j++) normal[i * width + j] += feature * features[j];
      }
    }
    const strength = regularisation * Math.max(1, to - from);
    for (let d = 0; d < width; d++) normal[d * width + d] += strength;
    solveCholesky(normal, right, width);
    row.set(right);
  };
}

function solveRow(
  solve: RidgeSolver,
  rows: Float32Array,
  row: number,
  { offsets, indices, values }: SparseMatrix,
  others: Float32Array,
  width: number,
): void {
  const entries = { keys: indices, values, from: offsets[row], to: offsets[row + 1] };
  solve(rows.subarray(row * width, (row + 1) * width), others, entries);
}

/** @param items rows of [bias, vector] */
function fitted(mean: Float32Array, items: Float32Array, config: BiasedMfConfig): FittedBiasedMf {
  const width = config.factors + 1;
  const itemCount = items.length / width;
  const solve = ridge(mean[0], width, config.regularisation);
  const all = Int32Array.from({ length: itemCount }, (_, item) => item);
  const valuesOf: FittedBiasedMf["valuesOf"] = (history, asked) => {
    const { keys, values } = ratingsOf(history, itemCount);
    const person = new Float32Array(width);
    solve(person, items, { keys, values, from: 0, to: keys.length });
    return Float32Array.from(asked, (item) => {
      let rating = mean[0] + person[0] + items[item * width];
      for (let d = 1; d < width; d++) rating += person[d] * items[item * width + d];
      return rating;
    });
  };
  return {
    name: identity.name,
    valuesOf,
    score: ({ history }) => valuesOf(history, all),
    save() {
      const rows = { shape: [itemCount, width], values: items };
      return savedModel({ ...identity, config }, { mean, items: rows });
    },
  };
}

function ratingsOf(
  history: readonly Pick<Interaction, "item" | "value">[],
  itemCount: number,
): { keys: Int32Array; values: Float32Array } {
  const ratings = new Map<number, number>();
  for (const { item, value } of history) {
    if (item >= 0 && item < itemCount && value !== undefined && Number.isFinite(value)) ratings.set(item, value);
  }
  return { keys: Int32Array.from(ratings.keys()), values: Float32Array.from(ratings.values()) };
}
