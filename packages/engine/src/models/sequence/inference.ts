/**
 * Sequences through a network, many at once: the vector of each one's last step, and from it the scores of all items. One
 * session of one shape; what does not fill it is padded.
 */
import { reshape } from "../../nn/operations/broadcasting.ts";
import { gather } from "../../nn/operations/indexing.ts";
import { matmul } from "../../nn/operations/linear-algebra.ts";
import { compile, type DeviceOptions, type Feeds } from "../../nn/session.ts";
import { input } from "../../nn/tensor.ts";
import type { SequenceNetwork } from "./network.ts";
import {
  askedTimes,
  type StepReading,
  type StepSequence,
  slicedSteps,
  stepColumns,
  stepFeeds,
  stepInputs,
  writeSteps,
} from "./steps.ts";

/** A person's events and the moment of the question. */
export interface SequenceQuestion {
  /** One event or more; of more than the network reads, the newest count. */
  readonly steps: StepSequence;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
}

export interface SequenceScorer {
  /** Sequences that go at once. */
  readonly batch: number;
  /**
   * @param questions at most `batch`
   * @param weights of the network, by name
   * @returns scores of all items, one row for each question; valid until the next call. [batch, items]
   */
  score(questions: readonly SequenceQuestion[], weights: Feeds): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function openScorer(
  network: SequenceNetwork,
  reading: StepReading,
  { batch, time, ...device }: DeviceOptions & { batch: number; time: number },
): Promise<SequenceScorer> {
  const ends = input("ends", [batch], "int32");
  const hidden = network.encode(stepInputs(reading, [batch, time]));
  const last = gather(reshape(hidden, [batch * time, hidden.shape[2]]), ends);
  const session = await compile({ scores: matmul(last, network.table, { transposeB: true }) }, device);
  return {
    batch,
    async score(questions, weights) {
      const columns = stepColumns(reading, batch, time);
      const lastOf = new Int32Array(batch);
      for (const [row, { steps, at }] of questions.entries()) {
        const newest = slicedSteps(steps, -time);
        writeSteps(columns, row * time, newest, askedTimes(newest, at), reading);
        lastOf[row] = row * time + newest.items.length - 1;
      }
      const feeds: Feeds = { ...weights, ...stepFeeds(columns), ends: lastOf };
      const own = Object.fromEntries([...session.inputs.keys()].map((name) => [name, feeds[name]]));
      const { scores } = await session.run(own);
      return scores as Float32Array;
    },
    close: () => session.close(),
  };
}
