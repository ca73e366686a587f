/**
 * The network of `network.ts` on plain arrays, for one person: the same sums without the runtime. Of the last block only the
 * last step's query is asked, so that a network of two blocks costs little more than one.
 */
import { denseLayer, normalisation, type RowLayer, readSteps, sigmoidOf } from "../sequence/dense.ts";
import type { StepColumns } from "../sequence/steps.ts";
import type { Weights } from "../training/weights.ts";
import type { SasrecForm } from "./network.ts";

/** @returns from steps, at most as many as there are positions, to the last one's vector. [width] */
export function sasrecEncoder(form: SasrecForm, weights: Weights): (steps: StepColumns) => Float32Array {
  const { width } = form;
  const blocks = Array.from({ length: form.blocks }, (_, index) => encoderBlock(`block${index}`, form, weights));
  const last = normalisation(weights, "last");
  return (steps) => {
    const time = steps.items.length;
    const h = readSteps(weights, steps, width);
    for (const [index, block] of blocks.entries()) block(h, index === blocks.length - 1 ? time - 1 : 0);
    return last(h.subarray((time - 1) * width), new Float32Array(width));
  };
}

/** Changes the steps of h, [time, width], from `from` on. */
type EncoderBlock = (h: Float32Array, from: number) => void;

function encoderBlock(name: string, form: SasrecForm, weights: Weights): EncoderBlock {
  const { width, heads, gated } = form;
  const dense = (part: string) => denseLayer(weights, `${name}.${part}`, width);
  const attention = `${name}.attention`;
  const [query, key, value, output] = ["query", "key", "value", "output"].map((part) => dense(`attention.${part}`));
  const beforeAttention = normalisation(weights, `${attention}.before`);
  const beforeForward = normalisation(weights, `${name}.feedForward.before`);
  const forward = gated ? gatedForward(name, form, weights) : plainForward(name, form, weights);
  const attentionGate = gated ? dense("attention.open") : undefined;
  const forwardGate = gated ? dense("feedForward.open") : undefined;
  return (h, from) => {
    const time = h.length / width;
    const row = (x: Float32Array, step: number) => x.subarray(step * width, (step + 1) * width);
    const [keys, values] = [new Float32Array(h.length), new Float32Array(h.length)];
    const queries = new Float32Array(h.length);
    const normalised = new Float32Array(width);
    const mixed = new Float32Array(width);
    const result = new Float32Array(width);
    const open = new Float32Array(width);
    for (let step = 0; step < time; step++) {
      beforeAttention(row(h, step), normalised);
      key(normalised, row(keys, step));
      value(normalised, row(values, step));
      if (step >= from) query(normalised, row(queries, step));
    }
    for (let step = from; step < time; step++) {
      const own = row(h, step);
      attend(row(queries, step), keys, values, step + 1, heads, mixed);
      addTo(own, output(mixed, result), attentionGate?.(own, open));
      forward(beforeForward(own, normalised), result);
      addTo(own, result, forwardGate?.(own, open));
    }
  };
}

function addTo(h: Float32Array, part: Float32Array, gate: Float32Array | undefined): void {
  for (let at = 0; at < h.length; at++) h[at] += gate === undefined ? part[at] : sigmoidOf(gate[at]) * part[at];
}

/** softmax(q k' / sqrt(width / heads)) v over the first `steps` keys and values. */
function attend(
  query: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  steps: number,
  heads: number,
  mixed: Float32Array,
): void {
  const width = query.length;
  const ofHead = width / heads;
  const scale = 1 / Math.sqrt(ofHead);
  const scores = new Float32Array(steps);
  for (let start = 0; start < width; start += ofHead) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let step = 0; step < steps; step++) {
      let product = 0;
      for (let at = start; at < start + ofHead; at++) product += query[at] * keys[step * width + at];
      scores[step] = product * scale;
      if (scores[step] > largest) largest = scores[step];
    }
    let sum = 0;
    for (let step = 0; step < steps; step++) sum += scores[step] = Math.exp(scores[step] - largest);
    mixed.fill(0, start, start + ofHead);
    for (let step = 0; step < steps; step++) {
      const share = scores[step] / sum;
      for (let at = start; at < start + ofHead; at++) mixed[at] += share * values[step * width + at];
    }
  }
}

function plainForward(name: string, { width, widening }: SasrecForm, weights: Weights): RowLayer {
  const out = denseLayer(weights, `${name}.feedForward.out`, width);
  const back = denseLayer(weights, `${name}.feedForward.back`, widening * width);
  const hidden = new Float32Array(widening * width);
  return (x, result) => {
    out(x, hidden);
    for (let at = 0; at < hidden.length; at++) if (hidden[at] < 0) hidden[at] = 0;
    return back(hidden, result);
  };
}

function gatedForward(name: string, { width, widening }: SasrecForm, weights: Weights): RowLayer {
  const [gate, up] = ["gate", "up"].map((part) => denseLayer(weights, `${name}.feedForward.${part}`, width));
  const down = denseLayer(weights, `${name}.feedForward.down`, widening * width);
  const [hidden, raised] = [new Float32Array(widening * width), new Float32Array(widening * width)];
  return (x, result) => {
    gate(x, hidden);
    up(x, raised);
    for (let at = 0; at < hidden.length; at++) hidden[at] *= sigmoidOf(hidden[at]) * raised[at];
    return down(hidden, result);
  };
}
