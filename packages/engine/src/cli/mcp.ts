/** `penchant mcp`: tools for an assistant, over standard input and output or over HTTP. */
import type { Command } from "commander";
import { addListeningOptions, type ListeningOptions } from "./serve.ts";
import { serveUntilInterrupted } from "./serving.ts";
import { type CommonOptions, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export function addMcp(program: Command, terminal: Terminal): void {
  const command = program
    .command("mcp")
    .description("Serve an assistant through the Model Context Protocol, on standard input and output or over HTTP.")
    .option("--http", "over streamable HTTP at /mcp, beside the API, as penchant serve does too");
  addListeningOptions(command);
  withCommonOptions(command, "penchant mcp --data ./data");
  command.action(async (options: CommonOptions & ListeningOptions & { http?: true }) => {
    await withEngine(terminal, options, { create: true, serves: true }, async (engine) => {
      if (options.http) {
        await serveUntilInterrupted(terminal, options, engine, ({ url }) => {
          terminal.stderr.write(`Serving ${url}/mcp. Stop with Ctrl-C.\n`);
        });
        return;
      }
      const { serveStdio } = await import("../mcp/stdio.ts");
      await serveStdio(engine);
    });
  });
}
