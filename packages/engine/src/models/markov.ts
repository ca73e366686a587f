/**
 * A first-order Markov chain over items: what comes next depends on what came last. Training sequences are too short for
 * most pairs of items to have followed each other directly, so a pair with a gap of g steps counts decay^(g - 1), up to
 * `gapMax` steps, and what was seen backs off to what is popular:
 *
 *     P(j | i) = (c_ij + backOff p_j) / (c_i + backOff),    score(j) = sum over g of decay^(g - 1) P(j | item g steps back)
 *
 * with p_j the item's share of all interactions (Dirichlet smoothing; Zhai and Lafferty, SIGIR 2001; skipping: Shani,
 * Heckerman and Brafman, An MDP-Based Recommender System, JMLR 2005).
 */
import type { FittedRecommender, RecommenderModel } from "../core/model.ts";
import { beginFit, itemSequences, queriedSequence } from "./histories.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface MarkovConfig {
  /** Steps apart that items may be to count as one after the other; 1 is a plain chain; 1 to 100. */
  readonly gapMax: number;
  /** What each further step leaves of a count and of an item's say, 0 to 1. */
  readonly decay: number;
  /** Transitions that popularity is worth at every item; 0 to 1e6. */
  readonly backOff: number;
}

const identity = { name: "markov", version: 1 };

interface Chain {
  readonly itemCount: number;
  /** Compressed rows: what followed each item, ascending by key, and the decayed counts. */
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  readonly counts: Float32Array;
  /** p, `[itemCount]`. */
  readonly shares: Float32Array;
}

export const markov: RecommenderModel<MarkovConfig> = {
  name: identity.name,
  description: "What follows what, a few steps apart. Good with few data and short histories.",
  defaults: { gapMax: 10, decay: 0.7, backOff: 10 },
  grid: { gapMax: [1, 3, 10], decay: [0.5, 0.7, 0.85], backOff: [1, 10, 100] },
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings(identity.name, config, {
      gapMax: { min: 1, max: 100, integer: true },
      decay: { min: 0, max: 1 },
      backOff: { min: 0, max: 1e6 },
    });
    beginFit(identity.name, data, options);
    return fitted(countTransitions(itemSequences(data.interactions), data.itemCount, config), config);
  },
  load(saved) {
    const parts = readSaved(saved, identity);
    const offsets = parts.offsets("offsets", "items");
    const chain = {
      itemCount: offsets.length - 1,
      offsets,
      items: parts.integers("items"),
      counts: parts.floats("counts"),
      shares: parts.floats("shares"),
    };
    return fitted(chain, saved.config as unknown as MarkovConfig);
  },
};

/** An item that follows itself is a fact like any other; whether it is recommended again is not the chain's to decide. */
function countTransitions(sequences: readonly Int32Array[], itemCount: number, config: MarkovConfig): Chain {
  const { gapMax, decay } = config;
  // Where each item occurs, item by item, so that one row is counted at a time.
  const starts = new Int32Array(itemCount + 1);
  for (const sequence of sequences) for (const item of sequence) starts[item + 1] += 1;
  for (let item = 0; item < itemCount; item++) starts[item + 1] += starts[item];
  const total = starts[itemCount];
  const next = starts.slice();
  const users = new Int32Array(total);
  const places = new Int32Array(total);
  for (const [user, sequence] of sequences.entries()) {
    for (const [place, item] of sequence.entries()) {
      users[next[item]] = user;
      places[next[item]++] = place;
    }
  }

  const offsets = new Int32Array(itemCount + 1);
  const items: number[] = [];
  const counts: number[] = [];
  const row = new Float64Array(itemCount);
  for (let item = 0; item < itemCount; item++) {
    const followers = new Set<number>();
    for (let at = starts[item]; at < starts[item + 1]; at++) {
      const sequence = sequences[users[at]];
      const end = Math.min(sequence.length - 1, places[at] + gapMax);
      for (let place = places[at] + 1, counted = 1; place <= end; place++, counted *= decay) {
        row[sequence[place]] += counted;
        if (counted > 0) followers.add(sequence[place]);
      }
    }
    for (const follower of [...followers].sort((a, b) => a - b)) {
      items.push(follower);
      counts.push(row[follower]);
      row[follower] = 0;
    }
    offsets[item + 1] = items.length;
  }
  const shares = Float32Array.from({ length: itemCount }, (_, item) => (starts[item + 1] - starts[item]) / total);
  return { itemCount, offsets, items: Int32Array.from(items), counts: Float32Array.from(counts), shares };
}

function fitted(chain: Chain, config: MarkovConfig): FittedRecommender {
  const { itemCount, offsets, items, counts, shares } = chain;
  const totals = new Float64Array(itemCount);
  for (let item = 0; item < itemCount; item++) {
    for (let at = offsets[item]; at < offsets[item + 1]; at++) totals[item] += counts[at];
  }
  return {
    name: identity.name,
    score({ history }) {
      const scores = new Float32Array(itemCount);
      const recent = queriedSequence(history, itemCount).slice(-config.gapMax).reverse();
      // A person without a history, or whose last items nothing followed, is offered what is popular.
      let popular = recent.length === 0 ? 1 : 0;
      for (const [gap, item] of recent.entries()) {
        const says = config.decay ** gap;
        const evidence = totals[item] + config.backOff;
        if (evidence === 0) {
          popular += says;
          continue;
        }
        popular += (says * config.backOff) / evidence;
        for (let at = offsets[item]; at < offsets[item + 1]; at++) scores[items[at]] += (says * counts[at]) / evidence;
      }
      for (let item = 0; item < itemCount; item++) scores[item] += popular * shares[item];
      return scores;
    },
    save: () => savedModel({ ...identity, config }, { offsets, items, counts, shares }),
  };
}
