/**
 * Candidates from the profile. An item i scores
 *
 *     f_i [ sum_e a_e (v_e . v_i) ]_+,    f_i = (1 + p_i)^0.35 lift_i^0.5
 *
 * over the user's attended events e: the nearer an item is in meaning and use to what the user did of late, the better,
 * with v the unit vectors and a_e the attention. The factor raises well-known items (p_i users) a little, and raises or
 * lowers each item by the user's lift in its interests: the share of their intensity that the profile expects there, over
 * the population's share. So a single event out of character moves little, and a long-standing interest speaks even when
 * the newest events are about something else.
 */
import type { Intensities, IntensityModel } from "../../core/intensity.ts";
import { attendedEvents } from "../attention.ts";
import type { CandidateScores, Contribution, RecommendContext } from "../context.ts";

const popularityExponent = 0.35;
/** No interest counts for more than ten times the population's share, or less than a tenth of it. */
const liftMax = 10;

/** The part of f_i that is the same for everybody, (1 + p_i)^0.35, by item key. Items added since have 1. */
export function prominenceOf(popularity: Float32Array): Float32Array {
  return popularity.map((users) => (1 + users) ** popularityExponent);
}

export function interestCandidates(context: RecommendContext): CandidateScores {
  const { reading, catalogue, prominence, workspace } = context;
  const { dimensions, size } = catalogue;
  const scores = workspace.floats("interest", size);
  const attended = attendedEvents(context);
  if (attended.length === 0) return { scores: scores.fill(0), explain: (items) => items.map(() => []) };

  const user = new Float64Array(dimensions);
  for (const { event, attention } of attended) catalogue.addVector(user, event.item, attention);
  const lifts = catalogue.meansOverNodes(
    liftByNode(reading.model, reading.intensities),
    workspace.floats("lifts", size),
  );
  const nearness = catalogue.products(user, workspace.floats("nearness", size));
  const prominences = workspace.floats("prominence", size).fill(1);
  prominences.set(prominence.length <= size ? prominence : prominence.subarray(0, size));
  workspace.weigh(nearness, prominences, lifts, scores);
  return {
    scores,
    explain(items: readonly number[]): Contribution[][] {
      return items.map((item) => {
        if (scores[item] === 0) return [];
        const scale = prominences[item] * Math.sqrt(lifts[item]);
        return attended.map(({ event, attention }) => ({
          event,
          amount: attention * catalogue.cosine(event.item, item) * scale,
        }));
      });
    },
  };
}

/** For items placed at each node: the user's expected share there over the population's. [n] */
function liftByNode(model: IntensityModel, { intensity }: Intensities): Float64Array {
  const { nodeCount, rates, children } = model;
  const lifts = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    const row = children[node].length > 0 ? nodeCount + node : node;
    const expected = rates[0] > 0 ? rates[row] / rates[0] : 0;
    const lift = expected > 0 && intensity[0] > 0 ? intensity[row] / intensity[0] / expected : 1;
    lifts[node] = Math.min(liftMax, Math.max(1 / liftMax, lift));
  }
  return lifts;
}
