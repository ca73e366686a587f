/** `penchant erase USER`: forgets a person for good. */
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { counted, printable } from "./view/text.ts";

export function addErase(program: Command, terminal: Terminal): void {
  const command = program
    .command("erase <user>")
    .description("Remove everything that is known of a user: events, state and record. This cannot be undone.")
    .option("--yes", "confirm that this user is to be erased");
  withCommonOptions(command, "penchant erase 15 --yes");
  command.action(async (user: string, options: CommonOptions & { yes?: true }) => {
    if (!options.yes) {
      throw new PenchantError(
        "PENCHANT_E_USAGE",
        `Erasing user ${JSON.stringify(user)} cannot be undone; confirm with --yes.`,
      );
    }
    const result = await withEngine(terminal, options, { create: false }, async (engine) => {
      if (!(await engine.user(user))) {
        throw new PenchantError("PENCHANT_E_USER_NOT_FOUND", `Nothing is known of a user ${JSON.stringify(user)}.`);
      }
      return { user, ...(await engine.erase(user)) };
    });
    printResult(
      terminal,
      options,
      result,
      ({ events }) => `Erased user ${printable(user)} with ${counted(events, "event")}.\n`,
    );
  });
}
