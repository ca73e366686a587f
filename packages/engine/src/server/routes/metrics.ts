/** The server's figures, for a monitoring system to scrape. */
import { z } from "zod";
import type { ServerMetrics } from "../metrics.ts";
import type { Server } from "../wire.ts";

export function metricsRoutes(server: Server, metrics: ServerMetrics): void {
  server.get(
    "/metrics",
    {
      schema: {
        operationId: "metrics",
        tags: ["Health"],
        summary: "Figures in Prometheus' text format",
        description: "Requests, events, queues, commits, caches, and how far the states are behind the log.",
        response: {
          200: { description: "One metric per line.", content: { "text/plain": { schema: z.string() } } },
        },
      },
      config: { isServerWide: true },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}
