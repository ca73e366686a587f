/** `penchant proposals USER`: what a user's statements suggest to do about their interests, and the decision about it. */
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import type { Decision, Proposal } from "../core/statement.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { day, printable } from "./view/text.ts";

export function addProposals(program: Command, terminal: Terminal): void {
  const command = program
    .command("proposals <user>")
    .description("Show what a user's statements suggest to do about their interests, and accept or decline it.")
    .option("--accept <proposal>", "do what this one suggests")
    .option("--decline <proposal>", "leave it, and do not show it again");
  withCommonOptions(command, "penchant proposals 15");
  command.action(async (user: string, options: CommonOptions & { accept?: string; decline?: string }) => {
    const { accept, decline } = options;
    if (accept !== undefined && decline !== undefined) {
      throw new PenchantError("PENCHANT_E_USAGE", "Expected --accept or --decline, got both.");
    }
    const result = await withEngine(terminal, options, { create: false }, async ({ statements }) => {
      const id = accept ?? decline;
      const decision: Decision = accept === undefined ? "decline" : "accept";
      if (id !== undefined) await statements.decide(user, id, decision);
      return { user, proposals: await statements.proposals(user) };
    });
    printResult(terminal, options, result, ({ proposals }) => `${proposals.map(lineOf).join("\n") || "None."}\n`);
  });
}

function lineOf({ id, time, topic, action, interest }: Proposal): string {
  return `${printable(id)}  ${action} ${printable(interest.label)}: they said "${printable(topic)}" on ${day(time)}`;
}
