/** Candidates from item-item neighbours: what people took who took what this user did of late. */
import { attendedEvents } from "../attention.ts";
import type { CandidateScores, Contribution, RecommendContext } from "../context.ts";

export function neighbourCandidates(context: RecommendContext): CandidateScores {
  const { catalogue, neighbours, workspace } = context;
  const scores = workspace.zeros("neighbour", catalogue.size);
  const attended = attendedEvents(context).filter(({ event }) => event.item < neighbours.itemCount);
  for (const { event, attention } of attended) {
    for (let at = neighbours.offsets[event.item]; at < neighbours.offsets[event.item + 1]; at++) {
      scores[neighbours.items[at]] += attention * neighbours.similarities[at];
    }
  }
  return {
    scores,
    explain(items: readonly number[]): Contribution[][] {
      // One walk over all neighbours for all the items: where each stands among them, from 1 on.
      const places = workspace.zeros("places", catalogue.size);
      for (const [index, item] of items.entries()) places[item] = index + 1;
      const lines: Contribution[][] = items.map(() => []);
      for (const { event, attention } of attended) {
        for (let at = neighbours.offsets[event.item]; at < neighbours.offsets[event.item + 1]; at++) {
          const place = places[neighbours.items[at]];
          if (place > 0) lines[place - 1].push({ event, amount: attention * neighbours.similarities[at] });
        }
      }
      return lines;
    },
  };
}
