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

export interface SequenceScorer {
  /** Sequences that go at once. */
  readonly batch: number;
  /**
   * @param sequences at most `batch`, of 1 item or more; of longer ones than the network reads, the newest items count
   * @param weights of the network, by name
   * @returns scores of all items, one row for each sequence; valid until the next call. [batch, items]
   */
  score(sequences: readonly (readonly number[] | Int32Array)[], weights: Feeds): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function openScorer(
  network: SequenceNetwork,
  { batch, time, ...device }: DeviceOptions & { batch: number; time: number },
): Promise<SequenceScorer> {
  const steps = input("steps", [batch, time], "int32");
  const ends = input("ends", [batch], "int32");
  const hidden = network.encode(steps);
  const last = gather(reshape(hidden, [batch * time, hidden.shape[2]]), ends);
  const session = await compile({ scores: matmul(last, network.table, { transposeB: true }) }, device);
  return {
    batch,
    async score(sequences, weights) {
      const keys = new Int32Array(batch * time);
      const lastOf = new Int32Array(batch);
      for (const [row, sequence] of sequences.entries()) {
        const newest = sequence.slice(-time);
        keys.set(newest, row * time);
        lastOf[row] = row * time + newest.length - 1;
      }
      const own = Object.fromEntries([...session.inputs.keys()].map((name) => [name, weights[name]]));
      const { scores } = await session.run({ ...own, steps: keys, ends: lastOf });
      return scores as Float32Array;
    },
    close: () => session.close(),
  };
}
