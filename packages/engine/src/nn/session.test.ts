import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import proto from "onnx-proto";
import * as runtime from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../base/errors.ts";
import { emit } from "./emit.ts";
import { sum } from "./operations/broadcasting.ts";
import { abs, add, exp, mul, neg, sqrt, tanh } from "./operations/elementwise.ts";
import { gather } from "./operations/indexing.ts";
import { matmul } from "./operations/linear-algebra.ts";
import { compile, type Feeds, type Session } from "./session.ts";
import { constant, input, parameter, type Tensor } from "./tensor.ts";
import { numbers } from "./test-gradients.ts";

const x = input("x", [2, 2]);
const weight = parameter("weight", [2, 2], { kind: "constant", value: 0 });
const identity = Float32Array.of(1, 0, 0, 1);
const failure = (code: ErrorCode, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

const nodesOf = (model: Uint8Array) => proto.onnx.ModelProto.decode(model).graph?.node ?? [];

/** The operators that the runtime computes, in its order, by its own profile. */
async function computedOperators(outputs: Readonly<Record<string, Tensor>>, feeds: Feeds): Promise<string[]> {
  const { model, inputs } = emit(outputs, {}, "backwards");
  const folder = mkdtempSync(join(tmpdir(), "penchant-profile-"));
  const session = await runtime.InferenceSession.create(model, {
    enableProfiling: true,
    profileFilePrefix: join(folder, "profile"),
    graphOptimizationLevel: "disabled",
  });
  const view = (name: string) => new runtime.Tensor("float32", feeds[name] as Float32Array, inputs.get(name)?.shape);
  await session.run(Object.fromEntries([...inputs.keys()].map((name) => [name, view(name)])));
  await session.release();
  const [file] = readdirSync(folder);
  const events = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
    name: string;
    args?: { op_name?: string };
  }[];
  rmSync(folder, { recursive: true });
  return events.filter(({ name }) => name.endsWith("_kernel_time")).map(({ args }) => args?.op_name ?? "");
}

test("the runtime computes in the order that is written, each value shortly before it is needed", async () => {
  const [first, second] = [exp(mul(x, x)), tanh(neg(x))];
  // Left to itself it begins with the operand that comes last in the file, and with the last result.
  const outputs = { sum: add(first, second), root: sqrt(abs(x)) };
  const operators = await computedOperators(outputs, { x: Float32Array.of(1, 2, 3, 4) });
  expect(operators).toEqual(["Mul", "Exp", "Neg", "Tanh", "Add", "Abs", "Sqrt"]);
});

describe("the model that is written", () => {
  test("computes once what is asked for twice", () => {
    const twice = add(exp(mul(x, 2)), exp(mul(x, 2)));
    expect(nodesOf(emit({ y: twice }).model).map(({ opType }) => opType)).toEqual(["Mul", "Exp", "Add"]);
  });

  test("computes a result where it is wanted, and copies it only to a second name", () => {
    const y = exp(x);
    expect(nodesOf(emit({ y }).model).map(({ output }) => output)).toEqual([["y"]]);
    expect(nodesOf(emit({ y, again: y, same: exp(x) }).model).map(({ opType }) => opType)).toEqual([
      "Exp",
      "Identity",
      "Identity",
    ]);
  });

  test("has only what the results need, and readable names", () => {
    mul(x, 3);
    const { model, inputs } = emit({ y: matmul(x, weight) });
    expect([...inputs.keys()]).toEqual(["x", "weight"]);
    expect(nodesOf(model)[0]).toMatchObject({ opType: "MatMul", input: ["x", "weight"], name: "matmul_1" });
  });

  test("holds the weights that it is given", async () => {
    const session = await compile({ y: matmul(x, weight) }, { weights: { weight: identity } });
    expect([...session.inputs.keys()]).toEqual(["x"]);
    const { y } = await session.run({ x: Float32Array.of(1, 2, 3, 4) });
    expect(numbers(y)).toEqual([1, 2, 3, 4]);
    await session.close();
  });

  test("may give one value under two names, and an input as it is", async () => {
    const y = add(x, 1);
    const session = await compile({ first: y, second: y, same: x });
    const { first, second, same } = await session.run({ x: Float32Array.of(1, 2, 3, 4) });
    expect([first, second, same].map(numbers)).toEqual([
      [2, 3, 4, 5],
      [2, 3, 4, 5],
      [1, 2, 3, 4],
    ]);
    await session.close();
  });

  test("refuses two tensors of one name", () => {
    const other = input("x", [2, 2]);
    expect(() => emit({ y: add(x, other) })).toThrow(failure("PENCHANT_E_NN_GRAPH", 'Two tensors are named "x"'));
    expect(() => emit({ x: add(x, 1) })).toThrow(failure("PENCHANT_E_NN_GRAPH", "and a result"));
  });

  test("refuses weights of another size", () => {
    const build = () => emit({ y: weight }, { weights: { weight: new Float32Array(3) } });
    expect(build).toThrow(failure("PENCHANT_E_NN_FEED", 'The weights "weight" must be float32 [2, 2]'));
  });
});

