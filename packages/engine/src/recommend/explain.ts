/**
 * The account of a score, read as event -> interest -> item. The sources' lines are brought to the blended scale, lines
 * of one event and source are one, and the interest between event and item is the deepest that both belong to. The
 * largest lines stand alone, the others are summed up as `rest`, so that all add up to the score.
 */
import type { Catalogue } from "../core/catalogue.ts";
import { titled } from "../core/profile-read.ts";
import type { Reason } from "../core/recommendation.ts";
import type { RecentEvent } from "../core/state.ts";
import type { InterestTree } from "../core/tree.ts";
import type { SourceName } from "./context.ts";
import type { FusedScores } from "./fusion.ts";

const linesShown = 5;

export function reasonsFor(
  item: number,
  fused: FusedScores<SourceName>,
  { catalogue, tree }: { catalogue: Catalogue; tree: InterestTree },
): Reason[] {
  const lines: { source: SourceName; contribution: number; event?: RecentEvent }[] = [];
  for (const { name, scale, candidates } of fused.parts) {
    if (scale === 0) continue;
    for (const { event, amount } of candidates.explain(item)) {
      lines.push({ source: name, contribution: amount * scale, ...(event === undefined ? {} : { event }) });
    }
  }
  lines.sort((a, b) => b.contribution - a.contribution);
  const shown = lines.filter(({ contribution }) => contribution > 0).slice(0, linesShown);
  const reasons = shown.map(({ source, contribution, event }): Reason => {
    const interest = event === undefined ? undefined : sharedInterest(tree, catalogue, event.item, item);
    return {
      source,
      contribution,
      ...(event === undefined
        ? {}
        : { event: { type: event.type, time: event.time, item: titled(catalogue.item(event.item)) } }),
      ...(interest === undefined ? {} : { interest: { id: interest.id, label: interest.label } }),
    };
  });
  let accounted = 0;
  for (const { contribution } of reasons) accounted += contribution;
  const rest = fused.scores[item] - accounted;
  return lines.length > shown.length ? [...reasons, { source: "rest", contribution: rest }] : reasons;
}

/** The deepest interest of the tree that two items share, if it is more than the root. */
function sharedInterest(tree: InterestTree, catalogue: Catalogue, a: number, b: number) {
  const ofA = new Set<number>();
  for (const start of catalogue.nodes(a)) for (const { index } of tree.pathTo(start)) ofA.add(index);
  const shared = [...catalogue.nodes(b)].flatMap((start) => tree.pathTo(start).filter(({ index }) => ofA.has(index)));
  let deepest = shared[0];
  for (const node of shared) if (node.level > deepest.level) deepest = node;
  return deepest;
}
