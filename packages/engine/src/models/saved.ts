/** Models as plain data: writes the parts of a fitted model, and checks that they are all there when it is read again. */
import { PenchantError } from "../base/errors.ts";
import type { ModelSetting, SavedModel, SavedTensor } from "../core/model.ts";

/** Builds the saved form. A tensor that is a plain array has one dimension. */
export function savedModel(
  { name, version, config }: { name: string; version: number; config: object },
  tensors: Readonly<Record<string, SavedTensor | SavedTensor["values"]>>,
): SavedModel {
  return {
    name,
    version,
    config: { ...(config as Readonly<Record<string, ModelSetting>>) },
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([part, tensor]) => [
        part,
        "shape" in tensor ? tensor : { shape: [tensor.length], values: tensor },
      ]),
    ),
  };
}

/** Texts as a tensor, which has no place for anything but numbers: the characters of their JSON. */
export function textTensor(texts: readonly string[]): Int32Array {
  const json = JSON.stringify(texts);
  return Int32Array.from({ length: json.length }, (_, at) => json.charCodeAt(at));
}

/** Reads the parts of a saved model. */
export interface SavedReader {
  /** Whether the model has the part: for those that not every one has. */
  has(part: string): boolean;
  floats(part: string): Float32Array;
  doubles(part: string): Float64Array;
  integers(part: string): Int32Array;
  /** What `textTensor` made. */
  texts(part: string): readonly string[];
  /** Sizes of the part's dimensions. */
  shape(part: string): readonly number[];
  /** Row starts of compressed rows whose entries are the part `entries`; `rows + 1` values that ascend from 0. */
  offsets(part: string, entries: string): Int32Array;
  /** A float matrix whose first dimension has this size. */
  rows(part: string, count: number): Float32Array;
}

/** @throws PENCHANT_E_MODEL_FILE for another model or version; its methods for parts that are missing or do not fit */
export function readSaved(saved: SavedModel, { name, version }: { name: string; version: number }): SavedReader {
  if (saved.name !== name || saved.version !== version) {
    throw fileError(
      name,
      `expected a stored ${name} of version ${version}, got ${saved.name} of version ${saved.version}.`,
    );
  }
  const part = (key: string): SavedTensor => {
    const tensor = saved.tensors[key];
    if (tensor === undefined) throw fileError(name, `the stored model lacks its part "${key}".`);
    const expected = tensor.shape.reduce((product, size) => product * size, 1);
    if (tensor.values.length !== expected) {
      throw fileError(
        name,
        `part "${key}" of shape [${tensor.shape.join(", ")}] has ${tensor.values.length} values, not ${expected}.`,
      );
    }
    return tensor;
  };
  const floats = (key: string): Float32Array => {
    const { values } = part(key);
    if (!(values instanceof Float32Array)) throw fileError(name, `part "${key}" must be 32-bit floats.`);
    return values;
  };
  const doubles = (key: string): Float64Array => {
    const { values } = part(key);
    if (!(values instanceof Float64Array)) throw fileError(name, `part "${key}" must be 64-bit floats.`);
    return values;
  };
  const integers = (key: string): Int32Array => {
    const { values } = part(key);
    if (!(values instanceof Int32Array)) throw fileError(name, `part "${key}" must be 32-bit integers.`);
    return values;
  };
  return {
    has: (key) => Object.hasOwn(saved.tensors, key),
    floats,
    doubles,
    integers,
    texts(key) {
      const json = Array.from(integers(key), (code) => String.fromCharCode(code)).join("");
      try {
        const texts = JSON.parse(json) as unknown;
        if (Array.isArray(texts) && texts.every((text) => typeof text === "string")) return texts;
      } catch {
        // Told of below.
      }
      throw fileError(name, `part "${key}" must hold texts.`);
    },
    shape: (key) => part(key).shape,
    offsets(key, entries) {
      const offsets = integers(key);
      const total = part(entries).values.length;
      const ascends = offsets.every((offset, index) => offset >= (index === 0 ? 0 : offsets[index - 1]));
      if (offsets[0] !== 0 || offsets.at(-1) !== total || !ascends) {
        throw fileError(name, `part "${key}" must ascend from 0 to the ${total} values of "${entries}".`);
      }
      return offsets;
    },
    rows(key, count) {
      const { shape } = part(key);
      if (shape.length !== 2 || shape[0] !== count) {
        throw fileError(name, `part "${key}" must have ${count} rows, got the shape [${shape.join(", ")}].`);
      }
      return floats(key);
    },
  };
}

export function fileError(model: string, problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_MODEL_FILE", `${model}: ${problem}`, { details: { model } });
}
