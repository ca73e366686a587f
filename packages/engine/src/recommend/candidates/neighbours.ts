/** Candidates from item-item neighbours: what people took who took what this user did of late. */
import { attendedEvents } from "../attention.ts";
import type { CandidateScores, Contribution, RecommendContext } from "../context.ts";

export function neighbourCandidates({ state, catalogue, neighbours }: RecommendContext): CandidateScores {
  const scores = new Float32Array(catalogue.size);
  const attended = attendedEvents(state).filter(({ event }) => event.item < neighbours.itemCount);
  for (const { event, attention } of attended) {
    for (let at = neighbours.offsets[event.item]; at < neighbours.offsets[event.item + 1]; at++) {
      scores[neighbours.items[at]] += attention * neighbours.similarities[at];
    }
  }
  return {
    scores,
    explain(item: number): Contribution[] {
      const lines: Contribution[] = [];
      for (const { event, attention } of attended) {
        for (let at = neighbours.offsets[event.item]; at < neighbours.offsets[event.item + 1]; at++) {
          if (neighbours.items[at] === item) lines.push({ event, amount: attention * neighbours.similarities[at] });
        }
      }
      return lines;
    },
  };
}
