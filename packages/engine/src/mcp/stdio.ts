/** MCP over standard input and output: an assistant starts the program and speaks to it alone. */
import type { Readable, Writable } from "node:stream";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type { Engine } from "../engine.ts";
import { mcpServer } from "./mcp-server.ts";

/** Whoever may start the program may open its data. */
const owner = { mayRecord: true, maySteer: true, charge: () => {} };

/** Serves until the input ends or `signal` is given. */
export async function serveStdio(
  engine: Engine,
  options: { input?: Readable; output?: Writable; signal?: AbortSignal } = {},
): Promise<void> {
  const { input = process.stdin, output = process.stdout, signal } = options;
  const server = mcpServer(engine, owner);
  const ended = new Promise<void>((resolve) => {
    input.once("end", resolve);
    input.once("close", resolve);
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.connect(new StdioServerTransport(input, output));
  await ended;
  await server.close();
}
