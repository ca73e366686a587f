/**
 * Item2vec (Barkan and Koenigstein, 2016): items that stand near each other in people's sequences get near vectors, by
 * skip-gram with negative sampling (Mikolov et al., NIPS 2013). For an item, each item up to `window` places away and n
 * items drawn at random, a step of gradient ascent on
 *
 *     ln sigmoid(v_item' u_context) + sum over drawn j of ln sigmoid(-v_item' u_j)
 *
 * An item is drawn in proportion to (its interactions)^exponent; which exponent serves recommendation differs by data
 * (Caselles-Dupré, Lesaint and Royo-Letelier, Word2vec applied to Recommendation, RecSys 2018). A person's scores are the
 * products of the mean vector of their latest items with every item's context vector: what is likely around them.
 */
import { seededRandom } from "../base/random.ts";
import type { FittedRecommender, ModelFitOptions, RecommenderModel } from "../core/model.ts";
import { beginFit, itemSequences, queriedSequence } from "./histories.ts";
import { rowMatrix, unpadded } from "./item-scores.ts";
import { fillSigmoids, openWorkspace, paddedWidth, sigmoidCount } from "./kernels/kernels.ts";
import { paceOf } from "./pace.ts";
import { integerStream } from "./random-stream.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface Item2vecConfig {
  /** Width of the vectors; 1 to 512. */
  readonly dimensions: number;
  /** Places on either side that count as context; each time as many of them as a draw from 1 to this says; 1 to 1,000. */
  readonly window: number;
  /** Items drawn against each context; 1 to 100. */
  readonly negatives: number;
  /** Of the popularity by which they are drawn, -1 to 1. */
  readonly exponent: number;
  /** Size of the first steps, which fall linearly to a hundredth; 1e-5 to 1. */
  readonly learningRate: number;
  /** 1 to 1,000. */
  readonly epochs: number;
  /** Latest items of a person that are averaged; 1 to 1,000. */
  readonly recent: number;
}

export interface ItemVectors {
  /** `[itemCount, dimensions]` row-major; all zeros for items that never stood beside another. */
  readonly vectors: Float32Array;
  /** Likewise, the vectors of items as context. */
  readonly contexts: Float32Array;
}

const identity = { name: "item2vec", version: 1 };
/** Entries of the table that negatives are drawn from, at least; word2vec's own way. */
const tableSizeMin = 1 << 20;

export const item2vec: RecommenderModel<Item2vecConfig> = {
  name: identity.name,
  description: "Items as vectors, by what stands near them in histories.",
  defaults: { dimensions: 64, window: 3, negatives: 5, exponent: 0.5, learningRate: 0.05, epochs: 10, recent: 3 },
  grid: { window: [2, 5], exponent: [0, 0.5], recent: [1, 3, 10] },
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings(identity.name, config, {
      dimensions: { min: 1, max: 512, integer: true },
      window: { min: 1, max: 1_000, integer: true },
      negatives: { min: 1, max: 100, integer: true },
      exponent: { min: -1, max: 1 },
      learningRate: { min: 1e-5, max: 1 },
      epochs: { min: 1, max: 1_000, integer: true },
      recent: { min: 1, max: 1_000, integer: true },
    });
    beginFit(identity.name, data, options);
    return fitted(await fitItemVectors(itemSequences(data.interactions), data.itemCount, config, options), config);
  },
  load(saved) {
    const parts = readSaved(saved, identity);
    const [rows] = parts.shape("vectors");
    const vectors = { vectors: parts.rows("vectors", rows), contexts: parts.rows("contexts", rows) };
    return fitted(vectors, saved.config as unknown as Item2vecConfig);
  },
};

