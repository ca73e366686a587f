/**
 * A sequence model as a recommender: what turns a network and its settings into `fit`, `load`, `score` and `save`. A person's
 * vector is what the network says at the last of their events; the scores are its products with the items' rows. A person
 * without a history is offered what is popular, by its share of all interactions.
 */
import { PenchantError } from "../../base/errors.ts";
import type { Item } from "../../core/item.ts";
import type { FittedRecommender, RecommenderModel, SavedModel } from "../../core/model.ts";
import type { RecommenderQuery } from "../../core/ports.ts";
import { beginFit } from "../histories.ts";
import { inTurn } from "../in-turn.ts";
import { readSaved, savedModel } from "../saved.ts";
import { type SettingRange, settingsCheck } from "../settings.ts";
import { readWeights, weightTensors } from "../training/saved-weights.ts";
import type { Weights } from "../training/weights.ts";
import { composedWeights, type SequenceCatalogue, settle, unknownItems } from "./catalogue.ts";
import { type FeatureSpace, itemFeaturesOf, nodesOfPaths, placedFeatures, placedPaths } from "./feature-space.ts";
import { fitSequences } from "./fit.ts";
import { openScorer, type SequenceQuestion, type SequenceScorer, writeLastProfile, writeScorer } from "./inference.ts";
import { joinedFeatures, joinedPaths } from "./item-features.ts";
import type { SequenceSizes } from "./network.ts";
import { type NetworkConfig, type NetworkName, networkNamed, readingOf, readsProfiles } from "./networks.ts";
import { type Interests, profileColumns } from "./profiles.ts";
import type { ReaderParts, ReadPerson, SequenceReader } from "./reader.ts";
import {
  featureTensors,
  interestTensors,
  readFeatures,
  readInterests,
  readSpace,
  spaceTensors,
} from "./saved-features.ts";
import type { SequenceTrainingConfig } from "./settings.ts";
import { columnsOf, kindWeightsOf, queriedSteps, type StepReading, slicedSteps, stepSequences } from "./steps.ts";
import { parametersOfNetwork, type SequenceJob } from "./training.ts";
import { questionsOf } from "./validation.ts";

export interface SequenceModelOptions<Config extends SequenceTrainingConfig> {
  readonly name: NetworkName;
  readonly version: number;
  readonly description: string;
  readonly defaults: Readonly<Config>;
  readonly grid: RecommenderModel<Config>["grid"];
  readonly ranges: Readonly<Record<keyof Config & string, SettingRange>>;
  /** What is wrong with settings that are each in range, as the end of a sentence that begins with the model's name. */
  readonly problem?: (config: Config) => string | undefined;
  readonly reader: (parts: ReaderParts<Config>) => SequenceReader;
}

/** Queries that go through the network at once. */
const scoredAtOnce = 64;

interface Fitted<Config> {
  readonly config: Config;
  readonly catalogue: SequenceCatalogue;
  /** Places items that come later. */
  readonly space: FeatureSpace;
  /** What profiles are made of, where they are read. */
  readonly nodes: Interests["nodes"];
  readonly reading: StepReading;
  /** Steps that the network reads. */
  readonly length: number;
  readonly weights: Weights;
  /** Interactions by item. */
  readonly counts: Int32Array;
}

export function sequenceModel<Config extends SequenceTrainingConfig>(
  model: SequenceModelOptions<Config>,
): RecommenderModel<Config> {
  const { name } = model;
  const check = settingsCheck(model);
  return {
    name,
    description: model.description,
    defaults: model.defaults,
    grid: model.grid,
    predicts: "ranking",
    scale: "logits",
    async fit(data, config, options) {
      check(config);
      beginFit(name, data, options);
      const sequences = stepSequences(data.interactions);
      const longest = sequences.reduce((most, { items }) => Math.max(most, items.length), 1);
      const length = Math.min(config.length, longest);
      const nodes = readsProfiles(name) ? nodesOfPaths(data.items ?? []) : [];
      const reading = readingOf(name, config as unknown as NetworkConfig, {
        kindWeights: config.kinds ? kindWeightsOf(data.interactions) : [],
        paths: nodes.length > 0 ? placedPaths(nodes, data.items ?? [], data.itemCount) : undefined,
      });
      const counts = new Int32Array(data.itemCount);
      for (const { items } of sequences) for (const item of items) counts[item] += 1;
      const known = itemsWithEvents(counts);
      const { space, features } = itemFeaturesOf(data, { ...config, seed: options.seed });
      const catalogue: SequenceCatalogue = { itemCount: data.itemCount, known, features };
      const placeOf = new Int32Array(data.itemCount);
      for (const [place, item] of known.entries()) placeOf[item] = place;
      const job: SequenceJob = {
        network: name,
        config: config as unknown as SequenceJob["config"],
        catalogue,
        data: {
          itemCount: known.length,
          sequences: sequences.map((steps) => ({ ...steps, items: steps.items.map((item) => placeOf[item]) })),
        },
        reading,
        validation: questionsOf(data.validation ?? [], data.itemCount),
        length,
        seed: options.seed,
        ...(options.checkpoint !== undefined && { checkpoint: { folder: options.checkpoint } }),
      };
      const weights = await fitSequences(job, options);
      return fitted(model, { config, catalogue, space, nodes, reading, length, weights, counts });
    },
    load: (saved) => fitted(model, loaded(model, check, saved)),
  };
}

/** Keys of the items that somebody had to do with, ascending. */
function itemsWithEvents(counts: Int32Array): Int32Array {
  return Int32Array.from(counts.keys()).filter((item) => counts[item] > 0);
}

