/**
 * Classical recommenders: seconds to fit EASE and SLIM, seconds per iteration of implicit ALS, and seconds to rank all items
 * for all users, each with what it reaches under leave-one-out (the last item of every user held out, the one before it in
 * the question only). Beside implicit ALS stands Python's `implicit` on the same split in the same run, where Python has it
 * and the data is a file of sequences (`rivals/implicit_als.py`; `PYTHON` names the interpreter). Its regularisation is
 * constant and ours goes by confidence; both are at values chosen on MovieLens-1M's validation items.
 *
 * Without `--data FOLDER` there is nothing to measure: the bundled sample is too small for a time to mean anything.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { systemClock } from "../packages/engine/src/base/time.ts";
import { type InteractionTable, interactionTable } from "../packages/engine/src/core/interaction-table.ts";
import type { FittedRecommender, RecommenderModel } from "../packages/engine/src/core/model.ts";
import type { Interaction } from "../packages/engine/src/core/ports.ts";
import { topItems } from "../packages/engine/src/core/top-items.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { ease } from "../packages/engine/src/models/ease.ts";
import { ials } from "../packages/engine/src/models/ials/ials.ts";
import { slim } from "../packages/engine/src/models/slim.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";

const k = 10;

const { values: given } = parseArgs({ strict: false });
if (given.data === undefined) {
  tell("bench:models measures on a data set of yours: give --data FOLDER, for example MovieLens-1M's. Skipped.");
} else {
  await benchmark("models", { seed: 1, iterations: 15, factors: 64 }, async ({ data, seed, iterations, factors }) => {
    const folder = data ?? "";
    const { dataset } = await readDataset(folder, { clock: systemClock });
    const itemCount = dataset.items.length;
    const histories = historiesOf(dataset.interactions).filter(({ length }) => length >= 3);
    const training = { itemCount, interactions: interactionTable(histories.map((history) => history.slice(0, -2))) };

    const measure = async <Config extends object>(model: RecommenderModel<Config>, settings: Partial<Config>) => {
      tell(`Fitting ${model.name}`);
      const ends: number[] = [];
      const started = performance.now();
      const fitted = await model.fit(
        training,
        { ...model.defaults, ...settings },
        { seed, onProgress: () => ends.push(performance.now()) },
      );
      const fitSeconds = (performance.now() - started) / 1_000;
      const parts = ends.map((end, part) => (end - (ends[part - 1] ?? started)) / 1_000);
      return { model: model.name, fitSeconds, parts, ...rankAll(fitted, histories) };
    };

    const { parts: _, ...closedForm } = await measure(ease, {});
    const { parts: __, ...sparse } = await measure(slim, {});
    const { parts: turns, ...alternating } = await measure(ials, { factors, iterations });
    // The first turn includes reading the data into place.
    const secondsPerIteration = median(turns.slice(1));
    return {
      users: histories.length,
      items: itemCount,
      interactions: dataset.interactions.items.length,
      models: [closedForm, sparse, { ...alternating, secondsPerIteration }],
      rival: await rival(folder, factors, iterations),
    };
  });
}

function historiesOf({ offsets, items, times, weights }: InteractionTable): Interaction[][] {
  return Array.from({ length: offsets.length - 1 }, (_, user) =>
    Array.from({ length: offsets[user + 1] - offsets[user] }, (_, index) => {
      const at = offsets[user] + index;
      return { item: items[at], time: times[at], weight: weights[at] };
    }),
  );
}

/** Ranks all items but the history's for every user, and looks for the last one. */
function rankAll(fitted: FittedRecommender, histories: readonly Interaction[][]): Figures {
  const started = performance.now();
  let hits = 0;
  let gain = 0;
  for (const history of histories) {
    const known = new Set(history.slice(0, -1).map(({ item }) => item));
    const scores = fitted.score({ history: history.slice(0, -1), at: history.at(-1)!.time });
    const place = topItems(scores, k, (item) => !known.has(item), fitted.name).indexOf(history.at(-1)!.item);
    if (place < 0) continue;
    hits += 1;
    gain += 1 / Math.log2(place + 2);
  }
  const rankSeconds = (performance.now() - started) / 1_000;
  return { rankSeconds, [`HR@${k}`]: hits / histories.length, [`NDCG@${k}`]: gain / histories.length };
}

async function rival(folder: string, factors: number, iterations: number): Promise<Figures | string> {
  const file = existsSync(folder) ? readdirSync(folder).find((name) => /^sequences.*\.gz$/.test(name)) : undefined;
  if (file === undefined) return "not measured: the folder has no file of sequences";
  tell("Fitting implicit ALS by Python's implicit");
  const script = join(import.meta.dirname, "rivals/implicit_als.py");
  const words = [script, join(folder, file), "--factors", `${factors}`, "--iterations", `${iterations}`];
  try {
    const { stdout } = await promisify(execFile)(process.env.PYTHON ?? "python3", words);
    return JSON.parse(stdout) as Figures;
  } catch (error) {
    return `not measured: ${(error as Error).message.trim().split("\n").at(-1)}`;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
