/**
 * `transformers`: any sentence-embedding model in a folder, in the form in which its authors publish it (`folder.ts`). Its tokenizer
 * is Hugging Face's; the network runs on ONNX Runtime, from its ONNX file or, for BERT and its kin, from weights.
 *
 * Texts of like length go together, filled up to one of a few lengths, and what fills is masked, so that company changes a
 * vector by no more than rounding. A text's vector is the mean of its tokens', or its first one's, at unit length.
 */
import type { TextEmbedder } from "../../core/ports.ts";
import { unit } from "../unit.ts";
import { type ModelFolder, type Pooling, readModelFolder } from "./folder.ts";
import { openNetwork, type TokenNetwork } from "./network.ts";

export interface TransformersSettings {
  readonly folder: string;
  /** The network's file in the folder, such as `onnx/model_quantized.onnx`. Default: `onnx/model.onnx`, `model.safetensors`. */
  readonly file?: string | undefined;
  /** Put before every text, for models that were trained with `passage: ` and the like. Default: nothing. */
  readonly prefix?: string | undefined;
  /** Default: what the folder says. */
  readonly pooling?: Pooling | undefined;
}

/** Characters of a text that are read, for each token that is. */
const charactersOfToken = 16;
/** Lengths that texts are filled up to, with how many go together. */
const batches = [
  { time: 16, rows: 32 },
  { time: 32, rows: 16 },
  { time: 64, rows: 8 },
  { time: 128, rows: 8 },
  { time: 256, rows: 4 },
  { time: 512, rows: 2 },
];

/**
 * Computes on the thread that calls it: serve it from a thread of its own (`thread/threaded.ts`).
 *
 * @throws PENCHANT_E_EMBEDDER when the folder has no model that can be used
 */
export async function openTransformers(settings: TransformersSettings): Promise<TextEmbedder> {
  const { folder, prefix = "" } = settings;
  const model = await readModelFolder(folder, settings);
  const network = await openNetwork(folder, model);
  const { width: dimensions } = await network.run([[0]], 1);

  return {
    model: `transformers-1-${model.fingerprint.slice(0, 16)}${prefix && `-${prefix.trim()}`}`,
    dimensions,
    // The folder does not say in a form that could be relied upon.
    languages: "any",
    async embed(texts, { signal } = {}) {
      const vectors: Float32Array[] = texts.map(() => new Float32Array(dimensions));
      const tokens = texts.map((text) => tokensOf(model, text, prefix));
      let from = 0;
      for (const { time: longest, rows } of batches) {
        const time = Math.min(longest, model.tokensMax);
        const fitting = [...tokens.keys()].filter((at) => tokens[at].length > from && tokens[at].length <= time);
        for (let first = 0; first < fitting.length; first += rows) {
          signal?.throwIfAborted();
          const some = fitting.slice(first, first + rows);
          const found = await pooled(
            network,
            model,
            some.map((at) => tokens[at]),
            time,
          );
          for (const [row, at] of some.entries()) vectors[at] = found[row];
        }
        from = time;
      }
      return vectors;
    },
    close: () => network.close(),
  };
}

/** None for a text that says nothing. The marks at both ends stay when a text is cut. */
function tokensOf({ tokenizer, tokensMax }: ModelFolder, text: string, prefix: string): readonly number[] {
  const read = text.slice(0, charactersOfToken * tokensMax).toWellFormed();
  if (read.trim() === "") return [];
  const { ids } = tokenizer.encode(prefix + read);
  return ids.length <= tokensMax ? ids : [...ids.slice(0, tokensMax - 1), ids[ids.length - 1]];
}

async function pooled(
  network: TokenNetwork,
  { pooling }: ModelFolder,
  tokens: readonly (readonly number[])[],
  time: number,
): Promise<Float32Array[]> {
  const { values, width } = await network.run(tokens, time);
  return tokens.map(({ length }, row) => {
    const vector = new Float32Array(width);
    const counted = pooling === "cls" ? 1 : length;
    for (let token = 0; token < counted; token++) {
      const start = (row * time + token) * width;
      for (let d = 0; d < width; d++) vector[d] += values[start + d] / counted;
    }
    return unit(vector);
  });
}
