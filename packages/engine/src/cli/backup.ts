/** `penchant backup FILE`: everything that the data folder holds in one file, also while a server uses it. */
import { existsSync, statSync } from "node:fs";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import { systemClock } from "../base/time.ts";
import { type CommonOptions, engineSettings, printResult, withCommonOptions, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { megabytes, tenantCounts } from "./view/backup.ts";
import { printable } from "./view/text.ts";

export function addBackup(program: Command, terminal: Terminal): void {
  const command = program
    .command("backup <file>")
    .description(
      "Save everything to one file: events, states, items, models, keys, all tenants. A server that is running goes on. Users who are erased later are still in it: keep it no longer than you may.",
    )
    .option("--force", "replace a file that is there");
  withCommonOptions(command, "penchant backup /backups/monday.penchant");
  command.action(async (file: string, options: CommonOptions & { force?: true }) => {
    if (existsSync(file) && !options.force) {
      throw new PenchantError("PENCHANT_E_DATA_EXISTS", `${file} is there already; --force replaces it.`);
    }
    const { dataDir } = engineSettings(options);
    const { createBackup } = await import("./backup/create.ts");
    const { at, tenants } = await withProgress(terminal, (onProgress) =>
      createBackup({ dataDir, file, now: systemClock.now(), onProgress }),
    );
    const result = { file, bytes: statSync(file).size, at, tenants };
    printResult(
      terminal,
      options,
      result,
      ({ bytes }) => `Saved ${tenantCounts(tenants)} to ${printable(file)} (${megabytes(bytes)}), and checked it.\n`,
    );
  });
}
