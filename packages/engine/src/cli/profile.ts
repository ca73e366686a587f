/** `penchant profile USER`: a user's interests as a tree. */
import { type Command, Option } from "commander";
import { PenchantError } from "../base/errors.ts";
import { dayMs } from "../base/time.ts";
import { limits } from "../core/limits.ts";
import { promptTokens } from "../core/profile-prompt.ts";
import { moment, share, wholeNumber } from "./arguments.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { profileView } from "./view/profile.ts";
import { day } from "./view/text.ts";

/** After so long nearly every interest sleeps, as in imported data that ends years ago. */
const longAgoMs = 365 * dayMs;

interface ProfileCommandOptions extends CommonOptions {
  readonly at?: number;
  readonly depth: number;
  readonly minStrength: number;
  readonly prompt?: true;
  readonly tokens?: number;
}

export function addProfile(program: Command, terminal: Terminal): void {
  const command = program
    .command("profile <user>")
    .description("Show a user's interests as a tree.")
    .option("--at <time>", "as they were at a past moment (default: now)", moment)
    .option("--depth <levels>", "levels of the tree to show", wholeNumber(1, limits.treeDepth), 2)
    .option("--min-strength <share>", "leave out interests that are weaker among their siblings", share, 0.05)
    .option("--prompt", "as text for the prompt of a language model")
    .addOption(
      new Option("--tokens <count>", "what the text for a prompt may take (default: 500)")
        .argParser(wholeNumber(promptTokens.least, promptTokens.most))
        .implies({ prompt: true }),
    );
  withCommonOptions(command, "penchant profile 15 --at 2016-10-17");
  command.action(async (user: string, options: ProfileCommandOptions) => {
    const { at, depth, minStrength, prompt, tokens } = options;
    const moment = at !== undefined && { at };
    await withEngine(terminal, options, { create: false }, async (engine) => {
      if (!(await engine.user(user))) {
        throw new PenchantError("PENCHANT_E_USER_NOT_FOUND", `Nothing is known of a user ${JSON.stringify(user)}.`);
      }
      if (prompt) {
        const words = await engine.profilePrompt(user, { ...moment, ...(tokens !== undefined && { tokens }) });
        printResult(terminal, options, words, ({ text }) => text);
        return;
      }
      const profile = await engine.profile(user, { ...moment, depth, minStrength });
      printResult(terminal, options, profile, profileView);
      if (!options.json && profile.lastSeen !== null && profile.at - profile.lastSeen > longAgoMs) {
        const lastDay = day(profile.lastSeen);
        terminal.stderr.write(`The last event was long before; --at ${lastDay} shows the profile as it was then.\n`);
      }
    });
  });
}
