/**
 * BERT (Devlin et al., 2019) as `model.safetensors` has it, and what differs from it by name and first position only: RoBERTa
 * and XLM-RoBERTa. Blocks of attention and feed-forward, each normalised after its residual sum.
 */
import { scaledDotProductAttention } from "../../nn/layers/attention.ts";
import { add } from "../../nn/operations/elementwise.ts";
import { gelu, layerNorm } from "../../nn/operations/fused.ts";
import { gather } from "../../nn/operations/indexing.ts";
import { affine } from "../../nn/operations/linear-algebra.ts";
import { zeros } from "../../nn/parameters.ts";
import { input, parameter, type Tensor } from "../../nn/tensor.ts";

/** As in `config.json`. */
export interface BertConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly layer_norm_eps: number;
}

/**
 * Inputs: `tokens` and `positions` int32 [rows, time], `mask` [rows, time], 1 where a token is and 0 where none is.
 *
 * @returns what each token became. [rows, time, hidden_size]
 */
export function bert(config: BertConfig, { rows, time }: { rows: number; time: number }): Tensor {
  const { hidden_size: width, intermediate_size: inner, num_attention_heads: heads, layer_norm_eps: epsilon } = config;
  const table = (name: string, count: number) => parameter(`embeddings.${name}.weight`, [count, width], zeros);
  const dense = (name: string, x: Tensor, inputs: number, outputs: number) =>
    affine(x, parameter(`${name}.weight`, [inputs, outputs], zeros), parameter(`${name}.bias`, [outputs], zeros));
  const normal = (name: string, x: Tensor) =>
    layerNorm(x, parameter(`${name}.weight`, [width], zeros), parameter(`${name}.bias`, [width], zeros), epsilon);

  const keyMask = input("mask", [rows, time]);
  const words = gather(table("word_embeddings", config.vocab_size), input("tokens", [rows, time], "int32"));
  const places = gather(
    table("position_embeddings", config.max_position_embeddings),
    input("positions", [rows, time], "int32"),
  );
  const types = gather(table("token_type_embeddings", config.type_vocab_size), input("types", [rows, time], "int32"));
  let h = normal("embeddings.LayerNorm", add(add(words, places), types));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `encoder.layer.${layer}`;
    const [query, key, value] = ["query", "key", "value"].map((part) =>
      dense(`${at}.attention.self.${part}`, h, width, width),
    );
    const mixed = scaledDotProductAttention(query, key, value, { heads, causal: false, keyMask });
    h = normal(`${at}.attention.output.LayerNorm`, add(h, dense(`${at}.attention.output.dense`, mixed, width, width)));
    const widened = gelu(dense(`${at}.intermediate.dense`, h, width, inner));
    h = normal(`${at}.output.LayerNorm`, add(h, dense(`${at}.output.dense`, widened, inner, width)));
  }
  return h;
}
