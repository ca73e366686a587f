/** `penchant hear USER TEXT`: what a user says of their interests, in their own words. */
import { type Command, InvalidArgumentError } from "commander";
import { type HeardStatement, type StatementKind, statementKinds } from "../core/statement.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { counted, printable } from "./view/text.ts";

/** How long the command waits for a language model; what it has not read by then is read by whoever opens the data next. */
const readingMsMax = 60_000;

export function addHear(program: Command, terminal: Terminal): void {
  const command = program
    .command("hear <user> <text...>")
    .description("Take in what a user says of their interests, in their own words.")
    .option("--kind <kind>", `what it is: ${statementKinds.join(", ")}`, kindOf, "request");
  withCommonOptions(command, 'penchant hear 15 "I love heist films, but no more horror"');
  command.action(async (user: string, text: string[], options: CommonOptions & { kind: StatementKind }) => {
    const statement = { text: text.join(" "), kind: options.kind };
    const result = await withEngine(terminal, options, { create: false }, async (engine) => {
      const heard = await engine.statements.hear(user, statement);
      const isRead = await engine.statements.settled(AbortSignal.timeout(readingMsMax));
      return { ...heard, isRead, proposals: await engine.statements.proposals(user) };
    });
    printResult(terminal, options, result, ({ claims, isRead, proposals }) => {
      const waits = "Kept. The language model has not read it yet; it is read when the data is opened next.";
      const open = `To be decided: ${counted(proposals.length, "proposal")} (penchant proposals ${printable(user)}).`;
      return `${[isRead ? `Kept${understood(claims)}.` : waits, ...(proposals.length > 0 ? [open] : [])].join("\n")}\n`;
    });
  });
}

function understood(claims: HeardStatement["claims"]): string {
  if (claims === undefined) return " and read";
  if (claims.length === 0) return "; what it says is not clear enough to count";
  return `: ${claims.map(({ sense, topic }) => `${sense} "${printable(topic)}"`).join(", ")}`;
}

function kindOf(text: string): StatementKind {
  const kind = statementKinds.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(`Expected one of ${statementKinds.join(", ")}.`);
}
