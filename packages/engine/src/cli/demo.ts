/** `penchant demo`: from the bundled sample to profiles, figures and a server, in one command. */
import type { Command } from "commander";
import { wholeNumber } from "./arguments.ts";
import { runDemo, storedSummary } from "./demo/run.ts";
import { sampleFolder } from "./demo/sample.ts";
import { serveUntilInterrupted } from "./serving.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine, withProgress } from "./session.ts";
import { type Terminal, viewOptions } from "./terminal.ts";
import { demoView, invitationView } from "./view/demo.ts";

interface DemoOptions extends CommonOptions {
  readonly sample?: string;
  readonly exit?: true;
  readonly port: number;
}

export function addDemo(program: Command, terminal: Terminal): void {
  const command = program
    .command("demo")
    .description(
      "Import the MovieLens sample, build its interest tree and everybody's profile, measure the recommendations, " +
        "show one person, and serve it all. A second start finds its data and serves at once.",
    )
    .option("--sample <folder>", "a MovieLens folder to use instead of the bundled one")
    .option("--port <number>", "where to serve", wholeNumber(0, 65_535), 4600)
    .option("--exit", "stop after the summary");
  withCommonOptions(command, "penchant demo --exit");
  command.action(async (options: DemoOptions) => {
    await withEngine(terminal, options, { create: true }, async (engine) => {
      const stored = await storedSummary(engine);
      const folder = stored === undefined ? sampleFolder(options.sample) : "";
      const summary = stored ?? (await withProgress(terminal, (onProgress) => runDemo(engine, folder, onProgress)));
      printResult(terminal, options, summary, demoView);
      if (options.exit === true) return;
      const { user } = summary.profile;
      // What to try stands on the screen, and should not scroll away with every request.
      await serveUntilInterrupted(terminal, { ...options, logLevel: "warn" }, engine, ({ url }) => {
        terminal.stderr.write(invitationView({ url, user }, viewOptions(terminal)));
      });
    });
  });
}
