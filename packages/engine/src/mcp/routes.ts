/**
 * MCP over streamable HTTP at /mcp, on the server that has the API: behind the same keys, tenants, rate limits and checks of
 * `Host` and `Origin`. Every request stands for itself, without a session, so that it does not matter which process answers
 * it; so there is no stream of the server's own to open, and GET and DELETE are answered with 405, as the protocol provides.
 */
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { FastifyReply, FastifyRequest } from "fastify";
import { covers } from "../server/keys.ts";
import type { Server } from "../server/wire.ts";
import { type Caller, mcpServer } from "./mcp-server.ts";

const bodyBytesMax = 1024 * 1024;

export function mcpRoutes(server: Server): void {
  const options = { schema: { hide: true }, config: { scope: "read" }, bodyLimit: bodyBytesMax } as const;
  server.post("/mcp", options, handle);
  server.get("/mcp", options, notAllowed);
  server.delete("/mcp", options, notAllowed);
}

async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  const server = mcpServer(request.engine, callerOf(request));
  try {
    await server.connect(transport);
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === "string" ? [[name, value]] : [],
    );
    const asked = new Request("http://localhost/mcp", { method: "POST", headers });
    const answer = await transport.handleRequest(asked, { parsedBody: request.body });
    const type = answer.headers.get("content-type");
    if (type !== null) reply.type(type);
    return reply.code(answer.status).send(await answer.text());
  } finally {
    await server.close();
  }
}

async function notAllowed(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const error = { code: -32_000, message: "Method not allowed: every request stands for itself." };
  return reply.code(405).header("allow", "POST").send({ jsonrpc: "2.0", error, id: null });
}

/** Without keys whoever reaches the server may do everything. */
function callerOf(request: FastifyRequest): Caller {
  const { key } = request;
  return {
    mayRecord: key === undefined || covers(key, "ingest"),
    maySteer: key === undefined || covers(key, "admin"),
    charge: (events) => request.chargeEvents(events),
  };
}
