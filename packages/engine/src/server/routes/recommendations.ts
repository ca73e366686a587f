/** Recommendations with their reasons: asked for by a query, or by a body that will take filters and scenarios. */
import { idParameters, recommendationBody, recommendationList, recommendationQuery } from "@penchant/protocol";
import type { Server } from "../wire.ts";

const tags = ["Recommendations"];
const response = { 200: recommendationList };

export function recommendationRoutes(server: Server): void {
  server.get(
    "/v1/users/:id/recommendations",
    {
      schema: {
        operationId: "recommend",
        tags,
        summary: "What a user may want next",
        params: idParameters,
        querystring: recommendationQuery,
        response,
      },
    },
    (request) => request.engine.recommend(request.params.id, request.query),
  );

  server.post(
    "/v1/users/:id/recommendations",
    {
      schema: {
        operationId: "recommendBy",
        tags,
        summary: "What a user may want next, asked with a body",
        params: idParameters,
        body: recommendationBody,
        response,
      },
      config: { scope: "read" },
    },
    (request) => request.engine.recommend(request.params.id, request.body),
  );
}
