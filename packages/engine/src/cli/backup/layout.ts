/** What a data folder holds: the default tenant's database, the keys, and a folder per further tenant. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { keyFilePath } from "../../server/key-file.ts";
import { defaultTenant, tenantPattern } from "../../server/tenants.ts";

export const databaseName = "penchant.db";
export const keysName = "keys.json";
export const tenantsName = "tenants";

/** Where a tenant's database is, relative to the data folder; empty for the default one. */
export const folderOf = (tenant: string): string => (tenant === defaultTenant ? "" : `${tenantsName}/${tenant}`);

/** The tenants that have a database, the default one first. */
export function tenantsIn(dataDir: string): string[] {
  const tenants = join(dataDir, tenantsName);
  const names = existsSync(tenants) ? readdirSync(tenants).filter((name) => tenantPattern.test(name)) : [];
  return [defaultTenant, ...names.toSorted()].filter((tenant) => hasDatabase(join(dataDir, folderOf(tenant))));
}

export const hasDatabase = (folder: string): boolean => existsSync(join(folder, databaseName));

/** Whether there is anything that a restore would replace. */
export const holdsData = (dataDir: string): boolean =>
  tenantsIn(dataDir).length > 0 || existsSync(keyFilePath(dataDir));
