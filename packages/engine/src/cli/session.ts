/** What commands share: the options that all of them have, an engine that is closed whatever happens, and the one output. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import type { Engine } from "../engine.ts";
import { configName, readConfigFile } from "./config-file.ts";
import { showProgress } from "./progress.ts";
import { type Terminal, viewOptions } from "./terminal.ts";
import type { ViewOptions } from "./view/text.ts";

/** Options of every command. */
export interface CommonOptions {
  readonly data?: string;
  readonly json?: true;
}

const defaultDataDir = "./data";

/** Adds the options `--data` and `--json` to a command, and an example to its help. */
export function withCommonOptions(command: Command, example: string): Command {
  return withExample(
    command.option("--data <folder>", `where the engine keeps its data (default: "${defaultDataDir}")`),
    example,
  );
}

/** The same for a command that opens no engine. */
export function withExample(command: Command, example: string): Command {
  return command
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", `\nExample:\n  $ ${example}`);
}

/** The engine's settings: those of `penchant.config.json` in the current folder, and over them the command's `--data`. */
export function engineSettings(options: CommonOptions): Record<string, unknown> & { dataDir: string } {
  const settings = existsSync(configName) ? readConfigFile(configName).engine : {};
  const fromFile = typeof settings.dataDir === "string" ? settings.dataDir : defaultDataDir;
  return { ...settings, dataDir: options.data ?? fromFile };
}

/**
 * Opens the engine, runs `use` and closes the engine. Unless `create`, the data folder has to be there. Only who serves
 * sends webhooks: what a command changes waits in the log until then.
 */
export async function withEngine<T>(
  terminal: Terminal,
  options: CommonOptions,
  { create, serves = false }: { create: boolean; serves?: boolean },
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const settings = engineSettings(options);
  const { dataDir } = settings;
  if (!create && !existsSync(dataDir)) {
    throw new PenchantError(
      "PENCHANT_E_DATA_MISSING",
      `${dataDir}: expected a folder with Penchant's data, found none.`,
    );
  }
  const { openEngine } = await import("../engine.ts");
  const engine = await withProgress(terminal, (onProgress) =>
    openEngine({ ...settings, ...(!serves && { webhook: undefined }), onProgress }),
  );
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
