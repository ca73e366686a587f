/** `penchant import PATH...`: files into the engine. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import type { EngineStatus } from "../engine.ts";
import { certaintyToImport, guessMapping } from "../import/guess.ts";
import { type ImportReport, type ImportSource, importInto } from "../import/import.ts";
import { movieLensFiles } from "../import/movielens.ts";
import { configEnding, configName, readConfigFile, readMapping } from "./config-file.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { importReportView } from "./view/import-report.ts";
import { counted, printable } from "./view/text.ts";

interface ImportCommandOptions extends CommonOptions {
  readonly events?: true;
  readonly items?: true;
  readonly mapping?: string;
  readonly strict?: true;
}

type ImportResult = ImportReport & {
  /** Events per type that has no weight, so that they change no profile. */
  readonly unknownTypes: Readonly<Record<string, number>>;
  /** Present when the import brought so much that the tree and the models were built again. */
  readonly rebuilt: { readonly users: number; readonly events: number } | null;
};

export function addImport(program: Command, terminal: Terminal): void {
  const command = program
    .command("import [paths...]")
    .description(
      "Import a MovieLens folder, a folder or file with a configuration that penchant init wrote, or CSV, JSON Lines " +
        `and Parquet files (plain or .gz). Without a path: ${configName} in the current folder.`,
    )
    .option("--events", "the files hold events")
    .option("--items", "the files hold items")
    .option(
      "--mapping <mapping>",
      'which columns hold what: a JSON file, or pairs such as "user=customer_id,item=sku,time=ts,type:purchase"',
    )
    .option("--strict", "refuse everything when a row cannot be imported");
  withCommonOptions(
    command,
    "penchant import orders.parquet --events --mapping user=customer,item=sku,time=ts,type:purchase",
  );
  command.action(async (paths: string[], options: ImportCommandOptions) => {
    const sources: ImportSource[] = [];
    for (const path of paths.length > 0 ? paths : ["."]) sources.push(...(await sourcesAt(path, options, terminal)));
    const result = await withEngine(terminal, options, { create: true }, (engine) =>
      withProgress(terminal, async (onProgress): Promise<ImportResult> => {
        const report = await importInto(engine, sources, { strict: options.strict === true, onProgress });
        const status = await engine.status();
        const rebuilt = wantsRebuild(status, report) ? await engine.rebuild({ onProgress }) : null;
        return { ...report, unknownTypes: status.unknownTypes, rebuilt };
      }),
    );
    printResult(terminal, options, result, (_, view) => importReportView(result, view) + remarksOn(result));
  });
}

function remarksOn({ unknownTypes, rebuilt }: ImportResult): string {
  const types = Object.entries(unknownTypes).map(
    ([type, events]) => `${printable(type)} (${counted(events, "event")})`,
  );
  const weightless =
    types.length > 0
      ? `Without a weight, and so without effect on profiles: ${types.join(", ")}. See eventWeights.\n`
      : "";
  const built = rebuilt ? `Built the interest tree and the profiles of ${counted(rebuilt.users, "user")}.\n` : "";
  return weightless + built;
}

/**
 * New items join the tree and new events the profiles at once. The tree itself and the models are fitted to what was
 * there when they were built; an import that brings at least a tenth of what there is now calls for new ones.
 */
function wantsRebuild({ items, events }: EngineStatus, report: ImportReport): boolean {
  return (report.items > 0 && report.items * 10 >= items) || (report.events > 0 && report.events * 10 >= events);
}

/** What a path on the command line stands for. */
async function sourcesAt(
  path: string,
  options: ImportCommandOptions,
  terminal: Terminal,
): Promise<readonly ImportSource[]> {
  if (options.events && options.items) {
    throw new PenchantError(
      "PENCHANT_E_USAGE",
      "Expected one of --events and --items, got both; import the files one after the other.",
    );
  }
  if (options.mapping && !options.events && !options.items) {
    throw new PenchantError(
      "PENCHANT_E_USAGE",
      "--mapping needs --events or --items, to say what the columns are mapped to.",
    );
  }
  if (!existsSync(path))
    throw new PenchantError("PENCHANT_E_IMPORT_SOURCE", `${path}: there is no such file or folder.`);
  if (statSync(path).isDirectory()) return sourcesInFolder(path);
  if (path.endsWith(configEnding)) return importsOf(path);
  if (options.mapping) {
    const { mapping } = options;
    return [
      options.events
        ? { file: path, events: readMapping("events", mapping) }
        : { file: path, items: readMapping("items", mapping) },
    ];
  }
  return [await guessedSource(path, options, terminal)];
}

function importsOf(config: string): readonly ImportSource[] {
  const { imports } = readConfigFile(config);
  if (imports.length > 0) return imports;
  throw new PenchantError("PENCHANT_E_CONFIG", `${config}: expected what to import under "imports", found nothing.`);
}

function sourcesInFolder(folder: string): readonly ImportSource[] {
  const config = join(folder, configName);
  if (existsSync(config)) return importsOf(config);
  if (movieLensFiles(folder)) return [{ movieLens: folder }];
  throw new PenchantError(
    "PENCHANT_E_IMPORT_SOURCE",
    `${folder}: expected a MovieLens folder or one with a ${configName}; name the files to import, or run penchant init on them.`,
  );
}

async function guessedSource(file: string, options: ImportCommandOptions, terminal: Terminal): Promise<ImportSource> {
  const asked = options.events ? "events" : options.items ? "items" : undefined;
  const guess = await guessMapping(file, { kind: asked });
  const kind = guess.events ? "events" : "items";
  if (guess.certainty < certaintyToImport) {
    throw new PenchantError(
      "PENCHANT_E_IMPORT_COLUMNS",
      `${file}: its columns (${guess.columns.slice(0, 12).join(", ")}) look like ${kind} with a certainty of ${guess.certainty.toFixed(2)}, which is not enough to go by; say what they are with --events or --items and --mapping.`,
    );
  }
  terminal.stderr.write(`${file}: taken for ${kind} (${guess.remarks.join("; ")}).\n`);
  return guess.events ? { file, events: guess.events } : { file, items: guess.items };
}
