/**
 * What each help is worth that the networks of uptake have against learning by heart: `liked` on the test, one thing at a time
 * changed from a network's defaults, the mean of some seeds, beside those defaults and paired by user. One thread, so that the
 * numbers are the same on every run.
 *
 * `--data FOLDER` takes any data set with values, `--users` draws so many of its people. `--rows` measures the first so many rows alone.
 */
import { assert } from "../packages/engine/src/base/errors.ts";
import { systemClock } from "../packages/engine/src/base/time.ts";
import { uptakeProtocolDefaults } from "../packages/engine/src/cli/evaluate/uptake/protocol.ts";
import { type UptakeTables, uptakeTables, withUsersOf } from "../packages/engine/src/cli/evaluate/uptake/tables.ts";
import { overSeeds } from "../packages/engine/src/evaluate/bootstrap.ts";
import type { ModelConfig } from "../packages/engine/src/evaluate/measure.ts";
import { intervalOf, type SampledFigures } from "../packages/engine/src/evaluate/uptake/figures.ts";
import { measureUptake } from "../packages/engine/src/evaluate/uptake/measure.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { uptakeModels } from "../packages/engine/src/models/uptake/all.ts";
import { benchmark, tell } from "./support/benchmark.ts";
import { bundled } from "./support/sample.ts";

interface Row {
  readonly name: string;
  readonly model: "ctr" | "lstm-attention";
  /** Beside the defaults. */
  readonly changes: ModelConfig;
  /** Nothing says when to stop, and nothing calibrates. */
  readonly withoutValidation?: true;
}

/** Epochs at most; where nothing says when to stop, all of them. */
const epochs = 8;
const rowsToMeasure: readonly Row[] = [
  { name: "ctr", model: "ctr", changes: {} },
  { name: `all of ${epochs} epochs, not calibrated`, model: "ctr", changes: {}, withoutValidation: true },
  { name: "not calibrated", model: "ctr", changes: { calibration: "none" } },
  { name: "calibrated by a rising step function", model: "ctr", changes: { calibration: "isotonic" } },
  { name: "nothing is dropped", model: "ctr", changes: { dropout: 0, ownDropout: 0 } },
  { name: "dropout .3", model: "ctr", changes: { dropout: 0.3 } },
  { name: "no weight decay", model: "ctr", changes: { weightDecay: 0 } },
  { name: "weight decay 1", model: "ctr", changes: { weightDecay: 1 } },
  { name: "balanced classes", model: "ctr", changes: { classWeights: "balanced" } },
  { name: "lstm-attention", model: "lstm-attention", changes: {} },
  { name: "up to .3 of a window cut off", model: "lstm-attention", changes: { crop: 0.3 } },
  { name: ".3 of the items hidden", model: "lstm-attention", changes: { mask: 0.3 } },
  { name: ".3 of a window shuffled", model: "lstm-attention", changes: { reorder: 0.3 } },
];

const metrics = ["AUC", "logLoss", "expectedCalibrationError"] as const;

await benchmark(
  "uptake-ablations",
  { users: 300, seeds: 2, rows: rowsToMeasure.length },
  async ({ data, users, seeds, rows }) => {
    const { dataset: whole } = await readDataset(data ?? bundled, { clock: systemClock });
    const protocol = { ...uptakeProtocolDefaults, question: "liked" as const, usersMax: users };
    const dataset = withUsersOf(whole, protocol);
    const tables = uptakeTables(dataset, protocol);
    const measured: { row: Row; runs: SampledFigures[] }[] = [];
    for (const row of rowsToMeasure.slice(0, rows)) {
      const runs: SampledFigures[] = [];
      for (let seed = 1; seed <= seeds; seed++) runs.push(await measure(row, tables, seed));
      measured.push({ row, runs });
      tell(
        `${row.name}: AUC ${meanOf(runs, "AUC").value.toFixed(4)}, log loss ${meanOf(runs, "logLoss").value.toFixed(4)}`,
      );
    }
    return {
      dataset: dataset.name,
      users: dataset.users.length,
      learnedFrom: tables.data.train.labels.length,
      test: tables.test.labels.length,
      rows: measured.map(({ row, runs }) => {
        const base = measured.find((one) => one.row.model === row.model)!;
        return {
          name: row.name,
          ...Object.fromEntries(metrics.map((metric) => [metric, meanOf(runs, metric).value])),
          ...(base.row !== row && {
            overDefaults: Object.fromEntries(metrics.map((metric) => [metric, less(runs, base.runs, metric)])),
          }),
        };
      }),
    };
  },
);

function measure({ model: name, changes, withoutValidation }: Row, tables: UptakeTables, seed: number) {
  const model = uptakeModels.find((one) => one.name === name);
  assert(model !== undefined, `${name} is one of the models`);
  const { validation: _, ...data } = tables.data;
  const learnedFrom = withoutValidation ? { ...tables, data } : tables;
  return measureUptake(model, learnedFrom, { config: { epochs, threads: 1, ...changes }, seed, on: "test" });
}

/** Over seeds, draw by draw. */
function meanOf(runs: readonly SampledFigures[], metric: (typeof metrics)[number]) {
  return {
    value: overSeeds(runs.map(({ figures }) => figures[metric])).mean,
    samples: runs[0].samples[metric].map((_, draw) => overSeeds(runs.map(({ samples }) => samples[metric][draw])).mean),
  };
}

function less(runs: readonly SampledFigures[], base: readonly SampledFigures[], metric: (typeof metrics)[number]) {
  const [own, theirs] = [meanOf(runs, metric), meanOf(base, metric)];
  return intervalOf(
    own.value - theirs.value,
    own.samples.map((sample, draw) => sample - theirs.samples[draw]),
  );
}
