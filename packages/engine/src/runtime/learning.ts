/**
 * The weights of a tree's intensities, learned from the engine's own log. `models/intensity` fits the rows of any tree; here
 * they are those that profiles are read with: every node, and the "other" of every node that has children, so that what was
 * done at a node itself is learned by itself. A pure function of its inputs.
 */
import { type LearnedWeights, weightsPerRow } from "../core/intensity-weights.ts";
import type { InterestTree } from "../core/tree.ts";
import { fitIntensity } from "../models/intensity/fit.ts";
import type { Histories } from "./histories.ts";

/**
 * @param nodes of every item, by key
 * @throws PENCHANT_E_MODEL_DATA when nobody ever came back
 */
export function learnWeights(
  tree: InterestTree,
  nodes: readonly Int32Array[],
  { interactions, sessions, until }: Histories,
): LearnedWeights {
  const count = tree.nodes.length;
  // Rows as `IntensityModel` has them, without those that have no meaning: the "other" of leaves.
  const others = tree.nodes.filter(({ index }) => tree.children(index).length > 0).map(({ index }) => index);
  const otherRows = new Map(others.map((index, place) => [index, count + place]));
  const parents = Int32Array.from([...tree.nodes.map(({ parent }) => parent), ...others]);
  const standing = (node: number) => otherRows.get(node) ?? node;
  // Events without an item count under the root alone; they name the key after the last.
  const places = [...nodes.map((of) => of.map(standing)), Int32Array.of(standing(0))];

  const fitted = fitIntensity({ interactions, sessions, places, parents }, until, { firstIsActivity: true });

  const weights = new Float64Array(2 * count * weightsPerRow);
  const rates = new Float64Array(2 * count);
  for (let row = 0; row < parents.length; row++) {
    const to = row < count ? row : count + others[row - count];
    rates[to] = fitted.rates[row];
    weights.set(fitted.weights.subarray(row * weightsPerRow, (row + 1) * weightsPerRow), to * weightsPerRow);
  }
  return {
    nodeCount: count,
    weights,
    rates,
    covariances: fitted.covariances.slice(0, count * weightsPerRow ** 2),
    eventsPerVisit: fitted.eventsPerSession.slice(0, count),
    presence: fitted.presence,
    halfLives: fitted.halfLives.slice(0, count),
    origin: { users: interactions.offsets.length - 1, events: fitted.events[0], until, gap: fitted.gap },
  };
}
