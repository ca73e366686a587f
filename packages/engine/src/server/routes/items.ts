/** The catalogue: putting, reading, changing and hiding items. */
import {
  idParameters,
  item,
  itemBatch,
  itemBody,
  itemPage,
  itemPatch,
  itemQuery,
  itemsPut,
  similarItems,
  similarQuery,
} from "@penchant/protocol";
import { z } from "zod";
import { PenchantError } from "../../base/errors.ts";
import type { Item } from "../../core/item.ts";
import type { Engine } from "../../engine.ts";
import type { Server } from "../wire.ts";
import { mergePatch } from "./merge-patch.ts";

const tags = ["Items"];
const config = { invalidBody: "PENCHANT_E_ITEM_INVALID" } as const;

export function itemRoutes(server: Server): void {
  const find = (engine: Engine, id: string): Item => {
    const found = engine.item(id);
    if (found === undefined) throw new PenchantError("PENCHANT_E_ITEM_NOT_FOUND", `There is no item "${id}".`);
    return found;
  };

  server.put(
    "/v1/items/:id",
    {
      schema: {
        operationId: "putItem",
        tags,
        summary: "Create or replace an item",
        description: "201 when it is new, 200 when it replaces an older version.",
        params: idParameters,
        body: itemBody,
        response: { 200: item, 201: item },
      },
      config,
    },
    async (request, reply) => {
      const { id } = request.params;
      assertSameId(request.body.id, id);
      const { created } = await request.engine.putItems([{ ...request.body, id }]);
      return reply.code(created === 0 ? 200 : 201).send(find(request.engine, id));
    },
  );

  server.post(
    "/v1/items",
    {
      schema: {
        operationId: "putItems",
        tags,
        summary: "Create or replace many items",
        description: "All of them or none.",
        body: itemBatch,
        response: { 200: itemsPut },
      },
      config,
    },
    (request) => request.engine.putItems(request.body),
  );

  server.get(
    "/v1/items",
    {
      schema: {
        operationId: "listItems",
        tags,
        summary: "Page through the catalogue",
        querystring: itemQuery,
        response: { 200: itemPage },
      },
    },
    async (request) => {
      const { q, ...page } = request.query;
      return request.engine.items(q === undefined ? page : { ...page, query: q });
    },
  );

  server.get(
    "/v1/items/:id",
    {
      schema: { operationId: "getItem", tags, summary: "Read an item", params: idParameters, response: { 200: item } },
    },
    async (request) => find(request.engine, request.params.id),
  );

  // Two patches of one item must not start from the same version: they take turns.
  const turns = new WeakMap<Engine, Promise<unknown>>();
  server.register(async (scope: Server) => {
    const mergePatchType = "application/merge-patch+json";
    scope.addContentTypeParser(mergePatchType, { parseAs: "string" }, scope.getDefaultJsonParser("error", "error"));
    scope.patch(
      "/v1/items/:id",
      {
        schema: {
          operationId: "patchItem",
          tags,
          summary: "Change parts of an item",
          consumes: [mergePatchType, "application/json"],
          params: idParameters,
          body: itemPatch,
          response: { 200: item },
        },
        config,
      },
      async (request) => {
        const { engine, params } = request;
        const { id } = params;
        const change = async () => {
          await engine.putItems([mergePatch(find(engine, id), request.body) as Item]);
          return find(engine, id);
        };
        const changed = (turns.get(engine) ?? Promise.resolve()).then(change);
        turns.set(
          engine,
          changed.catch(() => {}),
        );
        return changed;
      },
    );
  });

  server.delete(
    "/v1/items/:id",
    {
      schema: {
        operationId: "removeItem",
        tags,
        summary: "Take an item out of the catalogue",
        description: "It is never recommended again; profiles keep what was learned from it.",
        params: idParameters,
        response: { 204: z.null().describe("Done.") },
      },
    },
    async (request, reply) => {
      const { engine, params } = request;
      if (!(await engine.removeItem(params.id))) find(engine, params.id);
      return reply.code(204).send(null);
    },
  );

  server.get(
    "/v1/items/:id/similar",
    {
      schema: {
        operationId: "similarItems",
        tags,
        summary: "Items like this one",
        params: idParameters,
        querystring: similarQuery,
        response: { 200: similarItems },
      },
    },
    async (request) => {
      const { engine, params } = request;
      find(engine, params.id);
      return { items: engine.similarItems(params.id, request.query) };
    },
  );
}

/** @throws PENCHANT_E_ID_INVALID when body and path name different things */
export function assertSameId(inBody: string | undefined, inPath: string): void {
  if (inBody === undefined || inBody === inPath) return;
  throw new PenchantError(
    "PENCHANT_E_ID_INVALID",
    `The body's id: expected "${inPath}" as in the path, or none, got "${inBody}".`,
  );
}
