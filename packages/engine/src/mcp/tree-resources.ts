/** The interest tree as resources: the whole of it, and every interest with its children and best-known items. */
import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { ErrorCode, McpError, type ReadResourceResult } from "@modelcontextprotocol/sdk/types.js";
import { PenchantError } from "../base/errors.ts";
import type { InterestSummary } from "../core/profile.ts";
import type { Engine } from "../engine.ts";
import { itemAnswer, words } from "./answers.ts";

export const treeUri = "penchant://interests";
const listedMax = 200;
const completionsMax = 100;
const mimeType = "application/json";

export function addTreeResources(server: McpServer, engine: Engine): void {
  server.registerResource(
    "interests",
    treeUri,
    { title: "The interest tree", description: "All interests of the catalogue, parents before children.", mimeType },
    (uri) => document(uri, { interests: engine.interests().map(summary) }),
  );

  const template = new ResourceTemplate(`${treeUri}/{id}`, {
    list: () => ({
      resources: engine
        .interests()
        .slice(0, listedMax)
        .map(({ id, label }) => ({ uri: `${treeUri}/${encodeURIComponent(id)}`, name: words(label), mimeType })),
    }),
    complete: {
      id: (start) =>
        engine
          .interests()
          .map(({ id }) => encodeURIComponent(id))
          .filter((id) => id.startsWith(start))
          .slice(0, completionsMax),
    },
  });
  server.registerResource(
    "interest",
    template,
    { title: "An interest", description: "One interest, its children and its most popular items.", mimeType },
    (uri, { id }) => {
      const { children, items, lineage, ...node } = found(engine, decodeURIComponent(String(id)));
      return document(uri, {
        ...summary(node),
        lineage,
        children: children.map(summary),
        items: items.map(itemAnswer),
      });
    },
  );
}

function found(engine: Engine, id: string) {
  try {
    return engine.interest(id);
  } catch (error) {
    if (!PenchantError.isInstance(error)) throw error;
    throw new McpError(ErrorCode.InvalidParams, `${error.code}: ${error.message}`);
  }
}

function summary({ id, parent, level, label, description, keywords, itemCount }: InterestSummary) {
  return {
    id,
    parent,
    level,
    label: words(label),
    ...(description !== undefined && { description: words(description) }),
    keywords: keywords.map(words),
    itemCount,
  };
}

function document(uri: URL, content: object): ReadResourceResult {
  return { contents: [{ uri: uri.href, mimeType, text: JSON.stringify(content) }] };
}
