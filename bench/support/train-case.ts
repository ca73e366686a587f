/** Times the steps of one case in a process of its own, so that its peak of memory is its own too. */
import { adam } from "../../packages/engine/src/nn/optimisers/optimiser.ts";
import { initialise } from "../../packages/engine/src/nn/parameters.ts";
import { compile } from "../../packages/engine/src/nn/session.ts";
import { allocate, type Tensor, type Values } from "../../packages/engine/src/nn/tensor.ts";
import { beginState, openStep, sharedParameters } from "../../packages/engine/src/nn/train/step.ts";
import { productsOf } from "./products.ts";
import { denseFlops, randomFeeds, type TrainCaseName, trainCases } from "./train-cases.ts";

export interface TrainCaseJob {
  readonly name: TrainCaseName;
  readonly threads: number;
  readonly steps: number;
  /** So many times smaller batches, a power of 2 up to 64. */
  readonly shrink: number;
  /** Time the products alone instead of the step. */
  readonly productsOnly: boolean;
}

export interface TrainCaseResult {
  /** Median. */
  readonly milliseconds: number;
  /** By the dense formula. */
  readonly flops: number;
  readonly peakMemoryBytes: number;
}

const warmUp = 3;
const seed = 1;
const kibibyte = 1_024;

process.once("message", (job: TrainCaseJob) => {
  void measure(job).then((result) => process.send!(result, () => process.disconnect()));
});

async function measure({ name, threads, steps, shrink, productsOnly }: TrainCaseJob): Promise<TrainCaseResult> {
  const loss = trainCases[name](shrink);
  const run = productsOnly ? await productsRun(productsOf(loss), threads) : await stepRun(loss, threads);
  const times: number[] = [];
  for (let index = 0; index < warmUp + steps; index++) {
    const start = performance.now();
    await run(index + 1);
    if (index >= warmUp) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return {
    milliseconds: times[Math.floor(times.length / 2)],
    flops: denseFlops[name](shrink),
    peakMemoryBytes: process.resourceUsage().maxRSS * kibibyte,
  };
}

async function stepRun(loss: Tensor, threads: number) {
  const optimiser = adam();
  const step = await openStep(loss, { optimiser, threads });
  const feeds = randomFeeds(loss, seed);
  let state = beginState(initialise([...sharedParameters([loss]).values()], seed), optimiser);
  return async (index: number): Promise<void> => {
    const { loss: value } = await step.run(feeds, state, index, 1e-3);
    if (!Number.isFinite(value)) throw new Error(`The loss of step ${index} is ${value}.`);
    state = { current: state.next, next: state.current };
  };
}

async function productsRun(outputs: Record<string, Tensor>, threads: number) {
  const session = await compile(outputs, { threads });
  // Operands of one shape share their numbers: what is multiplied makes no difference, and memory does.
  const byShape = new Map<string, Values>();
  const feeds: Record<string, Values> = {};
  for (const [name, spec] of session.inputs) {
    const shape = spec.shape.join();
    const values = byShape.get(shape) ?? allocate(spec).fill(0.5 as never);
    byShape.set(shape, values);
    feeds[name] = values;
  }
  return async (): Promise<void> => {
    await session.run(feeds);
  };
}
