/** `penchant steer USER INTEREST ACTION`: what a person asks of one of their interests. */
import { type Command, InvalidArgumentError } from "commander";
import { PenchantError } from "../base/errors.ts";
import { factorMax, type SteeringAction, steeringActions } from "../core/steering.ts";
import { moment } from "./arguments.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { printable, steeringText } from "./view/text.ts";

export function addSteer(program: Command, terminal: Terminal): void {
  const command = program
    .command("steer <user> <interest> <action>")
    .description(
      "Pin, boost, mute, forget or clear an interest of a user, by its id (penchant interests --json has the ids).",
    )
    .option("--factor <number>", "how much more a boost counts (default: 2)", factor)
    .option("--until <time>", "when a pin, boost or mute ends (default: never)", moment);
  withCommonOptions(command, "penchant steer 15 comedy mute");
  command.action(
    async (
      user: string,
      interest: string,
      action: string,
      options: CommonOptions & { factor?: number; until?: number },
    ) => {
      const { factor, until } = options;
      const isAction = (name: string): name is SteeringAction => (steeringActions as readonly string[]).includes(name);
      if (!isAction(action)) {
        throw new PenchantError(
          "PENCHANT_E_USAGE",
          `Expected one of ${steeringActions.join(", ")}, got ${JSON.stringify(action)}.`,
        );
      }
      const result = await withEngine(terminal, options, { create: false }, async (engine) => {
        if (!(await engine.user(user))) {
          throw new PenchantError("PENCHANT_E_USER_NOT_FOUND", `Nothing is known of a user ${JSON.stringify(user)}.`);
        }
        return { user, interest, steering: await engine.steer(user, interest, { action, factor, until }) };
      });
      printResult(terminal, options, result, ({ steering }) => {
        const standing = steering.length === 0 ? "nothing stands there" : steeringText(steering);
        return `${printable(interest)} of user ${printable(user)}: ${action} is done; ${standing}.\n`;
      });
    },
  );
}

function factor(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= factorMax) return value;
  throw new InvalidArgumentError(`Expected a number above 0, at most ${factorMax}.`);
}
