/** Health: alive when the process answers, ready when the engine does. */
import { live, ready } from "@penchant/protocol";
import type { Server } from "../wire.ts";

const tags = ["Health"];

export function healthRoutes(server: Server): void {
  server.get(
    "/health/live",
    { schema: { operationId: "live", tags, summary: "Whether the process answers", response: { 200: live } } },
    async () => ({ status: "live" as const }),
  );

  server.get(
    "/health/ready",
    {
      schema: {
        operationId: "ready",
        tags,
        summary: "Whether the engine answers, and what it holds",
        response: { 200: ready },
      },
    },
    async (request) => ({ status: "ready" as const, ...(await request.engine.status()) }),
  );
}
