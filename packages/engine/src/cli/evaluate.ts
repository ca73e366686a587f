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
import { askingDefaults, type UptakeQuestionName, uptakeQuestions } from "../models/uptake/examples.ts";
import { share, wholeNumber } from "./arguments.ts";
import { readMapping } from "./config-file.ts";
import { uptakeProtocolDefaults } from "./evaluate/uptake/protocol.ts";
import { engineSettings, printResult, withExample, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { evaluationView } from "./view/evaluation.ts";
import { textEvaluationView } from "./view/text-evaluation.ts";
import { questionText, uptakeEvaluationView } from "./view/uptake-evaluation.ts";

interface EvaluateOptions {
  readonly task: "ranking" | "text" | "uptake";
  readonly embedders: string;
  readonly question: UptakeQuestionName;
  readonly learners?: string;
  readonly threshold: number;
  readonly negatives: number;
  readonly negativeExponent: number;
  readonly usersMax: number;
  readonly rowsMax: number;
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
      new Option("--task <name>", "recommenders by ranking, embedders of texts, or who takes up what by yes and no")
        .choices(["ranking", "text", "uptake"])
        .default("ranking" as const),
    )
    .option(
      "--embedders <names>",
      'text: which, with commas between; "a+b" fuses two, "adapted:a" refines one on behaviour, "configured" is what penchant.config.json says',
      "lexical,use-lite,lexical+use-lite",
    )
    .addOption(
      new Option("--question <name>", "uptake: is a value high enough, or was it this item")
        .choices(uptakeQuestions)
        .default("liked" as const),
    )
    .option(
      "--learners <names>",
      "uptake: which, with commas between, beside the baselines (default: all for the question)",
    )
    .option(
      "--threshold <number>",
      "uptake, liked: the least value that says yes",
      finite("--threshold"),
      askingDefaults.threshold,
    )
    .option(
      "--negatives <number>",
      "uptake, taken-up: items drawn for each yes",
      wholeNumber(1, 100),
      askingDefaults.negatives,
    )
    .option(
      "--negative-exponent <number>",
      "uptake, taken-up: draw items by their events to this power, 0 evenly",
      share,
      askingDefaults.negativeExponent,
    )
    .option("--users-max <number>", "uptake: people at most, drawn (0: all)", wholeNumber(0, 1e9), 0)
    .option(
      "--rows-max <number>",
      "uptake: rows of each table at most, at even distances (0: all)",
      wholeNumber(0, 1e9),
      0,
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
    .option(
      "--minimum-value <number>",
      "leave out events with a lower value, such as ratings below 4",
      finite("--minimum-value"),
      0,
    )
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
    if (options.report !== undefined) checkWritable(options.report);
    if (options.task === "text") await evaluateTexts(options, terminal);
    else if (options.task === "uptake") await evaluateUptakes(options, terminal);
    else await evaluateRanking(options, terminal);
  });
}

async function evaluateRanking(options: EvaluateOptions, terminal: Terminal): Promise<void> {
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
  writeReport(options, terminal, () => reportPage(evaluation));
  if (options.json) printResult(terminal, options, evaluation.results, () => "");
  else printResult(terminal, options, evaluation, evaluationView);
}

async function evaluateUptakes(options: EvaluateOptions, terminal: Terminal): Promise<void> {
  const { evaluateUptake } = await import("./evaluate/uptake/evaluate-uptake.ts");
  const { learnersNamed, uptakeMetricNamed } = await import("./evaluate/uptake/settings.ts");
  const { settingsByModel } = await import("./evaluate/settings.ts");
  const { uptakePage } = await import("../evaluate/report/uptake-page.ts");
  const models = learnersNamed(options.learners, options.question);
  const evaluation = await withProgress(terminal, (onProgress) =>
    evaluateUptake(
      {
        path: options.dataset,
        reading: readingOf(options),
        protocol: {
          ...uptakeProtocolDefaults,
          question: options.question,
          threshold: options.threshold,
          negatives: options.negatives,
          negativeExponent: options.negativeExponent,
          keepsSeen: options.keepSeen === true,
          usersMax: options.usersMax,
          rowsMax: options.rowsMax,
        },
        models,
        settings: settingsByModel(options.set, models),
        seeds: options.seeds,
        metric: uptakeMetricNamed(options.metric),
        tune: options.tune === true,
        results: options.results,
        fresh: options.fresh === true,
        parallel: options.parallel,
      },
      { onProgress, say: (line) => terminal.stderr.write(`${line}\n`) },
    ),
  );
  writeReport(options, terminal, () => uptakePage(evaluation, questionText(evaluation.protocol)));
  if (options.json) printResult(terminal, options, evaluation.results, () => "");
  else printResult(terminal, options, evaluation, uptakeEvaluationView);
}

async function evaluateTexts(options: EvaluateOptions, terminal: Terminal): Promise<void> {
  const { evaluateText } = await import("./evaluate/text/evaluate-text.ts");
  const { parseConfig } = await import("../config.ts");
  const { openEmbeddingCache } = await import("../engine.ts");
  const { encodersFolder } = await import("../text/open.ts");
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
        folder: encodersFolder(options.results),
      },
      onProgress,
    ),
  ).finally(() => cache.close());
  printResult(terminal, options, results, textEvaluationView);
}

function readingOf({ mapping }: EvaluateOptions) {
  return { clock: systemClock, ...(mapping !== undefined && { mapping: readMapping("events", mapping) }) };
}

function writeReport({ report }: EvaluateOptions, terminal: Terminal, page: () => string): void {
  if (report === undefined) return;
  writeFileSync(report, page());
  terminal.stderr.write(`Wrote ${report}.\n`);
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

function finite(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value)) return value;
    throw new PenchantError("PENCHANT_E_USAGE", `${option}: expected a number, got ${JSON.stringify(text)}.`);
  };
}
