/** Every model of uptake that can be fitted, compared and tuned by its name. */
import type { UptakeModel } from "../../core/uptake.ts";
import { classicalModels } from "../classical/uptake.ts";
import { cnnLstmAttention } from "../cnn-lstm-attention/cnn-lstm-attention.ts";
import { ctr } from "../ctr/ctr.ts";
import { lstmAttention } from "../lstm-attention/lstm-attention.ts";
import { constant, itemMean } from "./baselines.ts";
import { biasedMfUptake } from "./biased-mf.ts";

export const uptakeModels: readonly UptakeModel[] = [
  constant,
  itemMean,
  biasedMfUptake,
  ...classicalModels,
  ctr,
  lstmAttention,
  cnnLstmAttention,
];

/** What stands in every comparison. */
export const uptakeBaselines: readonly string[] = [constant.name, itemMean.name];
