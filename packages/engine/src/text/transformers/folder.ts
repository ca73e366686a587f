/**
 * A sentence-embedding model as its authors publish it: a folder with
 *
 *     config.json                     what the network is
 *     tokenizer.json                  how texts become tokens; tokenizer_config.json beside it
 *     onnx/model.onnx                 the network, or
 *     model.safetensors               its weights, for BERT and its kin in 32-bit numbers
 *     1_Pooling/config.json           how the tokens' vectors become one; without it, by their mean
 *     sentence_bert_config.json       how many tokens it reads
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { PenchantError } from "../../base/errors.ts";

export type Pooling = "mean" | "cls";

export interface ModelFolder {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizer: Tokenizer;
  readonly pooling: Pooling;
  /** Tokens of a text that are read, the marks at its ends included. */
  readonly tokensMax: number;
  /** The file with the network or its weights. */
  readonly network: string;
  /** Of everything that changes the vectors, SHA-256 in hexadecimal digits. */
  readonly fingerprint: string;
}

export const neededFiles = ["config.json", "tokenizer.json"];
export const optionalFiles = ["tokenizer_config.json", "1_Pooling/config.json", "sentence_bert_config.json"];
/** The first one that is there is the network. */
export const networks = ["onnx/model.onnx", "model.safetensors"];
/** Longer texts than any of these models were trained on. */
const tokensMaxMax = 512;

/** @throws PENCHANT_E_EMBEDDER naming the file that is missing or cannot be read */
export async function readModelFolder(
  folder: string,
  chosen: { file?: string | undefined; pooling?: Pooling | undefined },
): Promise<ModelFolder> {
  const read = async (name: string): Promise<Record<string, unknown> | undefined> => {
    const path = join(folder, name);
    if (!existsSync(path)) return undefined;
    try {
      return JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    } catch (cause) {
      throw unusable(folder, `${name} is no JSON that can be read`, cause);
    }
  };
  const needed = async (name: string) => {
    const found = await read(name);
    if (found === undefined) throw unusable(folder, `there is no ${name}`);
    return found;
  };
  const config = await needed("config.json");
  const tokenizerJson = await needed("tokenizer.json");
  const tokenizerConfig = (await read("tokenizer_config.json")) ?? {};
  const poolings = await read("1_Pooling/config.json");
  const sentences = await read("sentence_bert_config.json");
  const network = (chosen.file === undefined ? networks : [chosen.file]).find((name) => existsSync(join(folder, name)));
  if (network === undefined) throw unusable(folder, `there is no ${chosen.file ?? networks.join(" and no ")}`);

  const pooling = chosen.pooling ?? (poolings === undefined ? "mean" : poolingOf(folder, poolings));
  const tokensMax = Math.min(
    tokensMaxMax,
    ...[sentences?.max_seq_length, tokenizerConfig.model_max_length, config.max_position_embeddings].filter(
      (length): length is number => typeof length === "number" && length >= 3,
    ),
  );
  try {
    const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);
    const hash = createHash("sha256").update(
      JSON.stringify([config, tokenizerJson, tokenizerConfig, pooling, tokensMax]),
    );
    for await (const bytes of createReadStream(join(folder, network))) hash.update(bytes as Buffer);
    return { config, tokenizer, pooling, tokensMax, network: join(folder, network), fingerprint: hash.digest("hex") };
  } catch (cause) {
    throw unusable(folder, `tokenizer.json is of a kind that is not known`, cause);
  }
}

export function unusable(folder: string, reason: string, cause?: unknown): PenchantError {
  const detail = cause instanceof Error ? ` (${cause.message})` : "";
  return new PenchantError(
    "PENCHANT_E_EMBEDDER",
    `The model in ${folder} cannot be used: ${reason}${detail}. docs/text.md says what has to be there.`,
    { cause },
  );
}

function poolingOf(folder: string, poolings: Readonly<Record<string, unknown>>): Pooling {
  if (poolings.pooling_mode_mean_tokens === true) return "mean";
  if (poolings.pooling_mode_cls_token === true) return "cls";
  throw unusable(folder, "1_Pooling/config.json asks for another pooling than by mean or first token");
}
