/** The interest tree: the catalogue as a hierarchy. */
import {
  activity,
  audience,
  audienceQuery,
  idParameters,
  interestDetail,
  interestList,
  learnedDecay,
} from "@penchant/protocol";
import type { Server } from "../wire.ts";

const tags = ["Interests"];

export function interestRoutes(server: Server): void {
  server.get(
    "/v1/interests",
    { schema: { operationId: "listInterests", tags, summary: "The whole tree", response: { 200: interestList } } },
    async (request) => ({ interests: request.engine.interests() }),
  );

  server.get(
    "/v1/interests/:id",
    {
      schema: {
        operationId: "getInterest",
        tags,
        summary: "One interest, its children and its most popular items",
        params: idParameters,
        response: { 200: interestDetail },
      },
    },
    async (request) => request.engine.interest(request.params.id),
  );

  server.get(
    "/v1/interests/:id/audience",
    {
      schema: {
        operationId: "getAudience",
        tags,
        summary: "Who cares about an interest most, now",
        description: "Everybody is looked at, or a large part of them, so this takes longer than a profile does.",
        params: idParameters,
        querystring: audienceQuery,
        response: { 200: audience },
      },
    },
    (request) => request.engine.interestAudience(request.params.id, request.query),
  );

  server.get(
    "/v1/interests/:id/activity",
    {
      schema: {
        operationId: "getActivity",
        tags,
        summary: "How much was done under an interest, month by month",
        params: idParameters,
        response: { 200: activity },
      },
    },
    (request) => request.engine.interestActivity(request.params.id),
  );

  server.post(
    "/v1/train/intensity",
    {
      schema: {
        operationId: "learnDecay",
        tags,
        summary: "Learn from the log how interests fade and wake",
        description:
          "Answers when it is done: seconds for a hundred thousand events. Profiles are read with what was learned from then on, and every rebuild learns it anew.",
        response: { 200: learnedDecay },
      },
    },
    (request) => request.engine.learnDecay(),
  );
}
