/**
 * The account of a score, read as event -> interest -> item. The sources' lines are brought to the blended scale, lines
 * of one event and source are one, and the interest between event and item is the deepest that both belong to. The
 * largest lines stand alone, the others are summed up as `rest`, so that all add up to the score.
 */
import type { Catalogue } from "../core/catalogue.ts";
import { titled } from "../core/evidence.ts";
import type { LongShortReason, Reason } from "../core/recommendation.ts";
import type { RecentEvent } from "../core/state.ts";
import type { InterestNode, InterestTree } from "../core/tree.ts";
import type { SourceName } from "./context.ts";
import type { FusedScores } from "./fusion.ts";

const linesShown = 5;

interface Line {
  readonly source: SourceName;
  readonly contribution: number;
  readonly event: RecentEvent | undefined;
  readonly longShort: LongShortReason | undefined;
}

/** What lines are told in the words of. */
interface Known {
  readonly catalogue: Catalogue;
  readonly tree: InterestTree;
  /** Id of the model that is promoted, where it has scored. */
  readonly model: string | undefined;
}

/** The reasons of each of the items. */
export function reasonsFor(items: readonly number[], fused: FusedScores<SourceName>, known: Known): Reason[][] {
  const accounts = fused.parts
    .filter(({ scale }) => scale > 0)
    .map(({ name, scale, candidates }) => ({ name, scale, lines: candidates.explain(items) }));
  return items.map((item, place) => {
    const shown: Line[] = [];
    let lineCount = 0;
    for (const { name, scale, lines } of accounts) {
      lineCount += lines[place].length;
      for (const { event, amount, longShort } of lines[place]) {
        keepLargest(shown, { source: name, contribution: amount * scale, event, longShort });
      }
    }
    const reasons = shown.map((line) => reasonOf(line, item, known));
    if (lineCount === shown.length) return reasons;
    let accounted = 0;
    for (const { contribution } of shown) accounted += contribution;
    return [...reasons, { source: "rest", contribution: fused.scores[item] - accounted }];
  });
}

/** Takes a line in if it is above 0 and among the largest; of equals the first stays. Few of the lines are. */
function keepLargest(shown: Line[], line: Line): void {
  const { contribution } = line;
  if (!(contribution > 0)) return;
  let place = shown.length;
  while (place > 0 && shown[place - 1].contribution < contribution) place -= 1;
  if (place === linesShown) return;
  if (shown.length === linesShown) shown.pop();
  shown.splice(place, 0, line);
}

function reasonOf(
  { source, contribution, event, longShort }: Line,
  item: number,
  { catalogue, tree, model }: Known,
): Reason {
  const named = {
    source,
    contribution,
    ...(source === "model" && model !== undefined && { model }),
    ...(longShort && { longShort }),
  };
  if (event === undefined) return named;
  const interest = sharedInterest(tree, catalogue.nodes(event.item), catalogue.nodes(item));
  return {
    ...named,
    event: { type: event.type, time: event.time, item: titled(catalogue.item(event.item)) },
    ...(interest === undefined ? {} : { interest: { id: interest.id, label: interest.name?.label ?? interest.label } }),
  };
}

/** The deepest interest that two items with these nodes share, if it is more than the root. */
function sharedInterest(tree: InterestTree, a: Int32Array, b: Int32Array): InterestNode | undefined {
  let deepest = tree.root;
  for (const ofB of b) {
    for (const ofA of a) {
      let left = tree.nodes[ofA];
      let right = tree.nodes[ofB];
      // Up from the one that is deeper, until both have come to where their paths part.
      while (left !== right && left.level + right.level > 0) {
        if (left.level >= right.level) left = tree.nodes[left.parent];
        else right = tree.nodes[right.parent];
      }
      if (left.level > deepest.level) deepest = left;
    }
  }
  return deepest === tree.root ? undefined : deepest;
}
