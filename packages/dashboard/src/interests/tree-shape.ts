/** The interest tree as the page looks at it: who is below whom, and what fits what was typed. */
import type { InterestSummary } from "@penchant/protocol";

export interface Tree {
  /** The broadest, most items first. */
  readonly broadest: readonly InterestSummary[];
  readonly childrenOf: (id: string) => readonly InterestSummary[];
  /** From the broadest down to the one above; without the root. */
  readonly above: (id: string) => readonly InterestSummary[];
}

/** @param interests Parents before children; the first is the root. */
export function treeOf(interests: readonly InterestSummary[]): Tree {
  const byId = new Map(interests.map((interest) => [interest.id, interest]));
  const children = Map.groupBy(interests, ({ parent }) => parent ?? "");
  for (const [id, list] of children)
    children.set(
      id,
      list.toSorted((a, b) => b.itemCount - a.itemCount),
    );
  return {
    broadest: interests[0] === undefined ? [] : (children.get(interests[0].id) ?? []),
    childrenOf: (id) => children.get(id) ?? [],
    above: (id) => {
      const path: InterestSummary[] = [];
      for (
        let up = byId.get(byId.get(id)?.parent ?? "");
        up !== undefined && up.level > 0;
        up = byId.get(up.parent ?? "")
      )
        path.unshift(up);
      return path;
    },
  };
}

/** The interests whose label or keywords have all the words, labels first, then those with most items. */
export function searchTree(interests: readonly InterestSummary[], typed: string): InterestSummary[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const rank = (interest: InterestSummary) => (has(interest.label) ? 0 : 1);
  return interests
    .filter(
      ({ level, label, keywords, description = "" }) => level > 0 && has([label, description, ...keywords].join(" ")),
    )
    .sort((a, b) => rank(a) - rank(b) || b.itemCount - a.itemCount);
}
