/** Range checks of models' settings: a setting out of range stops a fit before it begins, in words that say what fits. */
import { PenchantError } from "../base/errors.ts";

/** What a setting may be: a number within bounds (both included), whole where `integer`; one of some words; or a boolean. */
export type SettingRange =
  | { readonly min: number; readonly max: number; readonly integer?: true }
  | { readonly oneOf: readonly string[] }
  | "boolean";

/** @throws PENCHANT_E_MODEL_CONFIG naming the first setting that is unknown, missing or out of range */
export function checkSettings<Config extends object>(
  model: string,
  config: Config,
  ranges: Readonly<Record<keyof Config & string, SettingRange>>,
): void {
  const given = config as Readonly<Record<string, unknown>>;
  const known = ranges as Readonly<Record<string, SettingRange>>;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known).join(", ") || "none";
      throw failure(model, name, `is no setting of it; its settings are: ${names}.`);
    }
  }
  for (const [name, range] of Object.entries(known)) {
    const value = given[name];
    if (fits(value, range)) continue;
    throw failure(model, name, `expected ${describe(range)}, got ${String(value)}.`);
  }
}

/**
 * The check of a model's settings, each by its range and all of them together.
 *
 * @param problem what is wrong with settings that are each in range, as the end of a sentence that begins with the model's name
 */
export function settingsCheck<Config extends object>({
  name,
  ranges,
  problem,
}: {
  readonly name: string;
  readonly ranges: Readonly<Record<keyof Config & string, SettingRange>>;
  readonly problem?: ((config: Config) => string | undefined) | undefined;
}): (config: Config) => void {
  return (config) => {
    checkSettings(name, config, ranges);
    const found = problem?.(config);
    if (found === undefined) return;
    throw new PenchantError("PENCHANT_E_MODEL_CONFIG", `${name}: ${found}`, { details: { model: name } });
  };
}

function fits(value: unknown, range: SettingRange): boolean {
  if (range === "boolean") return typeof value === "boolean";
  if ("oneOf" in range) return range.oneOf.some((word) => word === value);
  if (typeof value !== "number" || !(value >= range.min && value <= range.max)) return false;
  return range.integer === undefined || Number.isInteger(value);
}

function describe(range: SettingRange): string {
  if (range === "boolean") return "true or false";
  if ("oneOf" in range) return `one of ${range.oneOf.join(", ")}`;
  return `${range.integer ? "a whole number" : "a number"} from ${range.min} to ${range.max}`;
}

function failure(model: string, name: string, problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_MODEL_CONFIG", `${model}: ${name} ${problem}`, {
    details: { model, setting: name },
  });
}
