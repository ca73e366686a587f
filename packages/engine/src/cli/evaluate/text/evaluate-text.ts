/**
 * Embedders side by side on one data set: how well their vectors rank what comes next and what is new, how far a tree grown
 * from them agrees with classes that were held back, and how well they place texts that they have not seen.
 */
import { seededRandom } from "../../../base/random.ts";
import type { Dataset } from "../../../core/dataset.ts";
import type { EmbeddingCache } from "../../../core/ports.ts";
import type { ProgressListener } from "../../../engine.ts";
import type { Metric } from "../../../evaluate/ranking.ts";
import { type TextQuestions, textQuestions } from "../../../evaluate/text/questions.ts";
import { placementAccuracy, rankByVectors, treeAgreement } from "../../../evaluate/text/vectors.ts";
import { type DatasetOptions, readDataset } from "../../../import/datasets/read.ts";
import { itemText } from "../../../runtime/item-text.ts";
import type { EmbedderSettings } from "../../../text/open.ts";
import { commit, type Machine, machine } from "../../circumstances.ts";
import { type ClassifiedText, plainText, readTextCatalogue, type TextCatalogue } from "./catalogue.ts";
import { openSpace, type SpaceMaker } from "./spaces.ts";

export interface TextEvaluationRequest {
  readonly path: string;
  readonly reading: DatasetOptions;
  /** Names as in `spaces.ts`. */
  readonly embedders: readonly string[];
  readonly configured: EmbedderSettings;
  readonly seed: number;
  /** What was embedded, so that nothing is embedded twice, also after an evaluation that was cut off. */
  readonly cache: EmbeddingCache;
  /** Where models from the hub are kept. */
  readonly folder: string;
}

export interface TextEvaluation {
  readonly dataset: string;
  readonly protocol: { readonly name: "text" };
  /** The embedder. */
  readonly model: string;
  readonly config: object;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly users: number;
  readonly items: number;
  /** Texts that the tree was grown from, and free texts that were placed. */
  readonly classified: number;
  readonly tags: number;
  readonly seconds: number;
  readonly commit: string;
  readonly machine: Machine;
}

/** Questions below which a figure would say nothing. */
const questionsMin = 50;
const heldOutShare = 0.2;

export async function evaluateText(
  request: TextEvaluationRequest,
  onProgress: ProgressListener,
): Promise<TextEvaluation[]> {
  const { path, reading, embedders, seed } = request;
  onProgress({ step: "Reading", done: 0, total: 0 });
  const { dataset } = await readDataset(path, reading);
  const known = describedOnly(dataset);
  const questions = textQuestions(known, seed);
  const catalogue = await readTextCatalogue(path, dataset);
  const learnable = { histories: questions.histories, textOf: known.items.map(plainText) };
  const circumstances = { commit: commit(), machine: machine() };
  const results: TextEvaluation[] = [];
  for (const [done, name] of embedders.entries()) {
    onProgress({ step: `Measuring ${name}`, done, total: embedders.length });
    const started = performance.now();
    const space = await openSpace(name, request);
    try {
      const metrics = {
        ...(await ranking(space, known, questions, seed)),
        ...(await classes(space, catalogue, { ...learnable, seed })),
      };
      results.push({
        dataset: dataset.name,
        protocol: { name: "text" },
        model: space.name,
        config: {},
        seed,
        metrics,
        users: known.users.length,
        items: known.items.length,
        classified: catalogue.items.length,
        tags: catalogue.tags.length,
        seconds: (performance.now() - started) / 1_000,
        ...circumstances,
      });
    } finally {
      await space.close();
    }
  }
  return results;
}

