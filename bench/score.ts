/**
 * Scoring with a sequence model (`sasrec` at its defaults) as the engine does it: milliseconds from a user's raw events to
 * the 100 best items, over the 3,416 items of MovieLens-1M and a made-up catalogue of 100,000, for histories of 64 events (what
 * a recommendation reads) and of 200 (all that the model does).
 *
 *   served     through the thread of a promoted model, with the delay of the event loop meanwhile
 *   inPlace    the same sums on the calling thread
 *   batch      64 users at once through ONNX Runtime, per user
 *   float32, int8   the model's ONNX file on plain ONNX Runtime, one user and 64 at once, on one thread
 *
 * Beside them stands the least that scoring can take: the products of all items' rows with one vector. Weights are as they
 * are before training, because times do not depend on them; what 8-bit integers lose does, so that a network is trained on
 * the bundled sample (or `--data FOLDER`) for a few epochs, and asked for every user's last item.
 */
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { systemClock } from "../packages/engine/src/base/time.ts";
import { interactionTable } from "../packages/engine/src/core/interaction-table.ts";
import type { FittedRecommender } from "../packages/engine/src/core/model.ts";
import type { Interaction } from "../packages/engine/src/core/ports.ts";
import { RowMatrix } from "../packages/engine/src/core/row-matrix.ts";
import { topItems } from "../packages/engine/src/core/top-items.ts";
import { caseAt, caseCount } from "../packages/engine/src/evaluate/cases.ts";
import { accuracy } from "../packages/engine/src/evaluate/metrics/accuracy.ts";
import { protocolDefaults } from "../packages/engine/src/evaluate/splits/protocol.ts";
import { splitDataset } from "../packages/engine/src/evaluate/splits/split.ts";
import { trainingDataOf } from "../packages/engine/src/evaluate/training-data.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { writeModelFolder } from "../packages/engine/src/models/model-folder.ts";
import { sasrec } from "../packages/engine/src/models/sasrec/sasrec.ts";
import type { StoredModel } from "../packages/engine/src/models/stored-model.ts";
import { openServedModel } from "../packages/engine/src/runtime/serving/served-model.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { openOnnxScorer } from "./support/onnx-scorer.ts";
import { bundled, withFolder } from "./support/sample.ts";
import { timings } from "./support/timings.ts";

const listLength = 100;
const together = 64;
const time = 200;
const metricLength = 10;
const at = Date.UTC(2026, 0, 1);
const options = { items: 3_416, manyItems: 100_000, rounds: 300, batches: 10, epochs: 10, threads: 1, seed: 1 };
type Options = typeof options;

await benchmark("score", options, async ({ data, ...given }) =>
  withFolder(async (folder) => ({
    listLength,
    catalogues: [await measure(given.items, given, folder), await measure(given.manyItems, given, folder)],
    quality: await quality(data ?? bundled, given, folder),
  })),
);

/** A network as it is before it has learned anything: trained for one step of one person. */
async function untrained(items: number, seed: number): Promise<FittedRecommender> {
  const interactions = interactionTable([randomHistory(items, time + 1, seed)]);
  const config = { ...sasrec.defaults, loss: "sampled" as const, negatives: 1, epochs: 1, length: time };
  return sasrec.fit({ itemCount: items, interactions }, config, { seed });
}

function randomHistory(items: number, length: number, seed: number): Interaction[] {
  const random = seededRandom(seed);
  return Array.from({ length }, (_, step) => ({ item: random.integer(items), time: at + step, weight: 1 }));
}

function bestOf(scores: Float32Array, history: readonly Interaction[]): number[] {
  const seen = new Set(history.map(({ item }) => item));
  return topItems(scores, Math.min(listLength, scores.length), (item) => !seen.has(item), "sasrec");
}

function keysOf(history: readonly Interaction[]): number[] {
  return history.map(({ item }) => item);
}

/** Milliseconds of each of some rounds, after a few that only warm up. */
async function timed(rounds: number, work: (round: number) => unknown): Promise<number[]> {
  const samples: number[] = [];
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    const started = performance.now();
    await work(Math.abs(round));
    if (round >= 0) samples.push(performance.now() - started);
    // As between two requests.
    await setImmediate();
  }
  return samples;
}