/** The vectors by themselves, for whoever compares items: the interest tree, similar items. */
export async function fitItemVectors(
  sequences: readonly Int32Array[],
  itemCount: number,
  config: Item2vecConfig,
  options: ModelFitOptions,
): Promise<ItemVectors> {
  const { dimensions, window, negatives } = config;
  const width = paddedWidth(dimensions);
  const size = itemCount * width;
  const workspace = openWorkspace(identity.name, [size, size, width, negatives + 1, sigmoidCount]);
  const vectors = workspace.floats(size);
  const contexts = workspace.floats(size);
  const gradient = workspace.floats(width);
  const against = workspace.integers(negatives + 1);
  const sigmoids = fillSigmoids(workspace.floats(sigmoidCount));
  const random = seededRandom(options.seed);
  const draw = integerStream(options.seed);
  const paired = new Set(sequences.filter(({ length }) => length > 1).flatMap((sequence) => [...sequence]));
  for (let at = 0; at < size; at++) {
    if (at % width < dimensions && paired.has(Math.floor(at / width))) {
      vectors[at] = (random.uniform() - 0.5) / dimensions;
    }
  }
  const table = negativeTable(sequences, itemCount, config.exponent);
  const { kernels } = workspace;
  const rowBytes = 4 * width;
  const pace = paceOf(options);
  for (let epoch = 0; epoch < config.epochs; epoch++) {
    for (const [user, sequence] of sequences.entries()) {
      const done = (epoch + user / sequences.length) / config.epochs;
      const rate = config.learningRate * Math.max(0.01, 1 - done);
      for (let place = 0; place < sequence.length; place++) {
        const reach = 1 + draw(window);
        const end = Math.min(sequence.length - 1, place + reach);
        for (let near = Math.max(0, place - reach); near <= end; near++) {
          if (near === place) continue;
          let count = 1;
          against[0] = sequence[near];
          for (let drawn = 0; drawn < negatives; drawn++) {
            const item = table[draw(table.length)];
            if (item !== sequence[near]) against[count++] = item;
          }
          const vectorAt = vectors.byteOffset + sequence[place] * rowBytes;
          kernels.contrastRows(
            contexts.byteOffset,
            rowBytes,
            against.byteOffset,
            count,
            vectorAt,
            gradient.byteOffset,
            rate,
            sigmoids.byteOffset,
          );
        }
      }
    }
    await pace((epoch + 1) / config.epochs);
  }
  return { vectors: unpadded(vectors, width, dimensions), contexts: unpadded(contexts, width, dimensions) };
}

/** Item keys, each as often as its share of all drawn. An item that occurs stands in it at least once. */
function negativeTable(sequences: readonly Int32Array[], itemCount: number, exponent: number): Int32Array {
  const counts = new Float64Array(itemCount);
  for (const sequence of sequences) for (const item of sequence) counts[item] += 1;
  const powers = counts.map((count) => (count === 0 ? 0 : count ** exponent));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const tableSize = Math.max(tableSizeMin, 16 * itemCount);
  const places = Int32Array.from(powers, (power) => Math.ceil((power / total) * tableSize));
  const table = new Int32Array(places.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (let item = 0; item < itemCount; item++) {
    table.fill(item, at, at + places[item]);
    at += places[item];
  }
  return table;
}

function fitted({ vectors, contexts }: ItemVectors, config: Item2vecConfig): FittedRecommender {
  const { dimensions, recent } = config;
  const itemCount = vectors.length / dimensions;
  const matrix = rowMatrix(contexts, dimensions);
  return {
    name: identity.name,
    score({ history }) {
      const items = queriedSequence(history, itemCount).slice(-recent);
      const mean = new Float32Array(dimensions);
      for (const item of items) {
        for (let d = 0; d < dimensions; d++) mean[d] += vectors[item * dimensions + d] / items.length;
      }
      return matrix.products(mean);
    },
    save() {
      const shape = [itemCount, dimensions];
      const tensors = { vectors: { shape, values: vectors }, contexts: { shape, values: contexts } };
      return savedModel({ ...identity, config }, tensors);
    },
  };
}
