/** `penchant recommend USER`: what a user would like next, with reasons. */
import type { Command } from "commander";
import { limits } from "../core/limits.ts";
import { longShortHelp, moment, share, wholeNumber } from "./arguments.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { recommendationsView } from "./view/recommendations.ts";

interface RecommendCommandOptions extends CommonOptions {
  readonly limit: number;
  readonly at?: number;
  readonly longShort?: number;
  readonly words?: true;
}

export function addRecommend(program: Command, terminal: Terminal): void {
  const command = program
    .command("recommend <user>")
    .description("Recommend items to a user, each with its reason.")
    .option("--limit <count>", "how many", wholeNumber(1, limits.recommendations), 10)
    .option("--long-short <share>", longShortHelp, share)
    .option("--at <time>", "as of a past moment (default: now)", moment)
    .option("--words", "give the reasons in sentences, by the configured language model where there is one");
  withCommonOptions(command, "penchant recommend 15 --limit 5");
  command.action(async (user: string, options: RecommendCommandOptions) => {
    const { limit, at, longShort } = options;
    const list = await withEngine(terminal, options, { create: false }, (engine) =>
      engine.recommend(user, {
        limit,
        ...(at !== undefined && { at }),
        ...(longShort !== undefined && { longShort }),
        explain: options.words ? "words" : true,
      }),
    );
    printResult(terminal, options, list, recommendationsView);
  });
}