async function measure(items: number, { rounds, batches, threads, seed }: Options, folder: string): Promise<Figures> {
  tell(`Scoring ${items} items`);
  const fitted = await untrained(items, seed);
  const home = join(folder, `sasrec-${items}`);
  await writeModelFolder(home, fitted.save(), {});
  const histories = Object.fromEntries(
    [64, time].map((length) => {
      const many = Array.from({ length: together }, (_, user) => randomHistory(items, length, seed + user));
      return [length, many];
    }),
  );
  const served = await openServedModel({ id: "sasrec-1", name: "sasrec", itemIds: [] } as unknown as StoredModel, home);
  const own: Record<string, Figures> = {};
  for (const [length, many] of Object.entries(histories)) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const throughThread = await timed(rounds, async (round) => {
      const history = many[round % together];
      bestOf((await served.score({ history, at }, false)).amounts, history);
    });
    delay.disable();
    const inPlace = await timed(rounds, (round) => {
      const history = many[round % together];
      bestOf(fitted.score({ history, at }), history);
    });
    own[`${length} events`] = {
      served: timings(throughThread),
      // The monitor wakes every millisecond; what it says beyond is what others had to wait.
      eventLoopDelay: { p99Ms: delay.percentile(99) / 1e6 - 1, maxMs: delay.max / 1e6 - 1 },
      inPlace: timings(inPlace),
    };
  }
  await served.close();

  const many = histories[time];
  const perUser = (samples: readonly number[]) => timings(samples.map((sample) => sample / together));
  const batch = await timed(batches, async () => {
    const scores = await fitted.scoreMany!(many.map((history) => ({ history, at })));
    for (const [user, history] of many.entries()) bestOf(scores[user], history);
  });
  const files: Record<string, Figures> = {};
  for (const quantise of [false, true]) {
    const name = quantise ? "int8" : "float32";
    const path = join(folder, `${name}.onnx`);
    const one = await openOnnxScorer(fitted, path, { batch: 1, time, quantise, threads });
    const single = await timed(rounds, async (round) => {
      const history = many[round % together];
      bestOf((await one.score([keysOf(history)]))[0], history);
    });
    await one.close();
    const all = await openOnnxScorer(fitted, path, { batch: together, time, quantise, threads });
    const batched = await timed(batches, async () => {
      const scores = await all.score(many.map(keysOf));
      for (const [user, history] of many.entries()) bestOf(scores[user], history);
    });
    await all.close();
    files[name] = { single: timings(single), batchPerUser: perUser(batched) };
  }
  return { items, ...own, batchPerUser: perUser(batch), onnx: files, productsAlone: await products(items, rounds) };
}

/** The products of all items' rows with one vector: no exact scoring takes less. */
async function products(items: number, rounds: number): Promise<Figures> {
  const { width } = sasrec.defaults;
  const matrix = new RowMatrix(width);
  const row = new Float32Array(width).fill(0.5);
  for (let item = items - 1; item >= 0; item--) matrix.set(item, row);
  const into = new Float32Array(items);
  return { ...timings(await timed(rounds, () => matrix.products(row, into))) };
}

/** What a network that has learned something loses as 8-bit integers, by NDCG on every user's last item. */
async function quality(data: string, { epochs, threads, seed }: Options, folder: string): Promise<Figures> {
  const { dataset } = await readDataset(data, { clock: systemClock });
  const { final } = splitDataset(dataset, { name: "leave-one-out", ...protocolDefaults });
  tell(`Training on ${dataset.name} for ${epochs} epochs`);
  const fitted = await sasrec.fit(
    trainingDataOf(dataset, final),
    { ...sasrec.defaults, epochs },
    { seed, onProgress: (_, note) => note && tell(note) },
  );
  const [length] = fitted.save().tensors.length.values;
  const cases = Array.from({ length: caseCount(final.questions) }, (_, index) => caseAt(final.questions, index));
  const ndcgOf = async (score: (history: readonly Interaction[]) => Promise<Float32Array> | Float32Array) => {
    let sum = 0;
    for (const { query, seen, targets } of cases) {
      const scores = await score(query.history);
      const list = topItems(scores, metricLength, (item) => !seen.has(item), "sasrec");
      sum += accuracy(list, new Set(targets), metricLength).NDCG;
    }
    return sum / cases.length;
  };
  const ofFile = async (quantise: boolean) => {
    const path = join(folder, "quality.onnx");
    const scorer = await openOnnxScorer(fitted, path, { batch: 1, time: length, quantise, threads });
    const ndcg = await ndcgOf(async (history) => (await scorer.score([keysOf(history)]))[0]);
    await scorer.close();
    return ndcg;
  };
  const [float32, int8] = [await ofFile(false), await ofFile(true)];
  return {
    dataset: dataset.name,
    users: cases.length,
    items: dataset.items.length,
    epochs,
    [`NDCG@${metricLength}`]: { inPlace: await ndcgOf((history) => fitted.score({ history, at })), float32, int8 },
    int8Loss: (float32 - int8) / float32,
  };
}
