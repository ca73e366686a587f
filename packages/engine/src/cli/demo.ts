/** `penchant demo`: from a bundled sample to profiles, figures and a server, in one command. */
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import { wholeNumber } from "./arguments.ts";
import { runDemo, storedSummary } from "./demo/run.ts";
import { sampleNamed, sampleNames, sampleOf } from "./demo/samples.ts";
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
      "Import a sample, build its interest tree and everybody's profile, show one person, and serve it all. A second start " +
        "finds its data and serves at once.",
    )
    .option(
      "--sample <name>",
      "movielens: 100,000 ratings of films, with the recommendations measured; groceries: a year of purchases, from which it " +
        'is learned how interests fade and wake (kept in "./data-groceries"); or a folder with the files of either ' +
        '(default: "movielens")',
    )
    .option("--port <number>", "where to serve", wholeNumber(0, 65_535), 4600)
    .option("--exit", "stop after the summary");
  withCommonOptions(command, "penchant demo --exit");
  command.action(async (options: DemoOptions) => {
    const known = sampleNames.find((name) => name === options.sample);
    const data = options.data ?? (known && sampleOf(known).dataDir);
    const settings = { ...options, ...(data !== undefined && { data }) };
    await withEngine(terminal, settings, { create: true }, async (engine) => {
      const stored = await storedSummary(engine);
      if (stored !== undefined && known !== undefined && sampleOf(stored.sample).name !== known) {
        throw new PenchantError(
          "PENCHANT_E_DATA_EXISTS",
          `${data ?? "The data folder"} holds the sample ${sampleOf(stored.sample).name} already; name another folder for ${known} with --data.`,
        );
      }
      const summary =
        stored ??
        (await withProgress(terminal, (onProgress) =>
          runDemo(engine, sampleNamed(options.sample ?? "movielens"), onProgress),
        ));
      printResult(terminal, options, summary, demoView);
      if (options.exit === true) return;
      // What to try stands on the screen, and should not scroll away with every request.
      await serveUntilInterrupted(terminal, { ...settings, logLevel: "warn" }, engine, ({ url }) => {
        terminal.stderr.write(invitationView(url, summary, viewOptions(terminal)));
      });
    });
  });
}
