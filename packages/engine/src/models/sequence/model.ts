/**
 * A sequence model as a recommender: what turns a network and its settings into `fit`, `load`, `score` and `save`. A person's
 * vector is what the network says at the last of their items; the scores are its products with the items' rows.
 *
 * Items that nobody had to do with score as the lowest of the others: nothing was learned of them. A person without a history
 * is offered what is popular, by its share of all interactions.
 */
import { PenchantError } from "../../base/errors.ts";
import type { FittedRecommender, RecommenderModel, SavedModel } from "../../core/model.ts";
import type { Interaction } from "../../core/ports.ts";
import { parameterName } from "../../nn/parameters.ts";
import { beginFit, itemSequences, queriedSequence } from "../histories.ts";
import { rowMatrix } from "../item-scores.ts";
import { readSaved, savedModel } from "../saved.ts";
import { checkSettings, type SettingRange } from "../settings.ts";
import { fitSequences } from "./fit.ts";
import { openScorer, type SequenceScorer } from "./inference.ts";
import type { SequenceNetwork, SequenceSizes } from "./network.ts";
import { type NetworkConfig, type NetworkName, sequenceNetworks } from "./networks.ts";
import type { SequenceTrainingConfig } from "./settings.ts";
import { itemCounts, parametersOfNetwork, type SequenceJob, type Weights } from "./training.ts";
import { questionsOf } from "./validation.ts";

export interface SequenceModelOptions<Config extends SequenceTrainingConfig> {
  readonly name: NetworkName;
  readonly version: number;
  readonly defaults: Readonly<Config>;
  readonly grid: RecommenderModel<Config>["grid"];
  readonly ranges: Readonly<Record<keyof Config & string, SettingRange>>;
  /** What is wrong with settings that are each in range, as the end of a sentence that begins with the model's name. */
  readonly problem?: (config: Config) => string | undefined;
  /** From item keys, oldest first, one at least and at most `sizes.length`, to the last step's vector. [width] */
  readonly encoder: (config: Config, weights: Weights) => (keys: readonly number[]) => Float32Array;
}

/** Queries that go through the network at once. */
const scoredAtOnce = 64;

interface Fitted<Config> {
  readonly config: Config;
  readonly sizes: SequenceSizes;
  readonly weights: Weights;
  /** Interactions by item. */
  readonly counts: Int32Array;
}

export function sequenceModel<Config extends SequenceTrainingConfig>(
  model: SequenceModelOptions<Config>,
): RecommenderModel<Config> {
  const { name, ranges } = model;
  const check = (config: Config): void => {
    checkSettings(name, config, ranges);
    const problem = model.problem?.(config);
    if (problem !== undefined) {
      throw new PenchantError("PENCHANT_E_MODEL_CONFIG", `${name}: ${problem}`, { details: { model: name } });
    }
  };
  return {
    name,
    defaults: model.defaults,
    grid: model.grid,
    predicts: "ranking",
    async fit(data, config, options) {
      check(config);
      beginFit(name, data, options);
      const sequences = itemSequences(data.interactions);
      const longest = sequences.reduce((most, { length }) => Math.max(most, length), 1);
      const length = Math.min(config.length, longest);
      const job: SequenceJob = {
        network: name,
        config: config as unknown as SequenceJob["config"],
        data: { itemCount: data.itemCount, sequences },
        validation: data.validation && questionsOf(data.validation, data.itemCount),
        length,
        seed: options.seed,
        ...(options.checkpoint !== undefined && { checkpoint: { folder: options.checkpoint } }),
      };
      const weights = await fitSequences(job, options);
      return fitted(model, { config, sizes: { items: data.itemCount, length }, weights, counts: itemCounts(job.data) });
    },
    load: (saved) => fitted(model, loaded(model, check, saved)),
  };
}

function networkOf(name: NetworkName, config: object, sizes: SequenceSizes): SequenceNetwork {
  return sequenceNetworks[name](config as NetworkConfig, sizes);
}

