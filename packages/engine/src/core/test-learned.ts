/** Weights for tests, as if they had been learned: every row has others, so that none can be taken for another's. */
import { seededRandom } from "../base/random.ts";
import { type LearnedWeights, weightsPerRow } from "./intensity-weights.ts";
import type { InterestTree } from "./tree.ts";

/** @param deviation of every weight, relative to it */
export function learnedFor(tree: InterestTree, { seed = 1, deviation = 0.1 } = {}): LearnedWeights {
  const random = seededRandom(seed);
  const count = tree.nodes.length;
  const weights = Float64Array.from({ length: 2 * count * weightsPerRow }, () => random.uniform() * 0.3);
  const rates = new Float64Array(2 * count);
  for (let index = count - 1; index >= 0; index--) {
    const own = 0.001 + random.uniform() * 0.005;
    rates[index] += own;
    if (tree.children(index).length > 0) rates[count + index] = own;
    if (index > 0) rates[tree.nodes[index].parent] += rates[index];
  }
  const covariances = new Float32Array(count * weightsPerRow ** 2);
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < weightsPerRow; j++) {
      const place = row * weightsPerRow ** 2 + j * weightsPerRow + j;
      covariances[place] = (deviation * weights[row * weightsPerRow + j]) ** 2;
    }
  }
  return {
    nodeCount: count,
    weights,
    rates,
    covariances,
    eventsPerVisit: new Float64Array(count).map(() => 1 + random.uniform()),
    halfLives: tree.nodes.map(({ index }) => (index % 2 === 0 ? { days: 30, lowDays: 20, highDays: 45 } : null)),
    origin: { users: 3, events: 100, until: 0, gap: 0 },
  };
}