describe("a run", () => {
  const open = () => compile({ next: add(x, weight), total: sum(x) }, { threads: 1, spinning: false });
  const feeds = { x: Float32Array.of(1, 2, 3, 4), weight: identity };

  test("writes into the same memory each time", async () => {
    const session = await open();
    const first = await session.run(feeds);
    const second = await session.run({ ...feeds, x: new Float32Array(4) });
    expect(second.next).toBe(first.next);
    expect(numbers(second.next)).toEqual([1, 0, 0, 1]);
    await session.close();
  });

  test("writes where it is told to, so that state goes back and forth without copies", async () => {
    const session = await open();
    let [now, next] = [Float32Array.from(identity), new Float32Array(4)];
    for (let step = 0; step < 3; step++) {
      const results = await session.run({ ...feeds, weight: now }, { next });
      expect(results.next).toBe(next);
      [now, next] = [next, now];
    }
    expect(numbers(now)).toEqual([4, 6, 9, 13]);
    await session.close();
  });

  test("reads what a fed array holds at that time", async () => {
    const session = await open();
    const array = Float32Array.of(1, 1, 1, 1);
    await session.run({ ...feeds, x: array });
    array.fill(2);
    expect(numbers((await session.run({ ...feeds, x: array })).total)).toEqual([8]);
    await session.close();
  });

  test.each([
    ["missing", { x: feeds.x }, 'The feed "weight", float32 [2, 2], is missing.'],
    ["unknown", { ...feeds, z: identity }, 'There is no feed "z"; there are x, weight.'],
    ["too small", { ...feeds, x: new Float32Array(3) }, "must be float32 [2, 2], 4 elements; came float32 with 3"],
    ["of another type", { ...feeds, x: new Int32Array(4) }, "came int32 with 4"],
    ["no array", { ...feeds, x: [1, 2, 3, 4] as never }, "came 1,2,3,4"],
    ["an unknown array", { ...feeds, x: new Int8Array(4) as never }, "came Int8Array with 4"],
  ])("refuses a feed that is %s", async (_, values, message) => {
    const session = await open();
    await expect(session.run(values)).rejects.toThrow(failure("PENCHANT_E_NN_FEED", message));
    await session.close();
  });

  test("refuses memory for results that does not fit", async () => {
    const session = await open();
    const message = 'The result "next" must be float32 [2, 2]';
    await expect(session.run(feeds, { next: new Float32Array(1) })).rejects.toThrow(
      failure("PENCHANT_E_NN_FEED", message),
    );
    await session.close();
  });

  test("says that it is closed", async () => {
    const session = await open();
    await session.close();
    await expect(session.run(feeds)).rejects.toThrow(failure("PENCHANT_E_CLOSED", "closed"));
  });
});

test("an index out of range is an error and no wild read", async () => {
  const session = await compile({ y: gather(x, input("indices", [1], "int32")) });
  await expect(session.run({ x: identity, indices: Int32Array.of(7) })).rejects.toThrow(
    failure("PENCHANT_E_NN_FEED", "An index lies outside of its table"),
  );
  await session.close();
});

test("more memory than there is gives a typed error", async () => {
  const long = constant(new Float32Array(2 ** 20), [2 ** 20, 1]);
  const session = await compile({ y: sum(exp(mul(long, input("row", [1, 2 ** 20])))) });
  await expect(session.run({ row: new Float32Array(2 ** 20) })).rejects.toThrow(
    failure("PENCHANT_E_NN_MEMORY", "memory"),
  );
  await session.close();
});

test.each(["cuda", "webgpu"] as const)("%s computes, or is named as not there", async (device) => {
  const made = await compile({ y: add(x, 1) }, { device }).catch((error: unknown) => error);
  if (made instanceof Error) {
    expect(made).toEqual(failure("PENCHANT_E_NN_DEVICE", `"${device}"`));
    return;
  }
  const session = made as Session<"y">;
  expect(numbers((await session.run({ x: Float32Array.of(1, 2, 3, 4) })).y)).toEqual([2, 3, 4, 5]);
  await session.close();
});
