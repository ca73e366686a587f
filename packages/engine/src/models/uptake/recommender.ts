/**
 * A model of uptake as a recommender: it learns what people took up against items drawn from the catalogue, which are a no
 * because they were drawn and not because anybody turned them down, and puts the catalogue in order by
 *
 *     score(item) = ln(p / (1 - p)),   p the probability that the person takes the item up now.
 *
 * The features are those of every model of uptake, read for one history and all items at once. As many items are drawn for each
 * event as `drawnItems` says, so that p is right among so many and one, and its order right everywhere.
 */
import { assert, PenchantError } from "../../base/errors.ts";
import { type InteractionTable, interactionTable } from "../../core/interaction-table.ts";
import type {
  FittedRecommender,
  ModelFitOptions,
  ModelSetting,
  RecommenderModel,
  SavedModel,
  TrainingData,
} from "../../core/model.ts";
import type { Interaction } from "../../core/ports.ts";
import type { FittedUptake, UptakeExamples, UptakeModel } from "../../core/uptake.ts";
import { beginFit } from "../histories.ts";
import { readSaved, savedModel } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import { type AskedRange, askingDefaults, examplesOf } from "./examples.ts";
import { type FeatureSource, fitFeatures, type UptakeQuestions, withFeatures } from "./features/pipeline.ts";
import { readSource, sourceTensors } from "./features/saved-source.ts";

/** Settings that come with being a recommender. */
export interface UptakeRecommenderConfig {
  /** Newest events of a history that are read; 1 to 1,000. */
  readonly readEvents: number;
  /** Items drawn for each event; 1 to 100. */
  readonly drawnItems: number;
  /** Questions that are learned from at most, about events at even distances; 1 to 1e8. */
  readonly questionsMax: number;
}

const defaults: UptakeRecommenderConfig = { readEvents: 64, drawnItems: 4, questionsMax: 500_000 };

/** Of names of parts that are the recommender's own. */
const prefix = "features.";

/** Probabilities of 0 and 1 count as this far from them: scores are finite. */
const probabilityMin = 1e-12;

export function uptakeRecommender<Config extends object>(
  model: UptakeModel<Config>,
  description: string,
): RecommenderModel<Config & UptakeRecommenderConfig> {
  const { name } = model;
  return {
    name,
    description,
    defaults: { ...model.defaults, ...defaults },
    grid: model.grid,
    predicts: "ranking",
    scale: "logits",
    async fit(data, config, options) {
      const [own, inner] = divided<Config>(config);
      checkSettings(name, own, {
        readEvents: { min: 1, max: 1_000, integer: true },
        drawnItems: { min: 1, max: 100, integer: true },
        questionsMax: { min: 1, max: 1e8, integer: true },
      });
      beginFit(name, data, options);
      const { itemCount, items, vectors, interactions } = data;
      const source = fitFeatures(interactions, { itemCount, items, vectors });
      const fittedModel = await model.fit(
        { itemCount, items, vectors, ...examplesFrom(data, source, own, options) },
        inner,
        options,
      );
      return fitted(fittedModel, source, own);
    },
    load(saved) {
      const parts = Object.entries(saved.tensors);
      const of = (isOwn: boolean) => parts.filter(([part]) => part.startsWith(prefix) === isOwn);
      const stripped = of(true).map(([part, tensor]) => [part.slice(prefix.length), tensor] as const);
      const [own, inner] = divided<Config>(saved.config as unknown as Config & UptakeRecommenderConfig);
      const fittedModel = model.load({
        ...saved,
        config: inner as unknown as SavedModel["config"],
        tensors: Object.fromEntries(of(false)),
      });
      const reader = readSaved({ ...saved, tensors: Object.fromEntries(stripped) }, saved);
      if (!(own.readEvents >= 1)) {
        throw new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: the stored settings lack readEvents.`, {
          details: { model: name },
        });
      }
      return fitted(fittedModel, readSource(name, reader), own);
    },
  };
}

/** The recommender's own settings, and the model's. */
function divided<Config extends object>(config: Config & UptakeRecommenderConfig): [UptakeRecommenderConfig, Config] {
  const { readEvents, drawnItems, questionsMax, ...inner } = config;
  return [{ readEvents, drawnItems, questionsMax }, inner as unknown as Config];
}

function examplesFrom(
  { interactions, itemCount, validation = [] }: TrainingData,
  source: FeatureSource,
  { readEvents, drawnItems, questionsMax }: UptakeRecommenderConfig,
  { seed }: ModelFitOptions,
): { train: UptakeExamples; validation?: UptakeExamples } {
  const itemEvents = new Float64Array(itemCount).fill(1);
  const asking = { ...askingDefaults, negatives: drawnItems, historyMax: readEvents, keepsSeen: true };
  const examples = (histories: InteractionTable, ranges: AskedRange[], learnedFrom?: true): UptakeExamples => {
    const { questions, labels } = examplesOf(
      histories,
      ranges,
      itemEvents,
      { ...asking, question: "taken-up" },
      {
        seed,
        rowsMax: questionsMax,
        withoutHistory: true,
      },
    );
    return { ...withFeatures(questions, source, learnedFrom && { learnedFrom }), labels };
  };
  const { offsets } = interactions;
  const whole = Array.from(
    { length: offsets.length - 1 },
    (_, user): AskedRange => [user, offsets[user], offsets[user + 1]],
  );
  const train = examples(interactions, whole, true);
  if (validation.length === 0) return { train };
  // Each case as somebody whose last events are what is to be found.
  const lengths: number[] = [];
  const cases = interactionTable(
    validation.map(({ query: { history, at }, targets }) => {
      lengths.push(history.length);
      return [...history, ...targets.map((item): Interaction => ({ item, time: at + 1, weight: 1 }))];
    }),
  );
  const asked = lengths.map(
    (length, user): AskedRange => [user, cases.offsets[user] + length, cases.offsets[user + 1]],
  );
  return { train, validation: examples(cases, asked) };
}

function fitted(model: FittedUptake, source: FeatureSource, config: UptakeRecommenderConfig): FittedRecommender {
  const { itemCount } = source.statistics;
  const predictNow = model.predictNow?.bind(model);
  assert(predictNow !== undefined, `${model.name} answers at once`);
  const all = Int32Array.from({ length: itemCount }, (_, item) => item);
  return {
    name: model.name,
    score({ history, at }) {
      const known = history.filter(({ item }) => item >= 0 && item < itemCount).slice(-config.readEvents);
      const questions: UptakeQuestions = {
        histories: interactionTable([known]),
        users: new Int32Array(itemCount),
        starts: new Int32Array(itemCount),
        ends: new Int32Array(itemCount).fill(known.length),
        items: all,
        times: new Float64Array(itemCount).fill(at),
      };
      return Float32Array.from(predictNow(withFeatures(questions, source)), logit);
    },
    save() {
      const { name, version, config: inner, tensors } = model.save();
      const own = Object.entries(sourceTensors(source)).map(([part, tensor]) => [`${prefix}${part}`, tensor]);
      return savedModel(
        { name, version, config: { ...inner, ...(config as unknown as Record<string, ModelSetting>) } },
        { ...tensors, ...Object.fromEntries(own) },
      );
    },
  };
}

function logit(probability: number): number {
  const within = Math.min(1 - probabilityMin, Math.max(probabilityMin, probability));
  return Math.log(within / (1 - within));
}
