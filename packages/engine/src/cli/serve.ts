/** `penchant serve`: the engine over HTTP, until it is told to stop. */
import type { Command } from "commander";
import { wholeNumber } from "./arguments.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export function addServe(program: Command, terminal: Terminal): void {
  const command = program
    .command("serve")
    .description("Serve the HTTP API, its documentation and a page to look around, until interrupted.")
    .option("--port <number>", "where to listen; 0 takes any free port", wholeNumber(0, 65_535), 4600)
    .option("--host <address>", "a loopback address", "127.0.0.1");
  withCommonOptions(command, "penchant serve --port 8080");
  command.action(async (options: CommonOptions & { port: number; host: string }) => {
    const { host, port } = options;
    await withEngine(terminal, options, { create: true }, async (engine) => {
      const { startServer } = await import("../server/server.ts");
      const server = await startServer(engine, { host, port });
      printResult(
        terminal,
        options,
        { url: server.url },
        ({ url }) => `Serving ${url} (API ${url}/docs). Stop with Ctrl-C.\n`,
      );
      await interrupted();
      await server.close();
    });
  });
}

/** Resolves when the process is asked to end; a second request ends it at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
