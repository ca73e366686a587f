/**
 * Training steps: milliseconds of whole steps (forward, backward, Adam) of the networks in `support/train-cases.ts`, each
 * in a process of its own. Beside each the graph of its matrix products alone, the honest lower bound; the rate of one
 * large product, this machine's peak through ONNX Runtime; and, where Python has PyTorch, the same networks there in the
 * same run, eager and compiled, by the same number of threads (`rivals/train.py`; `PYTHON` names the interpreter).
 *
 * `--shrink N` makes batches N times smaller, a power of 2 up to 64, to see that all works; PyTorch's stay as they are.
 *
 * FLOPs are those of the dense formula (`support/train-cases.ts`), whatever the step leaves out of it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { matmul } from "../packages/engine/src/nn/operations/linear-algebra.ts";
import { slice } from "../packages/engine/src/nn/operations/shape.ts";
import { compile } from "../packages/engine/src/nn/session.ts";
import { input } from "../packages/engine/src/nn/tensor.ts";
import { benchmark, tell } from "./support/benchmark.ts";
import { pythonRival } from "./support/rival.ts";
import type { TrainCaseJob, TrainCaseResult } from "./support/train-case.ts";
import { type TrainCaseName, trainCases } from "./support/train-cases.ts";

interface TorchResult {
  readonly torch: string;
  readonly cases: readonly {
    readonly name: string;
    readonly eagerMilliseconds: number;
    readonly compiledMilliseconds: number | null;
  }[];
}

const side = 2_048;

await benchmark("train", { threads: 2, steps: 9, shrink: 1 }, async ({ threads, steps, shrink }) => {
  tell("Measuring one large product");
  const peakGflops = await measurePeak(threads);
  const cases = [];
  for (const name of Object.keys(trainCases) as TrainCaseName[]) {
    tell(`Measuring ${name}, its products alone, and PyTorch's`);
    const step = await timed({ name, threads, steps, shrink, productsOnly: false });
    const products = await timed({ name, threads, steps, shrink, productsOnly: true });
    // One after the other for each case, so that all three meet the machine in the same mood.
    const words = ["--cases", name, "--threads", `${threads}`, "--steps", `${steps}`];
    const torch = await pythonRival<TorchResult>("train.py", words);
    const gflops = step.flops / step.milliseconds / 1e6;
    cases.push({
      name,
      milliseconds: step.milliseconds,
      gigaFlop: step.flops / 1e9,
      gflops,
      fractionOfPeak: gflops / peakGflops,
      productsOnlyMilliseconds: products.milliseconds,
      timesProductsOnly: step.milliseconds / products.milliseconds,
      peakMemoryBytes: step.peakMemoryBytes,
      ...(typeof torch === "string" ? { torch } : besideTorch(torch, step.milliseconds)),
    });
  }
  return { peakGflops, cases };
});

function besideTorch({ torch, cases: [{ eagerMilliseconds, compiledMilliseconds }] }: TorchResult, ours: number) {
  const torchMilliseconds = Math.min(eagerMilliseconds, compiledMilliseconds ?? Number.POSITIVE_INFINITY);
  return {
    torch,
    torchMilliseconds,
    torchEagerMilliseconds: eagerMilliseconds,
    torchCompiledMilliseconds: compiledMilliseconds,
    timesAsFastAsTorch: torchMilliseconds / ours,
  };
}

/** GFLOP/s of one product of two large square matrices, the best of several. */
async function measurePeak(threads: number): Promise<number> {
  const [a, b] = ["a", "b"].map((name) => input(name, [side, side]));
  const session = await compile({ corner: slice(matmul(a, b), 0, 0, 1) }, { threads });
  const ones = new Float32Array(side * side).fill(1);
  let best = Number.POSITIVE_INFINITY;
  for (let times = 0; times < 12; times++) {
    const start = performance.now();
    await session.run({ a: ones, b: ones });
    best = Math.min(best, performance.now() - start);
  }
  await session.close();
  return (2 * side ** 3) / best / 1e6;
}

async function timed(job: TrainCaseJob): Promise<TrainCaseResult> {
  const child = fork(new URL("./support/train-case.ts", import.meta.url));
  child.send(job);
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`The process that measures ${job.name} ended with code ${String(code)} before it was done.`);
  });
  const [result] = (await Promise.race([once(child, "message"), gone])) as [TrainCaseResult];
  gone.catch(() => {});
  return result;
}
