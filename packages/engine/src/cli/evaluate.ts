/** `penchant evaluate`: recommenders fitted and measured on a data set, side by side. */
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import { PenchantError } from "../base/errors.ts";
import { systemClock } from "../base/time.ts";
import {
  type ProtocolName,
  protocolDefaults,
  protocolNames,
  type TemporalTargets,
  temporalTargets,
} from "../evaluate/splits/protocol.ts";
import { share, wholeNumber } from "./arguments.ts";
import { readMapping } from "./config-file.ts";
import { engineSettings, printResult, withExample, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { evaluationView } from "./view/evaluation.ts";
import { textEvaluationView } from "./view/text-evaluation.ts";

interface EvaluateOptions {
  readonly task: "ranking" | "text";
  readonly embedders: string;
  readonly dataset: string;
  readonly protocol: ProtocolName;
  readonly models?: string;
  readonly seeds: number;
  readonly k: string;
  readonly metric?: string;
  readonly set: readonly string[];
  readonly tune?: true;
  readonly mapping?: string;
  readonly quantile: number;
  readonly targets: TemporalTargets;
  readonly core: number;
  readonly minimumValue: number;
  readonly keepSeen?: true;
  readonly results: string;
  readonly fresh?: true;
  readonly parallel: number;
  readonly report?: string;
  readonly json?: true;
}

/** More seeds say nothing more about a spread, and more processes than cores only wait for each other. */
const seedsMax = 100;
const parallelMax = 64;

export function addEvaluate(program: Command, terminal: Terminal): void {
  const command = program
    .command("evaluate")
    .description("Fit recommenders to a data set and measure how well they find what came next, by full ranking.")
    .requiredOption("--dataset <path>", "a folder with a data set (MovieLens and others), or one file of it")
    .addOption(
      new Option("--task <name>", "recommenders by ranking, or embedders of texts")
        .choices(["ranking", "text"])
        .default("ranking" as const),
    )
    .option(
      "--embedders <names>",
      'text: which, with commas between; "a+b" fuses two, "configured" is what penchant.config.json says',
      "lexical,use-lite,lexical+use-lite",
    )
    .addOption(
      new Option("--protocol <name>", "what is held out").choices(protocolNames).default("leave-one-out" as const),
    )
    .option("--models <names>", "which recommenders, with commas between (default: all that rank)")
    .option("--seeds <number>", "fit each so many times, with seeds from 1", wholeNumber(1, seedsMax), 1)
    .option("--k <lengths>", "lengths of list to measure", "10")
    .option("--metric <name>", "what settings are chosen by and models compared by (default: NDCG at the first length)")
    .option("--set <model.setting=value>", "a model's setting; may be repeated", collected, [])
    .option("--tune", "choose settings by what they reach on validation, out of each model's grid")
    .option(
      "--mapping <mapping>",
      'columns of a table: "user=customer_id,item=sku,time=ts,type:purchase", or a JSON file',
    )
    .option(
      "--quantile <share>",
      "temporal, session: the part of all events before the test",
      share,
      protocolDefaults.quantile,
    )
    .addOption(
      new Option("--targets <which>", "temporal: which of a user's later events are asked for")
        .choices(temporalTargets)
        .default(protocolDefaults.targets),
    )
    .option("--core <number>", "leave out users and items with fewer events", wholeNumber(0, 1_000), 0)
    .option("--minimum-value <number>", "leave out events with a lower value, such as ratings below 4", finite, 0)
    .option("--keep-seen", "what a user had may be recommended again, and is asked for")
    .option(
      "--results <folder>",
      "where measurements and vectors are kept, so that an evaluation can go on",
      "evaluations",
    )
    .option("--fresh", "measure again what is kept there")
    .option("--parallel <number>", "models at a time", wholeNumber(1, parallelMax), availableParallelism())
    .option("--report <file>", "write a page with tables and plots");
  withExample(
    command,
    "penchant evaluate --dataset ml-1m --models popularity,item-knn,ease --seeds 3 --report report.html",
  );
  command.action(async (options: EvaluateOptions) => {
    if (options.task === "text") {
      await evaluateTexts(options, terminal);
      return;
    }
    // Loaded here, so that other commands do not wait for the models.
    const { evaluate } = await import("./evaluate/evaluate.ts");
    const { listLengths, metricNamed, modelsNamed, settingsByModel } = await import("./evaluate/settings.ts");
    const { reportPage } = await import("../evaluate/report/page.ts");
    const models = modelsNamed(options.models);
    const ks = listLengths(options.k);
    const metric = metricNamed(options.metric, ks);
    if (options.quantile <= 0 || options.quantile >= 1) {
      throw new PenchantError(
        "PENCHANT_E_USAGE",
        `--quantile: expected more than 0 and less than 1, got ${options.quantile}.`,
      );
    }
    if (options.report !== undefined) checkWritable(options.report);
    const evaluation = await withProgress(terminal, (onProgress) =>
      evaluate(
        {
          path: options.dataset,
          reading: readingOf(options),
          protocol: {
            ...protocolDefaults,
            name: options.protocol,
            quantile: options.quantile,
            targets: options.targets,
            core: options.core,
            minimumValue: options.minimumValue,
            keepsSeen: options.keepSeen === true,
          },
          models,
          settings: settingsByModel(options.set, models),
          seeds: options.seeds,
          ks,
          metric,
          tune: options.tune === true,
          results: options.results,
          fresh: options.fresh === true,
          parallel: options.parallel,
        },
        { onProgress, say: (line) => terminal.stderr.write(`${line}\n`) },
      ),
    );
    if (options.report !== undefined) {
      writeFileSync(options.report, reportPage(evaluation));
      terminal.stderr.write(`Wrote ${options.report}.\n`);
    }
    if (options.json) printResult(terminal, options, evaluation.results, () => "");
    else printResult(terminal, options, evaluation, evaluationView);
  });
}

async function evaluateTexts(options: EvaluateOptions, terminal: Terminal): Promise<void> {
  const { evaluateText } = await import("./evaluate/text/evaluate-text.ts");
  const { parseConfig } = await import("../config.ts");
  const { openEmbeddingCache } = await import("../engine.ts");
  mkdirSync(options.results, { recursive: true });
  const cache = openEmbeddingCache(options.results);
  const results = await withProgress(terminal, (onProgress) =>
    evaluateText(
      {
        path: options.dataset,
        reading: readingOf(options),
        embedders: [...new Set(options.embedders.split(",").map((name) => name.trim()))],
        configured: parseConfig(engineSettings({})).embedder,
        seed: 1,
        cache,
      },
      onProgress,
    ),
  ).finally(() => cache.close());
  printResult(terminal, options, results, textEvaluationView);
}

function readingOf({ mapping }: EvaluateOptions) {
  return { clock: systemClock, ...(mapping !== undefined && { mapping: readMapping("events", mapping) }) };
}

/** Found out before hours of fitting, and not after. */
function checkWritable(path: string): void {
  const folder = dirname(resolve(path));
  if (existsSync(folder) && !(existsSync(path) && statSync(path).isDirectory())) return;
  throw new PenchantError("PENCHANT_E_USAGE", `--report: expected a file in a folder that is there, got ${path}.`);
}

function collected(word: string, before: readonly string[]): readonly string[] {
  return [...before, word];
}

function finite(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new PenchantError("PENCHANT_E_USAGE", `--minimum-value: expected a number, got ${JSON.stringify(text)}.`);
}