async function ranking(
  space: SpaceMaker,
  dataset: Dataset,
  { next, cold, isCold, histories }: TextQuestions,
  seed: number,
): Promise<Record<string, Metric>> {
  if (next.length < questionsMin && cold.length < questionsMin) return {};
  const { vectors } = await space.fit(dataset.items.map(itemText), { histories, seed });
  const metrics: Record<string, Metric> = {};
  const note = (name: string, { HR, NDCG }: ReturnType<typeof rankByVectors>) => {
    metrics[`${name} HR@10`] = HR;
    metrics[`${name} NDCG@10`] = NDCG;
  };
  if (next.length >= questionsMin)
    note(
      "next",
      rankByVectors(next, vectors, () => true, seed),
    );
  if (cold.length >= questionsMin)
    note(
      "cold",
      rankByVectors(cold, vectors, (item) => isCold[item], seed),
    );
  return metrics;
}

async function classes(
  space: SpaceMaker,
  { items, tags }: TextCatalogue,
  { seed, histories, textOf }: { seed: number; histories: readonly Int32Array[]; textOf: readonly string[] },
): Promise<Record<string, Metric>> {
  if (items.length < questionsMin) return {};
  const metrics: Record<string, Metric> = {};
  const fitTo = (some: readonly ClassifiedText[]) => {
    const texts = some.map(({ text }) => text);
    const places = new Map(texts.map((text, place) => [text, place]));
    const place = textOf.map((text) => places.get(text) ?? -1);
    const placed = histories.map((history) => history.map((item) => place[item]).filter((at) => at >= 0));
    return space.fit(texts, { histories: placed, seed });
  };
  const all = await fitTo(items);
  const described = items.map(({ title, paths }) => ({ title, path: paths[0] }));
  for (const [level, { nmi, purity, groups }] of treeAgreement(described, all.vectors, seed).entries()) {
    metrics[`tree NMI level ${level + 1}`] = { value: nmi };
    metrics[`tree purity level ${level + 1}`] = { value: purity };
    metrics["tree interests"] = { value: groups };
  }
  const [held, kept] = divided(items, seed);
  const rest = await fitTo(kept);
  const placed = await rest.place(held.map(({ title }) => title));
  const texts = held.map(({ paths }, at) => ({ vector: placed[at], paths }));
  const known = kept.map(({ paths }, at) => ({ vector: rest.vectors[at], paths }));
  note("title", placementAccuracy(known, texts, seed));
  if (tags.length >= questionsMin) {
    const vectors = await all.place(tags.map(({ text }) => text));
    const whole = items.map(({ paths }, at) => ({ vector: all.vectors[at], paths }));
    note(
      "tag",
      placementAccuracy(
        whole,
        tags.map(({ paths }, at) => ({ vector: vectors[at], paths })),
        seed,
      ),
    );
  }
  return metrics;

  function note(name: string, levels: ReturnType<typeof placementAccuracy>): void {
    for (const [level, found] of levels.entries()) metrics[`${name} placed level ${level + 1}`] = found;
  }
}

function divided(items: readonly ClassifiedText[], seed: number): [held: ClassifiedText[], kept: ClassifiedText[]] {
  const random = seededRandom(seed);
  const held: ClassifiedText[] = [];
  const kept: ClassifiedText[] = [];
  for (const item of items) (random.uniform() < heldOutShare ? held : kept).push(item);
  return [held, kept];
}

/** Without the items of which nothing but the id is known: no words could tell of them. */
function describedOnly(dataset: Dataset): Dataset {
  const { items, interactions, users } = dataset;
  const { offsets } = interactions;
  const keyOf = new Map<number, number>();
  for (const [key, { id, title, text }] of items.entries()) {
    if (title !== id || text !== undefined) keyOf.set(key, keyOf.size);
  }
  const kept: number[] = [];
  const starts = [0];
  for (let user = 0; user < users.length; user++) {
    for (let at = offsets[user]; at < offsets[user + 1]; at++) if (keyOf.has(interactions.items[at])) kept.push(at);
    starts.push(kept.length);
  }
  return {
    ...dataset,
    items: items.filter((_, key) => keyOf.has(key)),
    interactions: {
      offsets: Int32Array.from(starts),
      items: Int32Array.from(kept, (at) => keyOf.get(interactions.items[at])!),
      times: Float64Array.from(kept, (at) => interactions.times[at]),
      weights: Float32Array.from(kept, (at) => interactions.weights[at]),
    },
  };
}
