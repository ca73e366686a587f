/** `penchant interests`: the tree that all profiles are drawn on. */
import type { Command } from "commander";
import { limits } from "../core/limits.ts";
import { wholeNumber } from "./arguments.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { interestsView } from "./view/interests.ts";

export function addInterests(program: Command, terminal: Terminal): void {
  const command = program
    .command("interests")
    .description("Show the interest tree of the catalogue.")
    .option("--depth <levels>", "levels of the tree to show", wholeNumber(1, limits.treeDepth), 2)
    .option("--name", "have the configured language model name the learned interests first");
  withCommonOptions(command, "penchant interests --depth 3");
  command.action(async (options: CommonOptions & { depth: number; name?: true }) => {
    const { depth } = options;
    const interests = await withEngine(terminal, options, { create: false }, async (engine) => {
      if (options.name) {
        const { named, known, unnamed } = await withProgress(terminal, (onProgress) =>
          engine.nameInterests({ onProgress }),
        );
        terminal.stderr.write(`${named} named, ${known} had their names, ${unnamed} go by their words.\n`);
      }
      return engine.interests().filter(({ level }) => level <= depth);
    });
    printResult(terminal, options, { interests }, (result, view) =>
      interestsView(result.interests, { ...view, depth }),
    );
  });
}
