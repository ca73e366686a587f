/**
 * Recommendations as a stream from left to right: what was done, the interest that it speaks for, the item that follows. A
 * ribbon is as wide as its part of the score.
 */
import type { RecommendationList } from "@penchant/protocol";

type Recommendation = RecommendationList["recommendations"][number];

export interface Flow {
  readonly nodes: readonly { readonly name: string; readonly label: string; readonly column: 0 | 1 | 2 }[];
  readonly links: readonly { readonly source: string; readonly target: string; readonly value: number }[];
}

const itemsMax = 6;
const eventsMax = 8;

/** @param otherEvents the label of all events that have too small a part to be named */
export function flowOf(recommendations: readonly Recommendation[], otherEvents: string): Flow {
  const shown = recommendations.slice(0, itemsMax);
  const lines = shown.flatMap(({ item, reasons = [] }) =>
    reasons
      .filter(({ source, contribution }) => source !== "rest" && contribution > 0)
      .map(({ event, interest, contribution }) => ({ item, event: event?.item, interest, contribution })),
  );
  const weights = new Map<string, number>();
  for (const { event, contribution } of lines) {
    if (event !== undefined) weights.set(event.id, (weights.get(event.id) ?? 0) + contribution);
  }
  const named = new Set(
    [...weights]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, eventsMax)
      .map(([id]) => id),
  );

  const nodes = new Map<string, Flow["nodes"][number]>();
  const links = new Map<string, { source: string; target: string; value: number }>();
  const node = (column: 0 | 1 | 2, id: string, label: string) => {
    const name = `${column}:${id}`;
    nodes.set(name, { name, label, column });
    return name;
  };
  const link = (source: string, target: string, value: number) => {
    const key = `${source}\n${target}`;
    links.set(key, { source, target, value: (links.get(key)?.value ?? 0) + value });
  };
  for (const { item, event, interest, contribution } of lines) {
    const isNamed = event !== undefined && named.has(event.id);
    const from = isNamed ? node(0, event.id, event.title) : node(0, "", otherEvents);
    const to = node(2, item.id, item.title);
    if (interest === undefined) link(from, to, contribution);
    else {
      const between = node(1, interest.id, interest.label);
      link(from, between, contribution);
      link(between, to, contribution);
    }
  }
  return { nodes: [...nodes.values()], links: [...links.values()] };
}
