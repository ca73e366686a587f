/** `penchant serve`: the engine over HTTP, until it is told to stop. */
import type { Command } from "commander";
import { wholeNumber } from "./arguments.ts";
import { serveUntilInterrupted } from "./serving.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export interface ListeningOptions {
  readonly port: number;
  readonly host: string;
  readonly grace: number;
}

/** Adds the options of a command that listens. */
export function addListeningOptions(command: Command): Command {
  return command
    .option("--port <number>", "where to listen; 0 takes any free port", wholeNumber(0, 65_535), 4600)
    .option(
      "--host <address>",
      "where to listen; an address that others reach needs a key (penchant keys)",
      "127.0.0.1",
    )
    .option(
      "--grace <seconds>",
      "how long requests may take to finish when the server is told to stop",
      wholeNumber(0, 3_600),
      10,
    );
}

export function addServe(program: Command, terminal: Terminal): void {
  const command = program
    .command("serve")
    .description("Serve the HTTP API, its documentation and a page to look around, until interrupted.");
  addListeningOptions(command);
  withCommonOptions(command, "penchant serve --port 8080");
  command.action(async (options: CommonOptions & ListeningOptions) => {
    await withEngine(terminal, options, { create: true, serves: true }, (engine) =>
      serveUntilInterrupted(terminal, options, engine, ({ url }) =>
        printResult(terminal, options, { url }, ({ url }) => `Serving ${url} (API ${url}/docs). Stop with Ctrl-C.\n`),
      ),
    );
  });
}
