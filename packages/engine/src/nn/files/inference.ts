/**
 * A trained network as an ONNX file that any ONNX Runtime loads, in any language, without Penchant: the graph of the wanted
 * results with the weights as part of it.
 */
import { PenchantError } from "../../base/errors.ts";
import { emit } from "../emit.ts";
import { parameterName, parametersOf } from "../parameters.ts";
import type { Feeds } from "../session.ts";
import { describe, sizeOf, type Tensor, typeOf } from "../tensor.ts";
import { writeAtomically } from "./atomic.ts";
import { quantised } from "./quantise.ts";

export interface InferenceOptions {
  /** Store and multiply matrices of weights as 8-bit integers: a quarter of the size, at a small loss. Default false. */
  readonly quantise?: boolean;
}

/**
 * Writes the file, or replaces it in one step.
 *
 * @param outputs the wanted results, by the names that they shall have
 * @param weights the values of all parameters; others may be among them
 * @throws PENCHANT_E_NN_FEED when a parameter's values are missing or of another type or size
 */
export async function writeInference(
  path: string,
  outputs: Readonly<Record<string, Tensor>>,
  weights: Feeds,
  { quantise = false }: InferenceOptions = {},
): Promise<void> {
  for (const parameter of parametersOf(...Object.values(outputs))) {
    const name = parameterName(parameter);
    const values = weights[name];
    if (values?.length === sizeOf(parameter.shape) && typeOf(values) === parameter.type) continue;
    const came = values === undefined ? "nothing" : `${typeOf(values)} with ${values.length} elements`;
    throw new PenchantError(
      "PENCHANT_E_NN_FEED",
      `The network needs weights for ${describe(parameter)}; came ${came}.`,
      {
        details: { name },
      },
    );
  }
  const { model } = emit(outputs, { weights });
  await writeAtomically(path, [quantise ? quantised(model) : model]);
}
