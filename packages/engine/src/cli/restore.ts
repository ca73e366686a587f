/** `penchant restore FILE`: a data folder as a backup saved it. */
import type { Command } from "commander";
import { type CommonOptions, engineSettings, printResult, withCommonOptions } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { tenantCounts } from "./view/backup.ts";
import { printable } from "./view/text.ts";

export function addRestore(program: Command, terminal: Terminal): void {
  const command = program
    .command("restore <file>")
    .description(
      "Fill the data folder from a backup, which is checked first. Stop the server before. Whoever was erased since the backup is there again: erase them once more.",
    )
    .option("--force", "replace everything that the data folder holds, keys and tenants included");
  withCommonOptions(command, "penchant restore /backups/monday.penchant --data ./data");
  command.action(async (file: string, options: CommonOptions & { force?: true }) => {
    const { dataDir } = engineSettings(options);
    const { restoreBackup } = await import("./backup/restore.ts");
    const { at, tenants } = restoreBackup({ file, dataDir, force: options.force === true });
    printResult(terminal, options, { file, dataDir, at, tenants }, () => {
      const day = new Date(at).toISOString().slice(0, 16).replace("T", " ");
      return `Restored ${tenantCounts(tenants)} of ${day} UTC to ${printable(dataDir)}.\n`;
    });
  });
}
