/** `penchant rebuild`: everything that can be derived from the catalogue and the log, derived again. */
import type { Command } from "commander";
import { type CommonOptions, printResult, withCommonOptions, withEngine, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { counted } from "./view/text.ts";

export function addRebuild(program: Command, terminal: Terminal): void {
  const command = program
    .command("rebuild")
    .description("Build the interest tree, the models and every user's state again, from the catalogue and the log.")
    .option("--keep-tree", "build only the users' states, under the tree that is there");
  withCommonOptions(command, "penchant rebuild");
  command.action(async (options: CommonOptions & { keepTree?: true }) => {
    const result = await withEngine(terminal, options, { create: false }, (engine) =>
      withProgress(terminal, (onProgress) => engine.rebuild({ onProgress, tree: !options.keepTree })),
    );
    printResult(
      terminal,
      options,
      result,
      ({ users, events }) => `Rebuilt ${counted(users, "user")} from ${counted(events, "event")}.\n`,
    );
  });
}
