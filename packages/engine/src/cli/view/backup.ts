/** What a backup holds, in words. */
import type { DataCounts } from "../../engine.ts";
import { count, counted } from "./text.ts";

/** The sums over all tenants. */
export function tenantCounts(tenants: Readonly<Record<string, DataCounts>>): string {
  const all = Object.values(tenants);
  const sum = (field: keyof DataCounts) => all.reduce((total, counts) => total + counts[field], 0);
  const what = `${counted(sum("events"), "event")}, ${counted(sum("users"), "user")} and ${counted(sum("items"), "item")}`;
  return all.length > 1 ? `${what} of ${count(all.length)} tenants` : what;
}

export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${count(Math.ceil(bytes / 1e3))} kB` : `${count(bytes / 1e6)} MB`;
}
