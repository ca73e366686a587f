/**
 * NDCG@10 on validation while a model is trained: for each question all items but those of its history are ranked, and the
 * best placed targets count as in `penchant evaluate`. A tie goes against the target, so that a network that scores all
 * items alike reaches nothing.
 */
import type { ValidationCase } from "../../core/model.ts";
import type { DeviceOptions, Feeds } from "../../nn/session.ts";
import { settle } from "./catalogue.ts";
import { openScorer, type SequenceQuestion } from "./inference.ts";
import type { SequenceNetwork } from "./network.ts";
import { queriedSteps, type StepReading } from "./steps.ts";

/** Plain data: it goes to another thread. */
export interface ValidationQuestion extends SequenceQuestion {
  readonly targets: Int32Array;
}

/** So many questions are asked after each epoch, spread evenly over all of them. */
const questionsMax = 10_000;
const listLength = 10;
const batch = 128;

/** Those that have a history and a target that the model has keys for. */
export function questionsOf(cases: readonly ValidationCase[], itemCount: number): ValidationQuestion[] {
  const every = Math.max(1, cases.length / questionsMax);
  const questions: ValidationQuestion[] = [];
  for (let at = 0; at < cases.length; at += every) {
    const { query, targets: wanted } = cases[Math.floor(at)];
    const steps = queriedSteps(query.history, itemCount);
    const known = wanted.filter((item) => item >= 0 && item < itemCount);
    if (steps.items.length === 0 || known.length === 0) continue;
    questions.push({ steps, at: query.at, targets: Int32Array.from(known) });
  }
  return questions;
}

export interface Validator {
  /** Mean NDCG@10 with these weights. */
  measure(weights: Feeds): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param options.length steps that the network reads
 * @param options.unknown items that score as the lowest of the others
 */
export async function openValidator(
  network: SequenceNetwork,
  questions: readonly ValidationQuestion[],
  options: DeviceOptions & { length: number; reading: StepReading; unknown: Int32Array },
): Promise<Validator> {
  const { length, reading, unknown, ...device } = options;
  const lengthOf = ({ steps }: ValidationQuestion) => steps.items.length;
  // Sorted by length, so that short histories are not computed in the length of the longest.
  const order = [...questions].sort((a, b) => lengthOf(a) - lengthOf(b));
  const longest = order.length === 0 ? 1 : lengthOf(order[order.length - 1]);
  const times = [...new Set([4, 2, 1].map((part) => Math.ceil(Math.min(longest, length) / part)))];
  const scorers = await Promise.all(times.map((time) => openScorer(network, reading, { batch, time, ...device })));
  const items = network.table.shape[0];
  return {
    async measure(weights) {
      let sum = 0;
      for (let start = 0; start < order.length; start += batch) {
        const asked = order.slice(start, start + batch);
        const steps = Math.min(lengthOf(asked[asked.length - 1]), length);
        const scorer = scorers[times.findIndex((time) => time >= steps)];
        const scores = await scorer.score(asked, weights);
        for (const [row, { steps: history, targets }] of asked.entries()) {
          const own = settle(scores.subarray(row * items, (row + 1) * items), unknown);
          sum += ndcg(own, history.items, targets);
        }
      }
      return sum / order.length;
    },
    async close() {
      for (const scorer of scorers) await scorer.close();
    },
  };
}

/** @param scores of all items; those of the history are written over */
function ndcg(scores: Float32Array, history: Int32Array, targets: Int32Array): number {
  for (const item of history) scores[item] = Number.NEGATIVE_INFINITY;
  const wanted = [...new Set(targets)];
  const ranks = wanted
    .filter((target) => scores[target] > Number.NEGATIVE_INFINITY)
    .map((target) => rankOf(scores, target));
  let gain = 0;
  for (const rank of ranks) if (rank <= listLength) gain += 1 / Math.log2(rank + 1);
  let ideal = 0;
  for (let place = 1; place <= Math.min(listLength, wanted.length); place++) ideal += 1 / Math.log2(place + 1);
  return gain / ideal;
}

function rankOf(scores: Float32Array, target: number): number {
  const own = scores[target];
  let rank = 0;
  for (const score of scores) if (score >= own) rank += 1;
  return rank;
}
