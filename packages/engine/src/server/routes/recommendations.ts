/**
 * Recommendations with their reasons: asked for by a query, or by a body that will take filters and scenarios; for an
 * anonymous session's events; and the order of a caller's own list.
 */
import {
  idParameters,
  rankBody,
  ranking,
  recommendationBody,
  recommendationList,
  recommendationQuery,
  sessionBody,
  sessionRecommendations,
} from "@penchant/protocol";
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

  server.post(
    "/v1/sessions/recommendations",
    {
      schema: {
        operationId: "recommendForSession",
        tags,
        summary: "What somebody without an id may want next",
        description: "By the events of the request alone; nothing of it is kept.",
        body: sessionBody,
        response: { 200: sessionRecommendations },
      },
      config: { scope: "read" },
    },
    (request) => {
      const { events, ...options } = request.body;
      return request.engine.recommendForSession(events, options);
    },
  );

  server.post(
    "/v1/rank",
    {
      schema: {
        operationId: "rank",
        tags,
        summary: "Put items in the order in which a user may want them",
        description: "The caller's own list. What the user knows already is ranked as well.",
        body: rankBody,
        response: { 200: ranking },
      },
      config: { scope: "read" },
    },
    (request) => {
      const { user, items, ...options } = request.body;
      return request.engine.rank(user, items, options);
    },
  );
}
