/** Health: alive when the process answers, ready when the engine does. */
import { live, ready } from "@penchant/protocol";
import type { Server } from "../wire.ts";

const tags = ["Health"];

export function healthRoutes(server: Server): void {
  server.get(
    "/health/live",
    {
      schema: { operationId: "live", tags, summary: "Whether the process answers", response: { 200: live } },
      config: { scope: "none" },
    },
    async () => ({ status: "live" as const }),
  );

  server.get(
    "/health/ready",
    {
      schema: {
        operationId: "ready",
        tags,
        summary: "Whether the engine answers, and what it holds",
        description: "Where keys are needed, what it holds is told to those that may read.",
        response: { 200: ready },
      },
      config: { scope: "optional" },
    },
    async (request) => {
      const holds = await request.engine.status();
      return { status: "ready" as const, ...(request.mayRead && holds) };
    },
  );
}
