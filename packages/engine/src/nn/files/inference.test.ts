import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as runtime from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { embedding } from "../layers/embedding.ts";
import { linear } from "../layers/linear.ts";
import { gelu } from "../operations/fused.ts";
import { matmul } from "../operations/linear-algebra.ts";
import { mean } from "../operations/reduction.ts";
import { initialise, parametersOf } from "../parameters.ts";
import { compile, type Feeds } from "../session.ts";
import { input, type Tensor } from "../tensor.ts";
import { writeInference } from "./inference.ts";

const folder = mkdtempSync(join(tmpdir(), "penchant-inference-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [batch, time, items, width] = [4, 10, 500, 32];

/** Scores of all items after some of them: the mean of their embeddings, a hidden layer, products with the table. */
function scores(): Tensor {
  const embed = embedding("items", { rows: items, width });
  const user = mean(embed(input("history", [batch, time], "int32")), { axes: [1] });
  const hidden = linear("out", { inputs: 64, outputs: width })(
    gelu(linear("in", { inputs: width, outputs: 64 })(user)),
  );
  return matmul(hidden, embed.table, { transposeB: true, scale: 0.5 });
}

const random = seededRandom(3);
const history = Int32Array.from({ length: batch * time }, () => random.integer(items));
const weights = initialise(parametersOf(scores()), 4);

/** By the plain runtime, from the file alone. */
async function runFile(path: string, feeds: Record<string, runtime.Tensor>): Promise<Float32Array> {
  const session = await runtime.InferenceSession.create(path, { logSeverityLevel: 3 });
  const results = await session.run(feeds);
  await session.release();
  return results.scores.data as Float32Array;
}
const historyFeed = { history: new runtime.Tensor("int32", history, [batch, time]) };

async function expected(): Promise<Float32Array> {
  const session = await compile({ scores: scores() }, { threads: 1 });
  const result = await session.run({ history, ...weights });
  await session.close();
  return result.scores as Float32Array;
}

describe("an inference graph", () => {
  test("gives the plain runtime the scores of the training's graph", async () => {
    const path = join(folder, "scores.onnx");
    await writeInference(path, { scores: scores() }, { ...weights, unused: new Float32Array(1) });
    const found = await runFile(path, historyFeed);
    const wanted = await expected();
    expect(found).toHaveLength(batch * items);
    for (const [index, value] of wanted.entries()) expect(Math.abs(found[index] - value)).toBeLessThan(1e-5);
  });

  test("is not written with weights that are missing or do not fit", async () => {
    const write = (more: Feeds) => writeInference(join(folder, "no.onnx"), { scores: scores() }, more);
    await expect(write({})).rejects.toMatchObject({ code: "PENCHANT_E_NN_FEED" });
    await expect(write({ ...weights, "in.bias": new Float32Array(3) })).rejects.toThrow(
      "needs weights for in.bias float32 [64]; came float32 with 3 elements",
    );
  });
});

describe("an inference graph in 8 bits", () => {
  test("takes less than half, though its table is stored for reading and for products, and orders items alike", async () => {
    const [whole, small] = [join(folder, "whole.onnx"), join(folder, "small.onnx")];
    await writeInference(whole, { scores: scores() }, weights);
    await writeInference(small, { scores: scores() }, weights, { quantise: true });
    expect(statSync(small).size).toBeLessThan(0.55 * statSync(whole).size);
    const [found, wanted] = [await runFile(small, historyFeed), await expected()];
    const scale = Math.max(...wanted.map(Math.abs));
    const off = Math.max(...wanted.map((value, index) => Math.abs(found[index] - value)));
    expect(off / scale).toBeLessThan(0.03);
    expect(off).toBeGreaterThan(0);
  });

  test("is off by no more than rounding both operands can be, at every element of a layer", async () => {
    const [rows, inputs, outputs] = [8, 64, 48];
    const graph = linear("layer", { inputs, outputs })(input("x", [rows, inputs]));
    const own = initialise(parametersOf(graph), 8);
    const path = join(folder, "layer.onnx");
    await writeInference(path, { scores: graph }, own, { quantise: true });
    const x = Float32Array.from({ length: rows * inputs }, () => random.normal());
    const found = await runFile(path, { x: new runtime.Tensor("float32", x, [rows, inputs]) });
    const weight = own["layer.weight"] as Float32Array;
    // The runtime rounds x to 255 steps between its least and largest number, zero included; to whole steps at the ends too.
    const stepOfX = (Math.max(0, ...x) - Math.min(0, ...x)) / 255;
    for (let column = 0; column < outputs; column++) {
      const ofColumn = Array.from({ length: inputs }, (_, k) => weight[k * outputs + column]);
      const stepOfWeight = Math.max(...ofColumn.map(Math.abs)) / 127;
      for (let row = 0; row < rows; row++) {
        let [exact, bound] = [0, 1e-5];
        for (const [k, w] of ofColumn.entries()) {
          const value = x[row * inputs + k];
          exact += value * w;
          bound += (Math.abs(value) * stepOfWeight) / 2 + Math.abs(w) * stepOfX + (stepOfWeight * stepOfX) / 2;
        }
        expect(Math.abs(found[row * outputs + column] - exact)).toBeLessThan(bound);
      }
    }
  });
});