function loaded<Config extends SequenceTrainingConfig>(
  model: SequenceModelOptions<Config>,
  check: (config: Config) => void,
  saved: SavedModel,
): Fitted<Config> {
  const { name } = model;
  const parts = readSaved(saved, model);
  const config = saved.config as unknown as Config;
  try {
    check(config);
  } catch (cause) {
    throw new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: the stored settings do not fit: ${String(cause)}`, {
      cause,
    });
  }
  const counts = parts.integers("counts");
  const [length = 0] = parts.integers("length");
  if (length < 1) {
    throw new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: part "length" must be 1 or more, got ${length}.`, {
      details: { model: name },
    });
  }
  const sizes = { items: counts.length, length };
  const weights: Record<string, Float32Array> = {};
  for (const parameter of parametersOfNetwork(networkOf(name, config, sizes))) {
    const part = parameterName(parameter);
    const values = parts.floats(part);
    const shape = parts.shape(part);
    if (shape.join() !== parameter.shape.join()) {
      throw new PenchantError(
        "PENCHANT_E_MODEL_FILE",
        `${name}: part "${part}" must have the shape [${parameter.shape.join(", ")}], got [${shape.join(", ")}].`,
        { details: { model: name } },
      );
    }
    weights[part] = values;
  }
  return { config, sizes, weights, counts };
}

function fitted<Config extends SequenceTrainingConfig>(
  model: SequenceModelOptions<Config>,
  { config, sizes, weights, counts }: Fitted<Config>,
): FittedRecommender {
  const { name } = model;
  const table = rowMatrix(weights.items, config.width);
  const encode = model.encoder(config, weights);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const read = (history: readonly Interaction[]) => queriedSequence(history, sizes.items).slice(-sizes.length);

  /** In place. */
  const settled = (scores: Float32Array): Float32Array => {
    let lowest = Number.POSITIVE_INFINITY;
    for (let item = 0; item < scores.length; item++) {
      if (counts[item] > 0 && scores[item] < lowest) lowest = scores[item];
    }
    for (let item = 0; item < scores.length; item++) if (counts[item] === 0) scores[item] = lowest;
    return scores;
  };
  const popular = () => Float32Array.from(counts, (count) => count / total);

  let scorer: Promise<SequenceScorer> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a session's results lie where the next ones will. */
  const through = (histories: readonly (readonly number[])[]): Promise<Float32Array[]> => {
    scorer ??= openScorer(networkOf(name, config, sizes), { batch: scoredAtOnce, time: sizes.length, spinning: false });
    const opened = scorer;
    const turn = last.then(async () => {
      const scores = await (await opened).score(histories, weights);
      return histories.map((_, row) => settled(scores.slice(row * sizes.items, (row + 1) * sizes.items)));
    });
    last = turn.catch(() => {});
    return turn;
  };

  return {
    name,
    score({ history }) {
      const keys = read(history);
      return keys.length === 0 ? popular() : settled(table.products(encode(keys)));
    },
    async scoreMany(queries) {
      const histories = queries.map(({ history }) => read(history));
      const asked = histories.filter(({ length }) => length > 0);
      const answers: Float32Array[] = [];
      for (let from = 0; from < asked.length; from += scoredAtOnce) {
        answers.push(...(await through(asked.slice(from, from + scoredAtOnce))));
      }
      let next = 0;
      return histories.map(({ length }) => (length === 0 ? popular() : answers[next++]));
    },
    save() {
      const shapes = parametersOfNetwork(networkOf(name, config, sizes)).map((parameter) => {
        const part = parameterName(parameter);
        return [part, { shape: parameter.shape, values: weights[part] }] as const;
      });
      return savedModel(
        { name, version: model.version, config },
        { ...Object.fromEntries(shapes), counts, length: Int32Array.of(sizes.length) },
      );
    },
  };
}
