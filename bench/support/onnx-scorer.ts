/** A sequence model's ONNX file on plain ONNX Runtime: what anybody gets who takes the file elsewhere. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { FittedRecommender } from "../../packages/engine/src/core/model.ts";

export interface OnnxScorer {
  /** @returns scores of all items, a row for each sequence of at most as many as go at once. [sequences, items] */
  score(sequences: readonly (readonly number[])[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/**
 * Writes a model's graph into a file and opens it.
 *
 * @param options.batch sequences that go at once
 * @param options.time steps that the model reads
 * @param options.threads that compute, and wait without spinning
 */
export async function openOnnxScorer(
  fitted: FittedRecommender,
  path: string,
  { batch, time, quantise, threads }: { batch: number; time: number; quantise: boolean; threads: number },
): Promise<OnnxScorer> {
  await fitted.writeGraph?.(path, { batch, quantise });
  const session = await InferenceSession.create(path, {
    intraOpNumThreads: threads,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  return {
    async score(sequences) {
      const steps = new Int32Array(batch * time);
      const ends = new Int32Array(batch);
      for (const [row, sequence] of sequences.entries()) {
        const newest = sequence.slice(-time);
        steps.set(newest, row * time);
        ends[row] = row * time + newest.length - 1;
      }
      const { scores } = await session.run({
        steps: new Tensor("int32", steps, [batch, time]),
        ends: new Tensor("int32", ends, [batch]),
      });
      const items = scores.dims[1];
      return sequences.map((_, row) => (scores.data as Float32Array).subarray(row * items, (row + 1) * items));
    },
    close: () => session.release(),
  };
}
