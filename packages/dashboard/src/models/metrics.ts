/** Metrics of which less is better; of all others, more is. */
export function isLowerBetter(metric: string): boolean {
  return /loss|MSE|RMSE|MAE|Gini|calibration|Brier/i.test(metric);
}