/** What is trained and stored, by name, with rows of all items. */
function learnedParameters(
  name: NetworkName,
  config: object,
  fitted: Pick<Fitted<unknown>, "catalogue" | "reading" | "length">,
) {
  const { catalogue, reading, length } = fitted;
  const { itemCount: items, features } = catalogue;
  const sizes: SequenceSizes = { items, length, reading, features };
  return parametersOfNetwork(networkNamed(name)(config as NetworkConfig, sizes), reading);
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
  const features = readFeatures(name, parts, counts.length);
  const space = readSpace(name, parts, features);
  const catalogue: SequenceCatalogue = { itemCount: counts.length, known: itemsWithEvents(counts), features };
  const { paths, nodes } = readInterests(name, parts, counts.length);
  const reading = readingOf(name, config as unknown as NetworkConfig, {
    kindWeights: config.kinds ? [...parts.floats("kindWeights")] : [],
    paths,
  });
  const learned = learnedParameters(name, config, { catalogue, reading, length });
  const weights = readWeights(name, parts, learned);
  return { config, catalogue, space, nodes, reading, length, weights, counts };
}

/** The same with items behind those that it has. Nobody had to do with them: their rows are what is known of them. */
function extended<Config extends SequenceTrainingConfig>(
  { catalogue, counts, weights, reading, ...rest }: Fitted<Config>,
  items: readonly Item[],
): Fitted<Config> {
  const itemCount = catalogue.itemCount + items.length;
  const added = { features: placedFeatures(rest.space, items, items.length), itemCount: items.length };
  const allCounts = new Int32Array(itemCount);
  allCounts.set(counts);
  const own = new Float32Array(itemCount * rest.config.width);
  own.set(weights.items);
  const { profile } = reading;
  const paths = profile?.paths && joinedPaths(profile.paths, placedPaths(rest.nodes, items, items.length));
  return {
    ...rest,
    reading: profile ? { ...reading, profile: { ...profile, paths } } : reading,
    catalogue: { itemCount, known: catalogue.known, features: joinedFeatures(catalogue, added) },
    counts: allCounts,
    weights: { ...weights, items: own },
  };
}

function fitted<Config extends SequenceTrainingConfig>(
  model: SequenceModelOptions<Config>,
  all: Fitted<Config>,
): FittedRecommender {
  const { config, catalogue, space, nodes, reading, length, weights, counts } = all;
  const { name } = model;
  const { itemCount } = catalogue;
  const composed = composedWeights(weights, catalogue, config.width);
  const reader = model.reader({ config, weights: composed, profile: reading.profile, nodes });
  const unknown = unknownItems(catalogue);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const read = ({ history, at }: RecommenderQuery): SequenceQuestion => ({
    steps: queriedSteps(history, itemCount),
    at,
  });
  const personOf = (question: SequenceQuestion, gate: number | undefined): ReadPerson => {
    const profile = reading.profile && profileColumns(reading.profile, 1);
    if (profile) writeLastProfile(profile, 0, question, reading);
    return { steps: columnsOf(reading, slicedSteps(question.steps, -length), question.at), profile, gate };
  };
  const popular = () => Float32Array.from(counts, (count) => count / total);

  const network = () => networkNamed(name)(config as unknown as NetworkConfig, { items: itemCount, length, reading });

  let scorer: Promise<SequenceScorer> | undefined;
  const oneByOne = inTurn();
  const through = (questions: readonly SequenceQuestion[]): Promise<Float32Array[]> => {
    scorer ??= openScorer(network(), reading, { batch: scoredAtOnce, time: length, spinning: false });
    const opened = scorer;
    return oneByOne(async () => {
      const scores = await (await opened).score(questions, composed);
      return questions.map((_, row) => settle(scores.slice(row * itemCount, (row + 1) * itemCount), unknown));
    });
  };

  const score = (query: RecommenderQuery): Float32Array => {
    const question = read(query);
    if (question.steps.items.length === 0) return popular();
    return settle(reader.scores(personOf(question, query.longShort)), unknown);
  };
  const { explain } = reader;

  return {
    name,
    score,
    ...(explain && {
      explain(query: RecommenderQuery) {
        const question = read(query);
        if (question.steps.items.length === 0) return undefined;
        return explain(personOf(question, query.longShort));
      },
    }),
    async scoreMany(queries) {
      // A gate that is set is not in the graph.
      if (explain && queries.some(({ longShort }) => longShort !== undefined)) return queries.map(score);
      const questions = queries.map(read);
      const hasSteps = ({ steps }: SequenceQuestion) => steps.items.length > 0;
      const asked = questions.filter(hasSteps);
      const answers: Float32Array[] = [];
      for (let from = 0; from < asked.length; from += scoredAtOnce) {
        answers.push(...(await through(asked.slice(from, from + scoredAtOnce))));
      }
      let next = 0;
      return questions.map((question) => (hasSteps(question) ? answers[next++] : popular()));
    },
    writeGraph: (path, { batch = 1, quantise = false } = {}) =>
      writeScorer(path, network(), reading, { batch, time: length, quantise }, composed),
    ...(Object.keys(space).length > 0 && { withItems: (items) => fitted(model, extended(all, items)) }),
    save() {
      const learned = learnedParameters(name, config, { catalogue, reading, length });
      return savedModel(
        { name, version: model.version, config },
        {
          ...weightTensors(learned, weights),
          ...featureTensors(catalogue.features),
          ...spaceTensors(space),
          ...interestTensors({ paths: reading.profile?.paths, nodes }),
          counts,
          length: Int32Array.of(length),
          ...(config.kinds && { kindWeights: Float32Array.from(reading.kindWeights) }),
        },
      );
    },
  };
}
