/**
 * `penchant train`: a recommender fitted to a data set and stored in a folder, where a long training goes on from where it
 * stopped; or the engine's own intensities (`learn-decay.ts`).
 */
import { hash } from "node:crypto";
import { join } from "node:path";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import { systemClock } from "../base/time.ts";
import { wholeNumber } from "./arguments.ts";
import { readMapping } from "./config-file.ts";
import { learnDecay } from "./learn-decay.ts";
import { printResult, withExample, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { counted, printable } from "./view/text.ts";

interface TrainOptions {
  readonly model: string;
  readonly data: string;
  readonly mapping?: string;
  readonly set: readonly string[];
  readonly seed: number;
  readonly output?: string;
  readonly json?: true;
}

const seedMax = 2 ** 31 - 1;

export function addTrain(program: Command, terminal: Terminal): void {
  const command = program
    .command("train")
    .description(
      "Fit a recommender to a data set and store it. Cut off, it goes on from there when called again. " +
        "With --model intensity: learn from the engine's own events how interests fade and wake.",
    )
    .requiredOption("--model <name>", "which recommender, or intensity")
    .requiredOption(
      "--data <path>",
      "a folder with a data set (MovieLens and others), or one file of it; with --model intensity: the engine's data",
    )
    .option(
      "--mapping <mapping>",
      'columns of a table: "user=customer_id,item=sku,time=ts,type:purchase", or a JSON file',
    )
    .option("--set <setting=value>", "a setting of the model; may be repeated", collected, [])
    .option("--seed <number>", "of everything that is drawn", wholeNumber(0, seedMax), 1)
    .option("--output <folder>", 'where the model is stored (default: "models/NAME")');
  withExample(command, "penchant train --model sasrec --data ml-1m --set loss=sampled --output models/sasrec");
  command.action(async (options: TrainOptions) => {
    if (options.model === "intensity") {
      await learnDecay(terminal, options);
      return;
    }
    const result = await withProgress(terminal, async (onProgress) => {
      onProgress({ step: "Reading", done: 0, total: 0 });
      return train(options, {
        onProgress: (done) => onProgress({ step: "Training (percent)", done: Math.floor(100 * done), total: 100 }),
        say: (line) => terminal.stderr.write(`${printable(line)}\n`),
      });
    });
    printResult(
      terminal,
      options,
      result,
      ({ model, output, data, seconds }) =>
        `Trained ${printable(model)} on ${counted(data.interactions, "interaction")} in ${seconds.toFixed(1)} s; it is in ${printable(output)}.\n`,
    );
  });
}

async function train(options: TrainOptions, tell: { onProgress: (done: number) => void; say: (line: string) => void }) {
  // Loaded here, so that other commands do not wait for the models.
  const { modelsNamed, settingsByModel } = await import("./evaluate/settings.ts");
  const { fingerprintOf } = await import("./evaluate/store.ts");
  const { readDataset } = await import("../import/datasets/read.ts");
  const { wholeTrainingData } = await import("../evaluate/training-data.ts");
  const { writeModelFolder } = await import("../models/model-folder.ts");
  const { commit } = await import("./circumstances.ts");
  const { rm } = await import("node:fs/promises");

  const [model, ...others] = modelsNamed(options.model);
  if (others.length > 0) {
    throw new PenchantError("PENCHANT_E_USAGE", `--model: expected one model, got ${JSON.stringify(options.model)}.`);
  }
  const words = options.set.map((word) => `${model.name}.${word}`);
  const config = { ...model.defaults, ...settingsByModel(words, [model]).get(model.name) };
  const { dataset } = await readDataset(options.data, {
    clock: systemClock,
    ...(options.mapping !== undefined && { mapping: readMapping("events", options.mapping) }),
  });
  const output = options.output ?? join("models", model.name);
  const { seed } = options;
  // What was saved on the way is of these data, settings and seed, and of no others.
  const key = hash("sha256", JSON.stringify([fingerprintOf(dataset), model.name, config, seed]), "hex").slice(0, 12);
  const checkpoint = join(output, `training-${key}`);
  const started = systemClock.now();
  const fitted = await model.fit(wholeTrainingData(dataset), config, {
    seed,
    checkpoint,
    onProgress(done, note) {
      tell.onProgress(done);
      if (note !== undefined) tell.say(note);
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
  await writeModelFolder(output, fitted.save(), { ...facts, itemIds: dataset.items.map(({ id }) => id) });
  await rm(checkpoint, { recursive: true, force: true });
  return { model: model.name, output, config, ...facts };
}

function collected(word: string, before: readonly string[]): readonly string[] {
  return [...before, word];
}
