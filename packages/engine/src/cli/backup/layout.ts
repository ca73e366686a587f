/**
 * What a data folder holds: the default tenant's database and trained models, the keys, and a folder per further tenant with
 * a database and models of its own.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { modelFileNames } from "../../models/model-folder.ts";
import { modelIdPattern, modelsName, promotionsName } from "../../models/model-registry.ts";
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

/** The files of a tenant's trained models, relative to its folder; what is not whole yet is none. */
export function modelFilesIn(folder: string): string[] {
  const models = join(folder, modelsName);
  if (!existsSync(models)) return [];
  const files = readdirSync(models).flatMap((name) =>
    modelIdPattern.test(name) ? modelFileNames.map((file) => join(name, file)) : name === promotionsName ? [name] : [],
  );
  return files
    .map((file) => join(modelsName, file))
    .filter((file) => existsSync(join(folder, file)))
    .toSorted();
}

/** Whether a name is one that `modelFilesIn` gives. */
export function isModelFile(name: string): boolean {
  const [models, model, file, ...rest] = name.split("/");
  if (models !== modelsName || rest.length > 0) return false;
  if (file === undefined) return model === promotionsName;
  return modelIdPattern.test(model) && (modelFileNames as readonly string[]).includes(file);
}
