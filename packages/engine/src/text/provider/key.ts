/** Keys of servers: they are in the environment, never in a configuration file. */
import { PenchantError } from "../../base/errors.ts";

/**
 * @param environment where keys are; `process.env` in production
 * @param keyFrom the variable that holds the key; undefined for servers that ask for none
 * @param setting what named the variable, for the error
 * @throws PENCHANT_E_CONFIG when the variable is not set
 */
export function providerKey(
  environment: Readonly<Record<string, string | undefined>>,
  keyFrom: string | undefined,
  setting: string,
): string | undefined {
  if (keyFrom === undefined) return undefined;
  const key = environment[keyFrom];
  if (key) return key;
  throw new PenchantError("PENCHANT_E_CONFIG", `${setting}: expected a key in ${keyFrom}, which is not set.`);
}
