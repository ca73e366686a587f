/** The interest tree: the catalogue as a hierarchy. */
import { idParameters, interestDetail, interestList } from "@penchant/protocol";
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
}
