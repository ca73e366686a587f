/** `penchant rank USER ITEM...`: items in the order in which a user may want them. */
import type { Command } from "commander";
import type { Ranking } from "../core/recommendation.ts";
import { longShortHelp, share } from "./arguments.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { printable } from "./view/text.ts";

export function addRank(program: Command, terminal: Terminal): void {
  const command = program
    .command("rank <user> <items...>")
    .description("Put items in the order in which a user may want them.")
    .option("--long-short <share>", longShortHelp, share);
  withCommonOptions(command, "penchant rank 15 260 1196 1210");
  command.action(async (user: string, items: string[], options: CommonOptions & { longShort?: number }) => {
    const { longShort } = options;
    const result = await withEngine(terminal, options, { create: false }, (engine) =>
      engine.rank(user, items, { explain: true, ...(longShort !== undefined && { longShort }) }),
    );
    printResult(terminal, options, result, rankingView);
  });
}

function rankingView({ ranking, unknown }: Ranking): string {
  const lines = ranking.map(({ item, score }, index) => {
    const remark = unknown.includes(item) ? "  not in the catalogue" : "";
    return `${String(index + 1).padStart(3)}. ${printable(item)}  ${score.toFixed(3)}${remark}`;
  });
  return `${lines.join("\n")}\n`;
}
