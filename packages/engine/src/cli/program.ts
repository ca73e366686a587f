/** The command line: every command with its options, and one way in for all of them. */
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { addBackup } from "./backup.ts";
import { addDemo } from "./demo.ts";
import { addDoctor } from "./doctor.ts";
import { addErase } from "./erase.ts";
import { addEvaluate } from "./evaluate.ts";
import { BadResult, failureOf } from "./failure.ts";
import { addHear } from "./hear.ts";
import { addImport } from "./import.ts";
import { addInit } from "./init.ts";
import { addInterests } from "./interests.ts";
import { addKeys } from "./keys.ts";
import { addMcp } from "./mcp.ts";
import { addModels } from "./models.ts";
import { addProfile } from "./profile.ts";
import { addProposals } from "./proposals.ts";
import { addRank } from "./rank.ts";
import { addRebuild } from "./rebuild.ts";
import { addRecommend } from "./recommend.ts";
import { addRestore } from "./restore.ts";
import { addServe } from "./serve.ts";
import { addSteer } from "./steer.ts";
import type { Terminal } from "./terminal.ts";
import { addTrain } from "./train.ts";

/** Each adds one command to the program. */
const commands = [
  addDemo,
  addInit,
  addImport,
  addServe,
  addMcp,
  addProfile,
  addRecommend,
  addRank,
  addInterests,
  addRebuild,
  addSteer,
  addHear,
  addProposals,
  addEvaluate,
  addTrain,
  addModels,
  addErase,
  addBackup,
  addRestore,
  addKeys,
  addDoctor,
] as const satisfies ((program: Command, terminal: Terminal) => void)[];

/** Runs a command and resolves with its exit code: 0, 1 when it failed, 2 when it was called wrongly. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command("penchant")
    .description("Living, hierarchical, explainable interest profiles, and recommendations from them.")
    .version(manifest.version, "--version")
    .addHelpText(
      "after",
      "\nExample:\n  $ penchant import ml-latest-small && penchant profile 15\n\nEvery command has --help.",
    )
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      // Errors are printed below, in the form that all errors have.
      writeErr: () => {},
    })
    .exitOverride();
  for (const add of commands) add(program, terminal);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    if (argv.length === 0) program.help();
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof BadResult) return 1;
    const named = program.commands.find((command) => command.name() === argv[0]);
    const failure = failureOf(error, named?.name() ?? "");
    if (!failure) return 0;
    const { exitCode, ...rest } = failure;
    if (argv.includes("--json")) terminal.stdout.write(`${JSON.stringify({ error: rest })}\n`);
    terminal.stderr.write(`${failure.code}: ${failure.message}\n${failure.hint ? `${failure.hint}\n` : ""}`);
    if (terminal.environment.PENCHANT_DEBUG === "1" && error instanceof Error)
      terminal.stderr.write(`${error.stack}\n`);
    return exitCode;
  }
}
