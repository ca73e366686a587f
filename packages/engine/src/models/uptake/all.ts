/** Every model of uptake that can be fitted, compared and tuned by its name. */
import type { UptakeModel } from "../../core/uptake.ts";
import { classicalModels } from "../classical/uptake.ts";
import { constant, itemMean } from "./baselines.ts";
import { biasedMfUptake } from "./biased-mf.ts";

export const uptakeModels: readonly UptakeModel[] = [constant, itemMean, biasedMfUptake, ...classicalModels];

/** What stands in every comparison. */
export const uptakeBaselines: readonly string[] = [constant.name, itemMean.name];
