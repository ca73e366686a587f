/** The network of a model folder: from tokens to a vector for each of them. */
import { openOnnxFile } from "../../nn/files/onnx-file.ts";
import { readSafetensors } from "../../nn/files/safetensors.ts";
import { parameterName, parametersOf } from "../../nn/parameters.ts";
import { compile, type Feeds, type Session } from "../../nn/session.ts";
import { sizeOf } from "../../nn/tensor.ts";
import { type BertConfig, bert } from "./bert.ts";
import { type ModelFolder, unusable } from "./folder.ts";

export interface TokenNetwork {
  /**
   * @param tokens of some texts, each filled up to `time` and masked
   * @returns `[texts, time, width]` row-major, valid until the next run
   */
  run(tokens: readonly (readonly number[])[], time: number): Promise<{ values: Float32Array; width: number }>;
  close(): Promise<void>;
}

/** @throws PENCHANT_E_EMBEDDER when its file cannot be used */
export async function openNetwork(folder: string, model: ModelFolder): Promise<TokenNetwork> {
  try {
    return await (model.network.endsWith(".onnx") ? openOnnx(model) : openWeights(model));
  } catch (cause) {
    throw unusable(folder, `its network cannot be opened`, cause);
  }
}

/** Inputs go by the names that every exporter gives them; the first output is what the last layer gives. */
async function openOnnx({ network }: ModelFolder): Promise<TokenNetwork> {
  const file = await openOnnxFile(network);
  return {
    async run(tokens, time) {
      const shape = [tokens.length, time];
      const filled = (of: (token: number) => number) =>
        BigInt64Array.from({ length: tokens.length * time }, (_, at) => {
          const token = tokens[Math.floor(at / time)][at % time];
          return token === undefined ? 0n : BigInt(of(token));
        });
      const known = {
        input_ids: { shape, values: filled((token) => token) },
        attention_mask: { shape, values: filled(() => 1) },
        token_type_ids: { shape, values: filled(() => 0) },
      };
      const feeds = Object.fromEntries(Object.entries(known).filter(([name]) => file.inputs.includes(name)));
      const results = await file.run(feeds);
      const { shape: found, values } = results.last_hidden_state ?? results[file.outputs[0]];
      return { values: values as Float32Array, width: found[found.length - 1] };
    },
    close: () => file.close(),
  };
}

/** Kinds of networks that are BERT by another name, with the position of a text's first token. */
const kinds: Readonly<Record<string, number>> = { bert: 0, roberta: 2, "xlm-roberta": 2 };

async function openWeights({ network, config }: ModelFolder): Promise<TokenNetwork> {
  const kind = String(config.model_type);
  const firstPosition = kinds[kind];
  if (firstPosition === undefined) {
    throw new Error(`weights are read of ${Object.keys(kinds).join(", ")}, and it is ${kind}; an ONNX file would do`);
  }
  if ((config.hidden_act ?? "gelu") !== "gelu" || (config.position_embedding_type ?? "absolute") !== "absolute") {
    throw new Error("its activation or its positions are of another kind than BERT's; an ONNX file would do");
  }
  const settings = config as unknown as BertConfig;
  const weights = await bertWeights(network, settings);
  const sessions = new Map<string, Promise<Session<"hidden">>>();
  const sessionOf = (rows: number, time: number) => {
    const key = `${rows} ${time}`;
    const session = sessions.get(key) ?? compile({ hidden: bert(settings, { rows, time }) }, { spinning: false });
    sessions.set(key, session);
    return session;
  };
  return {
    async run(tokens, time) {
      // One text alone, or as many as go together: two graphs for each length.
      const rows = tokens.length === 1 ? 1 : Math.max(2, 2 ** Math.ceil(Math.log2(tokens.length)));
      const filled = (of: (token: number, place: number) => number) =>
        Array.from({ length: rows * time }, (_, at) => {
          const token = tokens[Math.floor(at / time)]?.[at % time];
          return token === undefined ? 0 : of(token, at % time);
        });
      const session = await sessionOf(rows, time);
      const { hidden } = await session.run({
        ...weights,
        tokens: Int32Array.from(filled((token) => token)),
        positions: Int32Array.from(filled((_, place) => firstPosition + place)),
        types: new Int32Array(rows * time),
        mask: Float32Array.from(filled(() => 1)),
      });
      return { values: hidden as Float32Array, width: settings.hidden_size };
    },
    async close() {
      for (const session of sessions.values()) await (await session).close();
    },
  };
}

/** By the names of `bert.ts`: without the model's own prefix, matrices turned to `[inputs, outputs]`. */
async function bertWeights(path: string, config: BertConfig): Promise<Feeds> {
  const { tensors } = await readSafetensors(path);
  const prefix = ["", "bert.", "roberta."].find((one) => tensors.has(`${one}embeddings.word_embeddings.weight`)) ?? "";
  const weights: Record<string, Float32Array> = {};
  for (const parameter of parametersOf(bert(config, { rows: 1, time: 1 }))) {
    const name = parameterName(parameter);
    const stored = tensors.get(prefix + name);
    if (stored === undefined) throw new Error(`there is no ${name}`);
    if (sizeOf(stored.shape) !== sizeOf(parameter.shape)) {
      throw new Error(
        `${name} has ${sizeOf(stored.shape)} numbers; by config.json there are ${sizeOf(parameter.shape)}`,
      );
    }
    const values = stored.values as Float32Array;
    const isTable = parameter.shape.length === 1 || name.startsWith("embeddings.");
    weights[name] = isTable ? values : turned(values, stored.shape[1]);
  }
  return weights;
}

function turned(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
  }
  return result;
}
