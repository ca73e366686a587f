/** What validation says about epochs: numbers to rely on, and which epoch is the best so far. */
import { PenchantError } from "../../base/errors.ts";
import type { EarlyStopping, EpochReport } from "./options.ts";

/** Throws PENCHANT_E_CONFIG where a metric is not finite, or the one that matters is missing. */
export function checkMetrics(
  metrics: Readonly<Record<string, number>>,
  earlyStopping: EarlyStopping | undefined,
): void {
  const wanted = earlyStopping === undefined ? [] : [earlyStopping.metric];
  for (const name of [...wanted, ...Object.keys(metrics)]) {
    if (Number.isFinite(metrics[name])) continue;
    const given = Object.entries(metrics).map(([name, value]) => `${name} ${value}`);
    throw new PenchantError(
      "PENCHANT_E_CONFIG",
      `Validation must give a finite number as "${name}"; it gave ${given.join(", ") || "nothing"}.`,
      { details: { metric: name } },
    );
  }
}

/** Whether an epoch is better than the best before it. */
export function isBetter(
  { metrics }: EpochReport,
  reports: readonly EpochReport[],
  bestEpoch: number | null,
  { metric, better }: EarlyStopping,
): boolean {
  if (bestEpoch === null) return true;
  const before = reports[bestEpoch - 1].metrics[metric];
  return better === "higher" ? metrics[metric] > before : metrics[metric] < before;
}
