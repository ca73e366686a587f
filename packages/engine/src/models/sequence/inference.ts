/**
 * Sequences through a network, many at once: the vector of each one's last step, and from it the scores of all items. One
 * session of one shape; what does not fill it is padded. The same graph is also what goes into a file for other runtimes.
 */
import { type InferenceOptions, writeInference } from "../../nn/files/inference.ts";
import { reshape } from "../../nn/operations/broadcasting.ts";
import { logSoftmax } from "../../nn/operations/fused.ts";
import { gather } from "../../nn/operations/indexing.ts";
import { compile, type DeviceOptions, type Feeds } from "../../nn/session.ts";
import { input, type Tensor } from "../../nn/tensor.ts";
import { allProducts, joined, type SequenceNetwork, vectorsOf } from "./network.ts";
import { type ProfileColumns, profileColumns, profileFeeds, writeProfiles } from "./profiles.ts";
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

/** The profile after the last step, as row `row`. */
export function writeLastProfile(
  columns: ProfileColumns,
  row: number,
  { steps, at }: SequenceQuestion,
  { profile, knowsAsked }: StepReading,
): void {
  if (profile) writeProfiles(columns, row, steps, steps.items.length - 1, knowsAsked ? [at] : undefined, profile);
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
  const session = await compile(scoringGraph(network, reading, { batch, time }), device);
  return {
    batch,
    async score(questions, weights) {
      const columns = stepColumns(reading, batch, time);
      const profiles = reading.profile && profileColumns(reading.profile, batch);
      const lastOf = new Int32Array(batch);
      for (const [row, question] of questions.entries()) {
        const newest = slicedSteps(question.steps, -time);
        writeSteps(columns, row * time, newest, askedTimes(newest, question.at), reading);
        lastOf[row] = row * time + newest.items.length - 1;
        if (profiles) writeLastProfile(profiles, row, question, reading);
      }
      const feeds: Feeds = {
        ...weights,
        ...stepFeeds(columns),
        ...(profiles && profileFeeds(profiles)),
        ends: lastOf,
      };
      const own = Object.fromEntries([...session.inputs.keys()].map((name) => [name, feeds[name]]));
      const { scores } = await session.run(own);
      return scores as Float32Array;
    },
    close: () => session.close(),
  };
}

/**
 * Writes the graph with its weights as an ONNX file. Its inputs are `steps`, item keys as int32 [batch, time], oldest first
 * and padded at the end, whatever else of `StepInputs` the model reads, `ends`, int32 [batch], where row r's last event
 * stands: r time + its events - 1, and of a model that reads profiles `ProfileInputs` with a row for each last event. Its
 * output is `scores`, [batch, items].
 */
export function writeScorer(
  path: string,
  network: SequenceNetwork,
  reading: StepReading,
  { batch, time, ...options }: InferenceOptions & { batch: number; time: number },
  weights: Feeds,
): Promise<void> {
  return writeInference(path, scoringGraph(network, reading, { batch, time }), weights, options);
}

function scoringGraph(
  network: SequenceNetwork,
  reading: StepReading,
  { batch, time }: { batch: number; time: number },
): { readonly scores: Tensor } {
  const ends = input("ends", [batch], "int32");
  const hidden = network.encode(stepInputs(reading, [batch, time]));
  const last = gather(reshape(hidden, [batch * time, hidden.shape[2]]), ends);
  const vectors = vectorsOf(network, reading, last);
  const { table, joins } = network;
  if (joins === undefined) return { scores: allProducts(vectors, table) };
  const { first, second, gate } = joins.scores(vectors, table, allProducts);
  const level = (x: Tensor) => (joins.isNormalised ? logSoftmax(x) : x);
  return { scores: joined({ first: level(first), second: level(second), gate }) };
}
