/** `penchant init FILE...`: looks at tables, guesses which column is what, and writes that down to be corrected. */
import { existsSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import { hasWeight, proposedWeight } from "../import/event-types.ts";
import { guessMapping, type TableGuess } from "../import/guess.ts";
import { configEnding, configName } from "./config-file.ts";
import { printResult, withExample } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { printable } from "./view/text.ts";

interface InitOptions {
  readonly output: string;
  readonly force?: true;
  readonly json?: true;
}

export function addInit(program: Command, terminal: Terminal): void {
  const command = program
    .command("init <files...>")
    .description(
      "Look at CSV, JSON Lines or Parquet files, guess their columns, and write the configuration of their import.",
    )
    .option("--output <file>", "the configuration to write", configName)
    .option("--force", "replace a configuration that is there");
  withExample(command, "penchant init products.csv orders.csv && penchant import");
  command.action(async (files: string[], options: InitOptions) => {
    if (existsSync(options.output) && !options.force) {
      throw new PenchantError("PENCHANT_E_CONFIG", `${options.output} is there already; --force replaces it.`);
    }
    if (!options.output.endsWith(configEnding)) {
      throw new PenchantError(
        "PENCHANT_E_USAGE",
        `--output: expected a name that ends in ${configEnding}, got ${options.output}.`,
      );
    }
    const guesses: TableGuess[] = [];
    for (const file of files) guesses.push(await guessMapping(file));
    writeFileSync(options.output, configText(guesses, options.output));
    printResult(terminal, options, { config: options.output, guesses }, guessView);
  });
}

function guessView({ config, guesses }: { config: string; guesses: readonly TableGuess[] }): string {
  const lines = guesses.flatMap(({ file, events, certainty, remarks }) => [
    `${file}: ${events ? "events" : "items"}, certainty ${certainty.toFixed(2)}`,
    ...remarks.map((remark) => `  ${printable(remark)}`),
  ]);
  return `${lines.join("\n")}\n\nWrote ${config}. Check it, then: penchant import${config === configName ? "" : ` ${config}`}\n`;
}

/** The configuration as JSON with a comment for everything that was guessed. */
export function configText(guesses: readonly TableGuess[], output: string): string {
  const entries = guesses.map(({ file, events, items, certainty, remarks, columns }) => {
    const entry = { file: relative(dirname(resolve(output)), resolve(file)), ...(events ? { events } : { items }) };
    const comments = [
      `Guessed to hold ${events ? "events" : "items"}, with a certainty of ${certainty.toFixed(2)}:`,
      ...remarks.map((remark) => `  ${printable(remark)}`),
      `Columns: ${columns.map(printable).join(", ")}`,
    ];
    return [...comments.map((comment) => `// ${comment}`), ...JSON.stringify(entry, null, 2).split("\n")]
      .map((line) => `    ${line}`)
      .join("\n");
  });
  return `// What penchant import reads, and which columns hold what.
// Events: user, type (a column, or { "constant": "view" }), item, value, text, time (a column, or { "column", "unit" }),
//   session, context (a list of columns), id.
// Items: id, title and text (a column or a list), categories (a list of columns, broadest first, or
//   { "column", "separator", "levels" }), attributes (a list), image, createdAt.
// A file without a header line has its columns named: "columns": ["user", "item", ...] beside "file".
{
${weightsText(guesses)}  "imports": [
${entries.join(",\n")}
  ]
}
`;
}

/** Weights for the types that the engine does not know; empty when it knows them all. */
function weightsText(guesses: readonly TableGuess[]): string {
  const types = [...new Set(guesses.flatMap(({ types }) => types))].filter((type) => !hasWeight(type));
  if (types.length === 0) return "";
  const weights = types.map((type) => `    ${JSON.stringify(type)}: ${JSON.stringify(proposedWeight(type))}`);
  return `  // What these types of events say about interest: 1 as much as a purchase, 0 nothing, -1 the opposite.
  "eventWeights": {
${weights.join(",\n")}
  },
`;
}
