/**
 * Recommendations as a stream from left to right: what was done, the interest that it speaks for, the item that follows. A
 * ribbon is as wide as its part of the score. What rests on no event, such as a model's expectation, begins in the middle.
 */
import type { Reason, RecommendationList } from "@penchant/protocol";

type Recommendation = RecommendationList["recommendations"][number];

export interface FlowTexts {
  /** Of all events that have too small a part to be named. */
  readonly otherEvents: string;
  /** Who or what says so, of a reason that names no event and no interest. */
  readonly saidBy: (reason: Reason) => string;
}

export interface Flow {
  readonly nodes: readonly { readonly name: string; readonly label: string; readonly column: 0 | 1 | 2 }[];
  readonly links: readonly { readonly source: string; readonly target: string; readonly value: number }[];
}

const itemsMax = 6;
const eventsMax = 8;

/** No id of an interest begins so. */
const sourceMark = "\n";

/** The interest of a node's name; undefined for all other nodes. */
export function interestOf(name: string): string | undefined {
  return name.startsWith("1:") && !name.startsWith(`1:${sourceMark}`) ? name.slice(2) : undefined;
}

export function flowOf(recommendations: readonly Recommendation[], { otherEvents, saidBy }: FlowTexts): Flow {
  const shown = recommendations.slice(0, itemsMax);
  const lines = shown.flatMap(({ item, reasons = [] }) =>
    reasons
      .filter(({ source, contribution }) => source !== "rest" && contribution > 0)
      .map((reason) => ({ ...reason, item, event: reason.event?.item, by: saidBy(reason) })),
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
  for (const { item, event, interest, contribution, by } of lines) {
    const isNamed = event !== undefined && named.has(event.id);
    const from = isNamed
      ? node(0, event.id, event.title)
      : event === undefined && interest === undefined
        ? node(1, sourceMark + by, by)
        : node(0, "", otherEvents);
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
