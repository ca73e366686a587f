/** A network's weights as parts of a stored model, held to the shapes that its graph has. */
import { PenchantError } from "../../base/errors.ts";
import type { SavedTensor } from "../../core/model.ts";
import { parameterName } from "../../nn/parameters.ts";
import type { Tensor } from "../../nn/tensor.ts";
import type { SavedReader } from "../saved.ts";
import type { Weights } from "./weights.ts";

export function weightTensors(parameters: readonly Tensor[], weights: Weights): Record<string, SavedTensor> {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const part = parameterName(parameter);
      return [part, { shape: parameter.shape, values: weights[part] }];
    }),
  );
}

/** @throws PENCHANT_E_MODEL_FILE for a part that is missing or of another shape */
export function readWeights(name: string, parts: SavedReader, parameters: readonly Tensor[]): Weights {
  const weights: Record<string, Float32Array> = {};
  for (const parameter of parameters) {
    const part = parameterName(parameter);
    const values = parts.floats(part);
    const shape = parts.shape(part);
    if (shape.join() !== parameter.shape.join()) {
      throw new PenchantError(
        "PENCHANT_E_MODEL_FILE",
        `${name}: part "${part}" must have the shape [${parameter.shape.join(", ")}], got [${shape.join(", ")}].`,
        { details: { model: name } },
      );
    }
    weights[part] = values;
  }
  return weights;
}
