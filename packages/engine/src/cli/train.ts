/**
 * `penchant train`: a recommender trained on the engine's own log and kept in its registry, or fitted to a data set and stored
 * in a folder, where a long training goes on from where it stopped; or the engine's own intensities (`learn-decay.ts`).
 */
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import { systemClock } from "../base/time.ts";
import type { CurvePoint } from "../core/model.ts";
import type { Engine } from "../engine.ts";
import { wholeNumber } from "./arguments.ts";
import { hasDatabase } from "./backup/layout.ts";
import { readMapping } from "./config-file.ts";
import { learnDecay } from "./learn-decay.ts";
import { engineSettings, printResult, withEngine, withExample, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { trainedView } from "./view/models.ts";
import { counted, printable } from "./view/text.ts";
import { watchTraining } from "./watch.ts";

interface TrainOptions {
  readonly model: string;
  readonly data?: string;
  readonly mapping?: string;
  readonly set: readonly string[];
  readonly seed?: number;
  readonly output?: string;
  readonly promote?: true;
  readonly watch?: true;
  readonly json?: true;
}

const seedMax = 2 ** 31 - 1;

export function addTrain(program: Command, terminal: Terminal): void {
  const command = program
    .command("train")
    .description(
      "Train a recommender on what the engine has in its log, or on a data set. Cut off, it goes on from there when called again. " +
        "With --model intensity: learn from the engine's own events how interests fade and wake.",
    )
    .requiredOption("--model <name>", "which recommender, or intensity")
    .option(
      "--data <path>",
      'where the engine keeps its data (default: "./data"), or a data set: a folder (MovieLens and others), or one file of it',
    )
    .option("--set <setting=value>", "a setting of the model; may be repeated", collected, [])
    .option("--seed <number>", "of everything that is drawn", wholeNumber(0, seedMax))
    .option("--promote", "have it score in recommendations when it is not worse than the model that does")
    .option("--watch", "draw how a network's loss and figures go, epoch by epoch")
    .option("--output <folder>", 'of a data set: where the model is stored (default: "models/NAME")')
    .option(
      "--mapping <mapping>",
      'of a data set: columns of a table, "user=customer_id,item=sku,time=ts,type:purchase", or a JSON file',
    );
  withExample(command, "penchant train --model sasrec --set loss=sampled --promote");
  command.action(async (options: TrainOptions) => {
    if (options.model === "intensity") {
      await learnDecay(terminal, options);
      return;
    }
    if (isDataset(options)) {
      const result = await telling(terminal, options, (tell) => trainOnDataset(options, tell));
      printResult(
        terminal,
        options,
        result,
        ({ model, output, data, seconds }) =>
          `Trained ${printable(model)} on ${counted(data.interactions, "interaction")} in ${seconds.toFixed(1)} s; it is in ${printable(output)}.\n`,
      );
      return;
    }
    const { data } = options;
    const result = await withEngine(terminal, data === undefined ? {} : { data }, { create: false }, (engine) =>
      telling(terminal, options, (tell) => trainOnLog(options, engine, tell)),
    );
    printResult(terminal, options, result, trainedView);
  });
}

interface Tell {
  /** Part of the work done, 0 to 1, and what the model says of it. */
  readonly onProgress: (done: number, note?: string) => void;
  readonly onEpoch: (point: CurvePoint) => void;
}

/** Trains with a bar and a line for each epoch, or with the curve. */
async function telling<Result>(
  terminal: Terminal,
  { watch }: Pick<TrainOptions, "watch">,
  train: (tell: Tell) => Promise<Result>,
): Promise<Result> {
  if (watch) {
    const display = watchTraining(terminal);
    return train(display).finally(() => display.stop());
  }
  return withProgress(terminal, (listener) => {
    listener({ step: "Reading", done: 0, total: 0 });
    return train({
      onProgress(done, note) {
        listener({ step: "Training (percent)", done: Math.floor(100 * done), total: 100 });
        if (note !== undefined) terminal.stderr.write(`${printable(note)}\n`);
      },
      onEpoch: () => {},
    });
  });
}

/** A folder with a database is the engine's; anything else that is there is a data set. */
function isDataset(options: TrainOptions): boolean {
  const { data = engineSettings({}).dataDir } = options;
  const isOne = options.data !== undefined && existsSync(data) && !hasDatabase(data);
  const foreign = isOne ? (["promote"] as const) : (["output", "mapping"] as const);
  const misplaced = foreign.find((name) => options[name] !== undefined);
  if (misplaced === undefined) return isOne;
  const [expected, came] = isOne ? ["the engine's data", "a data set"] : ["a data set", "the engine's data"];
  throw new PenchantError(
    "PENCHANT_E_USAGE",
    `--${misplaced}: expected --data to be ${expected}, got ${came} (${data}).`,
  );
}

async function trainOnLog(options: TrainOptions, engine: Engine, tell: Tell) {
  const { model, config } = await settingsAsked(options);
  const { seed, promote } = options;
  const trained = await engine.train({
    model: model.name,
    config,
    ...(seed !== undefined && { seed }),
    ...(promote && { promote }),
    ...tell,
  });
  return { ...trained, promoted: engine.models.list().promoted === trained.id };
}

/** Which model, and the settings that differ from its defaults. */
async function settingsAsked({ model: name, set }: TrainOptions) {
  // Loaded here, so that other commands do not wait for the models.
  const { modelsNamed, settingsByModel } = await import("./evaluate/settings.ts");
  const [model, ...others] = modelsNamed(name, "--model");
  if (others.length > 0) {
    throw new PenchantError("PENCHANT_E_USAGE", `--model: expected one model, got ${JSON.stringify(name)}.`);
  }
  const words = set.map((word) => `${model.name}.${word}`);
  return { model, config: settingsByModel(words, [model]).get(model.name) ?? {} };
}

async function trainOnDataset(options: TrainOptions & { data?: string }, tell: Tell) {
  const { fingerprintOf } = await import("./evaluate/store.ts");
  const { readDataset } = await import("../import/datasets/read.ts");
  const { wholeTrainingData } = await import("../evaluate/training-data.ts");
  const { writeModelFolder } = await import("../models/model-folder.ts");
  const { commit } = await import("./circumstances.ts");
  const { rm } = await import("node:fs/promises");

  const { model, config: asked } = await settingsAsked(options);
  const config = { ...model.defaults, ...asked };
  const { dataset } = await readDataset(options.data ?? "", {
    clock: systemClock,
    ...(options.mapping !== undefined && { mapping: readMapping("events", options.mapping) }),
  });
  const output = options.output ?? join("models", model.name);
  const { seed = 1 } = options;
  // What was saved on the way is of these data, settings and seed, and of no others.
  const key = hash("sha256", JSON.stringify([fingerprintOf(dataset), model.name, config, seed]), "hex").slice(0, 12);
  const checkpoint = join(output, `training-${key}`);
  const started = systemClock.now();
  const curve: CurvePoint[] = [];
  const fitted = await model.fit(wholeTrainingData(dataset), config, {
    seed,
    checkpoint,
    onProgress: tell.onProgress,
    onEpoch(point) {
      curve.push(point);
      tell.onEpoch(point);
    },
  });
  const seconds = (systemClock.now() - started) / 1_000;
  const data = {
    name: dataset.name,
    users: dataset.users.length,
    items: dataset.items.length,
    interactions: dataset.interactions.items.length,
  };
  const facts = { data, seed, seconds, commit: commit() };
  const itemIds = dataset.items.map(({ id }) => id);
  const writeGraph = fitted.writeGraph && ((path: string) => fitted.writeGraph!(path));
  await writeModelFolder(output, fitted.save(), { ...facts, itemIds }, { writeGraph, curve });
  await rm(checkpoint, { recursive: true, force: true });
  return { model: model.name, output, config, ...facts };
}

function collected(word: string, before: readonly string[]): readonly string[] {
  return [...before, word];
}
