/**
 * Operations that the runtime computes in one pass where their definition would take many, with gradients written to use
 * what the forward pass has at hand.
 */
import { builder, type None, type Rules } from "../rule.ts";
import { scalarOf, type Tensor } from "../tensor.ts";
import { reshape, sum } from "./broadcasting.ts";
import { add, erf, exp, mul, sigmoid, sub } from "./elementwise.ts";
import { withGradient } from "./given-gradients.ts";
import { type MatmulOptions, matmul, sumOverRows } from "./linear-algebra.ts";

interface Operations {
  softmax: None;
  logSoftmax: None;
  layerNorm: { readonly epsilon: number };
  rmsNorm: { readonly epsilon: number };
  gelu: None;
}

export const fused: Rules<Operations> = {
  softmax: {
    shape: ([x]) => x,
    gradient: ({ outputs: [y] }, [dy]) => [mul(y, sub(dy, innerProducts(dy, y)))],
    onnx: () => ({ op: "Softmax", attributes: { axis: -1 } }),
  },
  logSoftmax: {
    shape: ([x]) => x,
    gradient: ({ outputs: [y] }, [dy]) => [sub(dy, mul(exp(y), sum(dy, { axes: [-1], keep: true })))],
    onnx: () => ({ op: "LogSoftmax", attributes: { axis: -1 } }),
  },
  layerNorm: {
    auxiliary: true,
    shape: ([x, gain, bias]) => {
      const width = x.shape[x.shape.length - 1];
      const problem = [gain, bias].find(({ shape }) => shape.length !== 1 || shape[0] !== width);
      if (problem) return `gain and bias do not have ${width} elements`;
      const statistics = { shape: [...x.shape.slice(0, -1), 1], type: x.type };
      return [{ shape: x.shape, type: x.type }, statistics, statistics];
    },
    // With n = (x - mean) / deviation and g = dy gain: dx = (g - mean(g) - n mean(g n)) / deviation. The means over a row
    // are products with the gain, and dy n serves the gain's own gradient too.
    gradient: ({ inputs: [x, gain, bias], outputs: [y, average, inverseDeviation] }, [dy]) => {
      // Without gain and bias n is the result itself.
      const isPlain = scalarOf(gain) === 1 && scalarOf(bias) === 0;
      const normal = isPlain ? y : mul(sub(x, average), inverseDeviation);
      const along = mul(dy, normal);
      const inner = sub(sub(mul(dy, gain), meanWith(dy, gain)), mul(normal, meanWith(along, gain)));
      return [mul(inner, inverseDeviation), sumOverRows(along), sumOverRows(dy)];
    },
    onnx: ({ attributes: { epsilon } }) => ({
      op: "LayerNormalization",
      attributes: { axis: -1 },
      floats: { epsilon },
    }),
  },
  rmsNorm: {
    auxiliary: true,
    shape: ([x, gain]) => {
      const width = x.shape[x.shape.length - 1];
      if (gain.shape.length !== 1 || gain.shape[0] !== width) return `the gain does not have ${width} elements`;
      return [
        { shape: x.shape, type: x.type },
        { shape: [...x.shape.slice(0, -1), 1], type: x.type },
      ];
    },
    gradient: ({ inputs: [x, gain], outputs: [, inverseRoot] }, [dy]) => {
      const normal = mul(x, inverseRoot);
      const along = mul(dy, normal);
      const inner = sub(mul(dy, gain), mul(normal, meanWith(along, gain)));
      return [mul(inner, inverseRoot), sumOverRows(along)];
    },
    onnx: ({ attributes: { epsilon } }) => ({
      op: "SimplifiedLayerNormalization",
      attributes: { axis: -1 },
      floats: { epsilon },
    }),
  },
  gelu: {
    shape: ([x]) => x,
    // Phi(x) + x phi(x), the normal distribution's function and density.
    gradient: ({ inputs: [x] }, [dy]) => {
      const distribution = mul(0.5, add(1, erf(mul(x, Math.SQRT1_2))));
      const density = mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, mul(x, x))));
      return [mul(dy, add(distribution, mul(x, density)))];
    },
    onnx: () => ({ op: "Gelu", domain: "com.microsoft" }),
  },
};

const build = builder(fused);

/** exp(x) over its sum along the last axis. */
export const softmax = (x: Tensor): Tensor => build("softmax", [x], {})[0];
/** The logarithm of softmax along the last axis. */
export const logSoftmax = (x: Tensor): Tensor => build("logSoftmax", [x], {})[0];
/** x Phi(x) (Hendrycks and Gimpel, 2016), with the exact error function. */
export const gelu = (x: Tensor): Tensor => build("gelu", [x], {})[0];

/** x s with s = sigmoid(x) (Elfwing et al., 2018), also called swish. Its gradient is s + y (1 - s), of what is at hand. */
export function silu(x: Tensor): Tensor {
  const s = sigmoid(x);
  const y = mul(x, s);
  return withGradient(y, [x], (dy) => [mul(dy, add(s, mul(y, sub(1, s))))]);
}

/** Mean 0 and variance 1 along the last axis, then gain and bias (Ba et al., 2016). */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  return build("layerNorm", [x, gain, bias], { epsilon })[0];
}

/** Mean square 1 along the last axis, then gain (Zhang and Sennrich, 2019). */
export function rmsNorm(x: Tensor, gain: Tensor, epsilon = 1e-6): Tensor {
  return build("rmsNorm", [x, gain], { epsilon })[0];
}

/**
 * The inner product of each row of dy and y, with a last axis of 1.
 *
 * In attention y weighs values V, and dy = dO V' is by far larger than dO; there the product is that of dO and y V, which
 * the forward pass has computed already (Dao et al., FlashAttention, 2022, appendix B). Dropout of the weights, a factor on
 * both, changes nothing of that.
 */
function innerProducts(dy: Tensor, y: Tensor): Tensor {
  const [product, factor] = operandsOf("mul", dy) ?? [dy];
  const operands = operandsOf("matmul", product);
  const { transposeA, transposeB, scale } = attributesOf<MatmulOptions>(product);
  if (operands === undefined || transposeA || !transposeB || scale !== 1) {
    return sum(mul(dy, y), { axes: [-1], keep: true });
  }
  const [gradient, values] = operands;
  const mixed = matmul(factor === undefined ? y : mul(y, factor), values);
  return sum(mul(gradient, mixed), { axes: [-1], keep: true });
}

function operandsOf(operation: string, { source }: Tensor): readonly Tensor[] | undefined {
  return source.kind === "operation" && source.node.operation === operation ? source.node.inputs : undefined;
}

function attributesOf<Attributes extends object>({ source }: Tensor): Partial<Attributes> {
  return source.kind === "operation" ? source.node.attributes : {};
}

/** The mean of each row of x times the gain, with a last axis of 1. */
function meanWith(x: Tensor, gain: Tensor): Tensor {
  return matmul(x, reshape(gain, [-1, 1]), { scale: 1 / gain.shape[0] });
}
