/**
 * Finds where numbers went wrong. The step is computed once more from the same values, this time with every intermediate
 * result in view, in the order of computation and a few at a time; the first one that is not finite although all that it is
 * computed from is, is the place to look at.
 */
import { gradients } from "../gradients.ts";
import { inOrder, operandsOf } from "../graph.ts";
import { compile, type DeviceOptions, type Feeds } from "../session.ts";
import { describe, type Tensor, type Values } from "../tensor.ts";

/** Intermediate results in view at once: a bound on memory. */
const viewedAtOnce = 32;

type Health = "finite" | "infinite" | "not a number";

/**
 * A sentence naming the first bad value, or undefined when all are finite.
 *
 * @param feeds what the step was fed, parameters included
 */
export async function diagnose(
  loss: Tensor,
  parameters: readonly Tensor[],
  feeds: Feeds,
  device: DeviceOptions,
): Promise<string | undefined> {
  for (const [name, values] of Object.entries(feeds)) {
    const health = healthOf(values);
    if (health !== "finite") return `"${name}", which the step is fed, has a value that is ${health}`;
  }
  const healths = new Map<Tensor, Health>();
  const order = inOrder([loss, ...gradients(loss, parameters)]);
  let fallback: Tensor | undefined;
  const computed: Tensor[] = [];
  for (const tensor of order) {
    const { source } = tensor;
    if (source.kind === "operation") computed.push(tensor);
    else if (source.kind === "constant") healths.set(tensor, healthOf(source.values));
    else healths.set(tensor, "finite");
  }
  for (let start = 0; start < computed.length; start += viewedAtOnce) {
    const viewed = computed.slice(start, start + viewedAtOnce);
    for (const [index, values] of (await valuesOf(viewed, feeds, device)).entries())
      healths.set(viewed[index], healthOf(values));
    for (const tensor of viewed) {
      const health = healths.get(tensor);
      if (health === "finite") continue;
      const operands = operandsOf(tensor);
      if (operands.every((operand) => healths.get(operand) === "finite")) return sentence(tensor, health);
      // Masks put infinities in on purpose; what is no number any more is wrong whatever it comes from.
      if (health === "not a number") fallback ??= tensor;
    }
    if (fallback !== undefined) return sentence(fallback, "not a number");
  }
  return undefined;
}

async function valuesOf(tensors: readonly Tensor[], feeds: Feeds, device: DeviceOptions): Promise<Values[]> {
  const names = tensors.map((_, index) => `value ${index}`);
  const session = await compile(Object.fromEntries(names.map((name, index) => [name, tensors[index]])), device);
  try {
    const wanted = Object.entries(feeds).filter(([name]) => session.inputs.has(name));
    const values = await session.run(Object.fromEntries(wanted));
    return names.map((name) => values[name]);
  } finally {
    await session.close();
  }
}

function sentence(tensor: Tensor, health: Health | undefined): string {
  const operation = tensor.source.kind === "operation" ? tensor.source.node.operation : "value";
  const from = operandsOf(tensor).map((operand) => {
    const { source } = operand;
    return source.kind === "operation" ? `${source.node.operation} ${describe(operand)}` : describe(operand);
  });
  return `${operation} gives a value that is ${health}, ${describe(tensor)} computed from ${from.join(" and ")}`;
}

function healthOf(values: number | Values): Health {
  if (typeof values === "number") return Number.isFinite(values) ? "finite" : "infinite";
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return "finite";
  let health: Health = "finite";
  for (const value of values) {
    if (Number.isNaN(value)) return "not a number";
    if (!Number.isFinite(value)) health = "infinite";
  }
  return health;
}
