/** Titles of items that events name by their ids. An item that is not in the catalogue keeps its id. */
import type { Item } from "@penchant/protocol";
import { useQueries } from "@tanstack/react-query";
import { ask, part } from "../api/client.ts";

export function useItemTitles(ids: readonly string[]): ReadonlyMap<string, string> {
  return useQueries({
    queries: [...new Set(ids)].map((id) => ({
      queryKey: ["item", id],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask<Item>(`/v1/items/${part(id)}`, { signal }),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (answers) => new Map(answers.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data.title]]))),
  });
}
