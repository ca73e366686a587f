/**
 * One training, from the log's interactions to a model's folder: split, fit, measure on what was kept back, beside the
 * model that is promoted, and write. What a worker thread runs; time and seed are arguments.
 */
import { assert } from "../../base/errors.ts";
import { seededRandom } from "../../base/random.ts";
import type { Dataset } from "../../core/dataset.ts";
import type { InteractionTable } from "../../core/interaction-table.ts";
import type { Item } from "../../core/item.ts";
import type { CurvePoint, FittedRecommender, ModelSetting } from "../../core/model.ts";
import type { Recommender, RecommenderQuery } from "../../core/ports.ts";
import type { ModelValidation, RivalComparison, TrainedOn } from "../../core/registered-model.ts";
import { bootstrapMeans, pairedDifference } from "../../evaluate/bootstrap.ts";
import { type CaseTable, caseAt, caseCount } from "../../evaluate/cases.ts";
import { meanOf } from "../../evaluate/measure.ts";
import { listContext } from "../../evaluate/metrics/lists.ts";
import { type RankingOutcome, rankAll } from "../../evaluate/ranking.ts";
import { trainingDataOf } from "../../evaluate/training-data.ts";
import { loadModelFolder, modelNamed } from "../../models/load.ts";
import { writeModelFolder } from "../../models/model-folder.ts";
import type { TrainedFacts } from "../../models/stored-model.ts";
import { commit } from "../commit.ts";
import { KeyMap } from "../serving/key-map.ts";
import { validationSplit } from "./validation-split.ts";

/** Plain data. */
export interface TrainingWork {
  readonly model: string;
  readonly config: Readonly<Record<string, ModelSetting>>;
  readonly seed: number;
  /** By key. */
  readonly items: readonly Item[];
  /** Every user's interactions in order of time. */
  readonly table: InteractionTable;
  /** Place in the log up to which it was read. */
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly trainedAt: number;
  /** Where the model is to be written. */
  readonly folder: string;
  readonly checkpoint: string;
  /** The model that is promoted, and the time of the last event that it can have learned from. */
  readonly rival?: {
    readonly id: string;
    readonly folder: string;
    readonly itemIds: readonly string[];
    readonly to: number;
  };
}

export interface TrainingListeners {
  readonly onProgress: (done: number, note?: string) => void;
  /** Of a network, after each epoch. */
  readonly onEpoch: (point: CurvePoint) => void;
}

/** Of the progress, the part that fitting takes. */
const fitShare = 0.9;
const listLength = 10;
const told = ["NDCG", "HR", "MRR"].map((name) => `${name}@${listLength}`);
const decisive = told[0];
/** Every question is another person's. Fewer resamples than a published figure has: the bounds are good to a tenth of their width. */
const resamples = 1_000;

/** @throws what the model's fit throws: PENCHANT_E_MODEL_CONFIG, PENCHANT_E_MODEL_DATA and others */
export async function trainModel(
  work: TrainingWork,
  { onProgress, onEpoch, signal }: TrainingListeners & { readonly signal: AbortSignal },
): Promise<ModelValidation> {
  const { config, seed, items, table, position, trainedAt, folder, checkpoint } = work;
  const { model } = await modelNamed(work.model);
  assert(model !== undefined, `there is a model named ${work.model}`);
  const started = performance.now();
  const { train, questions } = validationSplit(table);
  const dataset: Dataset = { name: "log", users: [], items, interactions: table, timing: "times" };
  const curve: CurvePoint[] = [];
  const fitted = await model.fit(trainingDataOf(dataset, { train, stopping: questions }), config, {
    seed,
    checkpoint,
    signal,
    onProgress: (done, note) => onProgress(done * fitShare, note),
    onEpoch(point) {
      curve.push(point);
      onEpoch(point);
    },
  });
  onProgress(fitShare);
  const validation = await measured(work, { name: model.name, fitted, train, questions });
  const facts: TrainedFacts = {
    seed,
    commit: commit(),
    trainedAt,
    seconds: (performance.now() - started) / 1_000,
    data: {
      ...span(table),
      position,
      users: table.offsets.length - 1,
      items: items.length,
      interactions: table.items.length,
    },
    validation,
    itemIds: items.map(({ id }) => id),
  };
  const writeGraph = fitted.writeGraph && ((path: string) => fitted.writeGraph!(path));
  await writeModelFolder(folder, fitted.save(), facts, { writeGraph, curve });
  onProgress(1);
  return validation;
}

interface Measured {
  readonly name: string;
  readonly fitted: FittedRecommender;
  readonly train: InteractionTable;
  readonly questions: CaseTable;
}

async function measured(
  { items, rival, seed }: TrainingWork,
  { name, fitted, train, questions }: Measured,
): Promise<ModelValidation> {
  const count = caseCount(questions);
  if (count === 0) return { questions: 0, metrics: {} };
  const options = { ks: [listLength], context: listContext(train, items) };
  const ask = (recommender: Recommender, numbers: readonly number[]) =>
    rankAll(recommender, numbers.length, (index) => caseAt(questions, numbers[index]), options);
  const all = Array.from({ length: count }, (_, index) => index);
  const own = await ask({ name, score: (query) => fitted.score(query) }, all);
  const intervals = bootstrapMeans(
    told.map((metric) => own.perCase[metric]),
    seededRandom(seed),
    { resamples },
  );
  const metrics = Object.fromEntries(told.map((metric, index) => [metric, intervals[index]]));
  if (rival === undefined) return { questions: count, metrics };
  // What the rival can have learned it is not asked.
  const { source, targetOffsets, targetPlaces } = questions;
  const fair = all.filter((index) => source.times[targetPlaces[targetOffsets[index]]] > rival.to);
  if (fair.length === 0) {
    return { questions: count, metrics, rival: { model: rival.id, questions: 0, own: 0, rivals: 0 } };
  }
  const theirs = await ask(await rivalRecommender(rival, items), fair);
  return { questions: count, metrics, rival: compared({ model: rival.id, seed }, own, theirs, fair) };
}

function compared(
  { model, seed }: { model: string; seed: number },
  own: RankingOutcome,
  theirs: RankingOutcome,
  numbers: readonly number[],
): RivalComparison {
  const values = numbers.map((index) => own.perCase[decisive][index]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const difference = pairedDifference(values, theirs.perCase[decisive], seededRandom(seed), { resamples });
  return { model, questions: numbers.length, own: mean, rivals: meanOf(theirs, decisive), difference };
}

/** The promoted model, asked by today's item keys; items that it neither knows nor can place come last. */
async function rivalRecommender(
  { id, folder, itemIds }: NonNullable<TrainingWork["rival"]>,
  items: readonly Item[],
): Promise<Recommender> {
  const { fitted: trained } = await loadModelFolder(folder);
  const known = new Set(itemIds);
  const later = items.filter(({ id }) => !known.has(id));
  const fitted = trained.withItems?.(later) ?? trained;
  const keys = new Map(items.map((item, key) => [item.id, key]));
  const ids = fitted === trained ? itemIds : [...itemIds, ...later.map(({ id }) => id)];
  const map = new KeyMap(ids, (item) => keys.get(item), items.length);
  return {
    name: id,
    score({ history, at }: RecommenderQuery) {
      const scores = fitted.score({ history: map.read(history), at });
      return map.spread(scores, scores.reduce((least, score) => Math.min(least, score)) - 1);
    },
  };
}

/** Times of the first and the last event. */
function span({ times }: InteractionTable): Pick<TrainedOn, "from" | "to"> {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of times) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return { from, to };
}
