/**
 * Matrix factorisation by Bayesian personalised ranking (Rendle, Freudenthaler, Gantner and Schmidt-Thieme, BPR, UAI 2009):
 * what a user took should score above what they did not. For a user u, an item i taken and an item j not taken, one step of
 * stochastic gradient ascent on
 *
 *     ln sigmoid(x_uij) - regularisation / 2 |parameters|^2,   x_uij = b_i - b_j + x_u' (y_i - y_j)
 *
 * An epoch is as many steps as there are pairs of a user and an item. A person's vector is learned from their history when
 * they are asked for, by the same steps with the items held, so that nobody is unknown.
 */
import { seededRandom } from "../base/random.ts";
import type { FittedRecommender, RecommenderModel } from "../core/model.ts";
import { beginFit, distinctItems, queriedItems } from "./histories.ts";
import { pad, rowMatrix, unpadded } from "./item-scores.ts";
import { fillSigmoids, openWorkspace, paddedWidth, sigmoidCount } from "./kernels/kernels.ts";
import { paceOf } from "./pace.ts";
import { integerStream } from "./random-stream.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface BprConfig {
  /** Width of the vectors; 1 to 512. */
  readonly factors: number;
  /** Size of the first steps, which fall linearly to a tenth; 1e-5 to 1. */
  readonly learningRate: number;
  /** 0 to 1. */
  readonly regularisation: number;
  /** 1 to 10,000. */
  readonly epochs: number;
}

const identity = { name: "bpr", version: 1 };
/** Passes over a person's items to learn their vector. */
const queryPasses = 20;

export const bpr: RecommenderModel<BprConfig> = {
  name: identity.name,
  description: "People and items as vectors, learned from pairs: what was taken before what was not.",
  defaults: { factors: 64, learningRate: 0.05, regularisation: 0.01, epochs: 40 },
  grid: { learningRate: [0.02, 0.05, 0.1], regularisation: [0.003, 0.01, 0.03] },
  predicts: "ranking",
  scale: "logits",
  async fit(data, config, options) {
    checkSettings(identity.name, config, {
      factors: { min: 1, max: 512, integer: true },
      learningRate: { min: 1e-5, max: 1 },
      regularisation: { min: 0, max: 1 },
      epochs: { min: 1, max: 10_000, integer: true },
    });
    beginFit(identity.name, data, options);
    const { itemCount } = data;
    const histories = distinctItems(data.interactions);
    const width = paddedWidth(config.factors);
    const workspace = openWorkspace(identity.name, [histories.length * width, itemCount * width, sigmoidCount]);
    const users = workspace.floats(histories.length * width);
    const items = workspace.floats(itemCount * width);
    const sigmoids = fillSigmoids(workspace.floats(sigmoidCount));
    const biases = new Float32Array(itemCount);
    const random = seededRandom(options.seed);
    for (const values of [users, items]) {
      for (let at = 0; at < values.length; at++) {
        if (at % width < config.factors) values[at] = (0.1 * random.normal()) / Math.sqrt(config.factors);
      }
    }
    const pairs = pairsOf(histories, itemCount);
    const draw = integerStream(options.seed);
    const pace = paceOf(options);
    const { kernels } = workspace;
    const rowBytes = 4 * width;
    for (let epoch = 1; epoch <= config.epochs; epoch++) {
      const rate = config.learningRate * (1 - (0.9 * (epoch - 1)) / config.epochs);
      const keep = 1 - rate * config.regularisation;
      for (let step = 0; step < pairs.items.length; step++) {
        const pair = draw(pairs.items.length);
        const user = pairs.users[pair];
        const liked = pairs.items[pair];
        const other = draw(itemCount);
        if (includes(histories[user], other)) continue;
        const size = kernels.preferRow(
          users.byteOffset + user * rowBytes,
          items.byteOffset + liked * rowBytes,
          items.byteOffset + other * rowBytes,
          rowBytes,
          biases[liked] - biases[other],
          rate,
          keep,
          1,
          sigmoids.byteOffset,
        );
        biases[liked] = keep * biases[liked] + size;
        biases[other] = keep * biases[other] - size;
      }
      await pace(epoch / config.epochs);
    }
    return fitted(unpadded(items, width, config.factors), biases, config);
  },
  load(saved) {
    const parts = readSaved(saved, identity);
    const biases = parts.floats("biases");
    return fitted(parts.rows("itemFactors", biases.length), biases, saved.config as unknown as BprConfig);
  },
};

/** Every user with every item of theirs, but for users who took everything: nothing can be preferred to the rest. */
function pairsOf(histories: readonly Int32Array[], itemCount: number): { users: Int32Array; items: Int32Array } {
  const some = histories.map((items) => (items.length < itemCount ? items : new Int32Array(0)));
  const total = some.reduce((sum, items) => sum + items.length, 0);
  const pairs = { users: new Int32Array(total), items: new Int32Array(total) };
  let at = 0;
  for (const [user, items] of some.entries()) {
    pairs.users.fill(user, at, at + items.length);
    pairs.items.set(items, at);
    at += items.length;
  }
  return pairs;
}

/** Whether ascending values have one, by halving. */
function includes(values: Int32Array, value: number): boolean {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low < values.length && values[low] === value;
}

/** @param itemFactors `[items, config.factors]` row-major */
function fitted(itemFactors: Float32Array, biases: Float32Array, config: BprConfig): FittedRecommender {
  const width = paddedWidth(config.factors);
  const itemCount = biases.length;
  const workspace = openWorkspace(identity.name, [width, itemCount * width, sigmoidCount]);
  const person = workspace.floats(width);
  const items = workspace.floats(itemCount * width);
  pad(items, width, itemFactors, config.factors);
  const sigmoids = fillSigmoids(workspace.floats(sigmoidCount));
  const matrix = rowMatrix(items, width);
  const { kernels } = workspace;
  const rate = config.learningRate;
  const keep = 1 - rate * config.regularisation;

  function learn(taken: readonly number[]): void {
    person.fill(0);
    const known = new Set(taken);
    // Nobody's scores depend on who was asked for before.
    const draw = integerStream(taken.length);
    for (let pass = 0; pass < queryPasses; pass++) {
      for (const liked of taken) {
        const other = draw(itemCount);
        if (known.has(other)) continue;
        const [likedAt, otherAt] = [items.byteOffset + 4 * width * liked, items.byteOffset + 4 * width * other];
        const ahead = biases[liked] - biases[other];
        kernels.preferRow(person.byteOffset, likedAt, otherAt, 4 * width, ahead, rate, keep, 0, sigmoids.byteOffset);
      }
    }
  }

  return {
    name: identity.name,
    score({ history }) {
      learn(queriedItems(history, itemCount));
      const scores = matrix.products(person);
      for (let item = 0; item < itemCount; item++) scores[item] += biases[item];
      return scores;
    },
    save() {
      const itemTensor = { shape: [itemCount, config.factors], values: itemFactors };
      return savedModel({ ...identity, config }, { itemFactors: itemTensor, biases });
    },
  };
}
