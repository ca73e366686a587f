/** What commands share: the options that all of them have, an engine that is closed whatever happens, and the one output. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import type { Engine } from "../engine.ts";
import { showProgress } from "./progress.ts";
import { type Terminal, viewOptions } from "./terminal.ts";
import type { ViewOptions } from "./view/text.ts";

/** Options of every command. */
export interface CommonOptions {
  readonly data: string;
  readonly json?: true;
}

export const defaultDataDir = "./data";

/** Adds the options `--data` and `--json` to a command, and an example to its help. */
export function withCommonOptions(command: Command, example: string): Command {
  return withExample(command.option("--data <folder>", "where the engine keeps its data", defaultDataDir), example);
}

/** The same for a command that opens no engine. */
export function withExample(command: Command, example: string): Command {
  return command
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", `\nExample:\n  $ ${example}`);
}

/** Opens the engine, runs `use` and closes the engine. Unless `create`, the data folder has to be there. */
export async function withEngine<T>(
  dataDir: string,
  options: { create: boolean },
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  if (!options.create && !existsSync(dataDir)) {
    throw new PenchantError(
      "PENCHANT_E_DATA_MISSING",
      `${dataDir}: expected a folder with Penchant's data, found none.`,
    );
  }
  const { openEngine } = await import("../engine.ts");
  const engine = await openEngine({ dataDir });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** Runs `work` with a display of its progress. */
export async function withProgress<T>(
  terminal: Terminal,
  work: (listener: ReturnType<typeof showProgress>["listener"]) => Promise<T>,
): Promise<T> {
  const display = showProgress(terminal);
  try {
    return await work(display.listener);
  } finally {
    display.stop();
  }
}

/** Prints a result: the document with `--json`, what `view` draws of it without. */
export function printResult<T>(
  terminal: Terminal,
  options: Pick<CommonOptions, "json">,
  result: T,
  view: (result: T, options: ViewOptions) => string,
): void {
  terminal.stdout.write(options.json ? `${JSON.stringify(result)}\n` : view(result, viewOptions(terminal)));
}
