/** `penchant profile USER`: a user's interests as a tree. */
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import { dayMs } from "../base/time.ts";
import { limits } from "../core/limits.ts";
import { moment, share, wholeNumber } from "./arguments.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { profileView } from "./view/profile.ts";
import { day } from "./view/text.ts";

/** After so long nearly every interest sleeps, as in imported data that ends years ago. */
const longAgoMs = 365 * dayMs;

export function addProfile(program: Command, terminal: Terminal): void {
  const command = program
    .command("profile <user>")
    .description("Show a user's interests as a tree.")
    .option("--at <time>", "as they were at a past moment (default: now)", moment)
    .option("--depth <levels>", "levels of the tree to show", wholeNumber(1, limits.treeDepth), 2)
    .option("--min-strength <share>", "leave out interests that are weaker among their siblings", share, 0.05);
  withCommonOptions(command, "penchant profile 15 --at 2016-10-17");
  command.action(async (user: string, options: CommonOptions & { at?: number; depth: number; minStrength: number }) => {
    const profile = await withEngine(terminal, options, { create: false }, async (engine) => {
      if (!(await engine.user(user))) {
        throw new PenchantError("PENCHANT_E_USER_NOT_FOUND", `Nothing is known of a user ${JSON.stringify(user)}.`);
      }
      const { at, depth, minStrength } = options;
      return engine.profile(user, { ...(at !== undefined && { at }), depth, minStrength });
    });
    printResult(terminal, options, profile, profileView);
    if (!options.json && profile.lastSeen !== null && profile.at - profile.lastSeen > longAgoMs) {
      const lastDay = day(profile.lastSeen);
      terminal.stderr.write(`The last event was long before; --at ${lastDay} shows the profile as it was then.\n`);
    }
  });
}
