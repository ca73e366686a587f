/** Users: their records, their events, and the erasure of everything known of them. */
import {
  erasure,
  eventPage,
  idParameters,
  merge,
  mergeBody,
  pageQuery,
  user,
  userBody,
  userPage,
  userQuery,
} from "@penchant/protocol";
import { PenchantError } from "../../base/errors.ts";
import type { Engine } from "../../engine.ts";
import type { Server } from "../wire.ts";
import { assertSameId } from "./items.ts";

const tags = ["Users"];

export function userRoutes(server: Server): void {
  const find = async (engine: Engine, id: string) => {
    const found = await engine.user(id);
    if (found === undefined) throw new PenchantError("PENCHANT_E_USER_NOT_FOUND", `Nothing is known of user "${id}".`);
    return found;
  };

  server.put(
    "/v1/users/:id",
    {
      schema: {
        operationId: "putUser",
        tags,
        summary: "Create or replace a user's record",
        description: "Events need no record: it only adds attributes and consent.",
        params: idParameters,
        body: userBody,
        response: { 200: user },
      },
    },
    async (request) => {
      const { id } = request.params;
      assertSameId(request.body.id, id);
      await request.engine.putUser({ ...request.body, id });
      return find(request.engine, id);
    },
  );

  server.get(
    "/v1/users/:id",
    {
      schema: {
        operationId: "getUser",
        tags,
        summary: "Read a user's record",
        params: idParameters,
        response: { 200: user },
      },
    },
    (request) => find(request.engine, request.params.id),
  );

  server.delete(
    "/v1/users/:id",
    {
      schema: {
        operationId: "eraseUser",
        tags,
        summary: "Erase everything known of a user",
        description:
          "Record, events and profile, under all ids that were merged. Erasing a user of whom nothing is known is fine.",
        params: idParameters,
        response: { 200: erasure },
      },
    },
    async (request) => ({ id: request.params.id, events: (await request.engine.erase(request.params.id)).events }),
  );

  server.post(
    "/v1/users/:id/merge",
    {
      schema: {
        operationId: "mergeUsers",
        tags,
        summary: "Make another id this user's",
        description:
          "For somebody who was anonymous and is known now. The profile becomes what both have done together, with nothing of its age lost; whatever comes or is asked under the other id is this user's from then on, erasure included. Doing it again changes nothing.",
        params: idParameters,
        body: mergeBody,
        response: { 200: merge },
      },
    },
    async (request) => {
      const { from } = request.body;
      return { from, ...(await request.engine.merge(request.params.id, from)) };
    },
  );

  server.get(
    "/v1/users",
    {
      schema: {
        operationId: "listUsers",
        tags,
        summary: "Page through the users",
        querystring: userQuery,
        response: { 200: userPage },
      },
    },
    (request) => {
      const { q, ...page } = request.query;
      return request.engine.users(q === undefined ? page : { ...page, query: q });
    },
  );

  server.get(
    "/v1/users/:id/events",
    {
      schema: {
        operationId: "listUserEvents",
        tags,
        summary: "A user's events, newest first",
        params: idParameters,
        querystring: pageQuery,
        response: { 200: eventPage },
      },
    },
    (request) => request.engine.userEvents(request.params.id, request.query),
  );
}
