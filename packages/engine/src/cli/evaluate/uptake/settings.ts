/** From the words of the command to which models of uptake are measured, and by what. */
import { PenchantError } from "../../../base/errors.ts";
import type { UptakeModel } from "../../../core/uptake.ts";
import { type UptakeMetric, uptakeMetrics } from "../../../evaluate/uptake/figures.ts";
import { uptakeBaselines, uptakeModels } from "../../../models/uptake/all.ts";
import type { UptakeQuestionName } from "../../../models/uptake/examples.ts";
import { namedAmong } from "../settings.ts";

/** A predicted value says nothing about whether an item is met at all. Asked for by name, the model is measured. */
const forValues = new Set(["biased-mf"]);

/** The baselines, and models by name in the order asked for; without a word all that fit the question. */
export function learnersNamed(names: string | undefined, question: UptakeQuestionName): readonly UptakeModel[] {
  if (names === undefined) return uptakeModels.filter(({ name }) => question === "liked" || !forValues.has(name));
  const asked = namedAmong(uptakeModels, names, "--learners");
  const baselines = uptakeModels.filter((model) => uptakeBaselines.includes(model.name) && !asked.includes(model));
  return [...baselines, ...asked];
}

/** The metric that counts; AUC unless another is named. Throws PENCHANT_E_USAGE. */
export function uptakeMetricNamed(name = "AUC"): UptakeMetric {
  const metric = uptakeMetrics.find((one) => one === name);
  if (metric !== undefined) return metric;
  throw new PenchantError(
    "PENCHANT_E_USAGE",
    `--metric: expected one of ${uptakeMetrics.join(", ")}; got ${JSON.stringify(name)}.`,
  );
}
