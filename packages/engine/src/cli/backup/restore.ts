/**
 * Puts a backup into a data folder. Everything is unpacked and looked at beside what is there before anything is replaced;
 * then each database takes its place at once, so that a crash leaves every tenant with the old one or the new one.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { PenchantError } from "../../base/errors.ts";
import {
  type DataCounts,
  installDatabase,
  migrateDatabase,
  syncPath,
  takeDirectory,
  verifyDatabase,
} from "../../engine.ts";
import { modelsName } from "../../models/model-registry.ts";
import { keyFilePath } from "../../server/key-file.ts";
import { defaultTenant, tenantPattern } from "../../server/tenants.ts";
import { type BackupList, backupFormat, listName } from "./create.ts";
import { databaseName, folderOf, holdsData, isModelFile, keysName, tenantsIn, tenantsName } from "./layout.ts";
import { readTar } from "./tar.ts";

const countsSchema = z.object({ events: z.number(), users: z.number(), items: z.number() });
const listSchema = z.object({
  format: z.literal(backupFormat),
  version: z.string(),
  at: z.number(),
  tenants: z.record(z.string(), countsSchema),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
}) satisfies z.ZodType<BackupList>;

/** Bytes of the list and of the keys, which are read into memory. */
const smallBytesMax = 64 * 1024 * 1024;

export interface RestoreOptions {
  readonly file: string;
  readonly dataDir: string;
  /** Replace all that the data folder holds. */
  readonly force: boolean;
}

/**
 * @throws PENCHANT_E_BACKUP_INVALID for a file that is no whole backup, PENCHANT_E_DATA_EXISTS where something would be
 * replaced without `force`, PENCHANT_E_STORAGE_LOCKED while somebody uses the folder, _VERSION for a newer Penchant's
 */
export function restoreBackup({ file, dataDir, force }: RestoreOptions): BackupList {
  if (!existsSync(file)) throw invalid(file, "expected a backup, found no file");
  if (!force && holdsData(dataDir)) {
    throw new PenchantError(
      "PENCHANT_E_DATA_EXISTS",
      `${dataDir}: expected a folder without data, found some; --force replaces all of it by the backup.`,
      { details: { dataDir } },
    );
  }
  mkdirSync(dataDir, { recursive: true });
  const held = [takeDirectory(dataDir)];
  const stage = mkdtempSync(join(dataDir, "restore-"));
  try {
    const list = unpack(file, stage);
    const restored = Object.keys(list.tenants);
    for (const tenant of restored) verified(join(stage, folderOf(tenant)), list.tenants[tenant], file);
    const others = tenantsIn(dataDir).filter((tenant) => tenant !== defaultTenant);
    for (const tenant of others) held.push(takeDirectory(join(dataDir, folderOf(tenant))));

    for (const tenant of restored) {
      const folder = join(dataDir, folderOf(tenant));
      mkdirSync(folder, { recursive: true });
      installDatabase(join(stage, folderOf(tenant)), folder);
      installModels(join(stage, folderOf(tenant)), folder, stage);
    }
    for (const tenant of others) {
      if (!restored.includes(tenant)) rmSync(join(dataDir, folderOf(tenant)), { recursive: true });
    }
    const keys = join(stage, keysName);
    if (existsSync(keys)) renameSync(keys, keyFilePath(dataDir));
    else rmSync(keyFilePath(dataDir), { force: true });
    syncPath(dataDir);
    return list;
  } finally {
    rmSync(stage, { recursive: true, force: true });
    for (const hold of held) hold.release();
  }
}

/** The models of the backup in the place of those that are there. */
function installModels(from: string, folder: string, stage: string): void {
  const models = join(folder, modelsName);
  if (existsSync(models)) renameSync(models, join(mkdtempSync(join(stage, "replaced-")), modelsName));
  if (existsSync(join(from, modelsName))) renameSync(join(from, modelsName), models);
  syncPath(folder);
}

/** Restores that were cut off leave their folder behind. */
export function unfinishedRestores(dataDir: string): string[] {
  return readdirSync(dataDir).filter((name) => name.startsWith("restore-"));
}

/** Unpacks what the list at the end of the backup names, and nothing else. */
function unpack(file: string, stage: string): BackupList {
  const entries = readTar(file, (name, bytes) => {
    const isSmall = name === listName;
    if (isSmall && bytes > smallBytesMax) throw invalid(file, "the list of its files is too long to be one");
    if (isSmall) return undefined;
    if (!isPartOfBackup(name)) throw invalid(file, `expected databases, models and keys, got ${JSON.stringify(name)}`);
    const path = join(stage, name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  });
  const text = entries.find(({ name }) => name === listName)?.content?.toString("utf8");
  if (text === undefined) throw invalid(file, "the list of its files is missing");
  const list = listSchema.safeParse(parsed(text));
  if (!list.success) {
    throw invalid(file, `the list of its files is not of a format that this Penchant knows (${backupFormat})`);
  }
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  for (const { name, bytes, sha256 } of list.data.files) {
    const entry = found.get(name);
    if (entry === undefined) throw invalid(file, `${name} is missing`);
    if (entry.bytes !== bytes || entry.sha256 !== sha256)
      throw invalid(file, `${name} is not as it was when it was saved`);
  }
  for (const tenant of Object.keys(list.data.tenants)) {
    const name = join(folderOf(tenant), databaseName);
    if (!isPartOfBackup(name) || !found.has(name)) throw invalid(file, `the database of tenant "${tenant}" is missing`);
  }
  return list.data;
}

function isPartOfBackup(name: string): boolean {
  if (name === keysName || isPartOfTenant(name)) return true;
  const [tenants, tenant, ...rest] = name.split("/");
  return tenants === tenantsName && tenantPattern.test(tenant) && isPartOfTenant(rest.join("/"));
}

const isPartOfTenant = (name: string) => name === databaseName || isModelFile(name);

function verified(folder: string, expected: DataCounts, file: string): void {
  migrateDatabase(folder);
  const { events, users, items } = verifyDatabase(folder);
  if (events !== expected.events || users !== expected.users || items !== expected.items) {
    throw invalid(file, "its databases hold something else than its list says");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(file: string, why: string): PenchantError {
  return new PenchantError("PENCHANT_E_BACKUP_INVALID", `${file}: ${why}; nothing was replaced.`, {
    details: { file },
  });
}
