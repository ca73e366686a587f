/** `penchant train --model intensity`: the engine's data tell how interests fade and wake, and profiles are read with that. */
import { PenchantError } from "../base/errors.ts";
import { type CommonOptions, printResult, withEngine, withProgress } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { count, counted } from "./view/text.ts";

interface LearnOptions extends CommonOptions {
  readonly set: readonly string[];
  readonly mapping?: string;
  readonly output?: string;
}

export async function learnDecay(terminal: Terminal, options: LearnOptions): Promise<void> {
  if (options.set.length > 0 || options.mapping !== undefined || options.output !== undefined) {
    throw new PenchantError(
      "PENCHANT_E_USAGE",
      "--model intensity: expected --data alone; it learns from the engine's own events, stores what it learns there, and has no settings.",
    );
  }
  const learned = await withEngine(terminal, options, { create: false }, (engine) =>
    withProgress(terminal, (onProgress) => engine.learnDecay({ onProgress })),
  );
  const result = { model: "intensity", ...learned };
  printResult(
    terminal,
    options,
    result,
    ({ interests, users, events }) =>
      `Learned how ${counted(interests, "interest")} fade from ${count(Math.round(events))} returning events of ` +
      `${counted(users, "user")}; profiles are read with it.\n`,
  );
}
