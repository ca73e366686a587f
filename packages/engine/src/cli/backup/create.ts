/**
 * Makes a backup: a tar file with the keys and every tenant's database, each as it was at one moment, the trained models,
 * and at its end a list of them with their checksums. It is made beside its final name under another one, looked at as a whole, and only
 * then gets its name, so that a file of that name is always a whole backup.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { PenchantError } from "../../base/errors.ts";
import { type DataCounts, type ProgressListener, snapshotDatabase, syncPath, verifyDatabase } from "../../engine.ts";
import { keyFilePath } from "../../server/key-file.ts";
import { databaseName, folderOf, keysName, modelFilesIn, tenantsIn } from "./layout.ts";
import { type TarEntry, TarWriter } from "./tar.ts";

export const listName = "backup.json";
export const backupFormat = 1;

export interface BackupList {
  readonly format: number;
  /** Of the Penchant that made it. */
  readonly version: string;
  /** When it was begun; milliseconds since 1970. */
  readonly at: number;
  readonly tenants: Readonly<Record<string, DataCounts>>;
  readonly files: readonly TarEntry[];
}

export interface BackupOptions {
  readonly dataDir: string;
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly onProgress?: ProgressListener;
}

/**
 * Everything that was acknowledged before this was called is in the backup.
 *
 * @throws PENCHANT_E_DATA_MISSING, PENCHANT_E_STORAGE codes
 */
export async function createBackup({ dataDir, file, now, onProgress }: BackupOptions): Promise<BackupList> {
  const tenants = tenantsIn(dataDir);
  if (tenants.length === 0) {
    throw new PenchantError(
      "PENCHANT_E_DATA_MISSING",
      `${dataDir}: expected a folder with Penchant's data, found none.`,
    );
  }
  const target = resolve(file);
  const stage = mkdtempSync(`${target}.partial-`);
  const tarPath = join(stage, "backup.tar");
  try {
    const tar = new TarWriter(tarPath);
    const counts: Record<string, DataCounts> = {};
    const files: TarEntry[] = [];
    try {
      // Before the databases: a key that is made meanwhile is not of the moment that they show.
      const keys = keyFilePath(dataDir);
      if (existsSync(keys)) files.push(tar.addFile(keysName, keys));
      for (const tenant of tenants) {
        const folder = join(dataDir, folderOf(tenant));
        const step = tenant === tenants[0] ? "Copying pages" : `Copying pages of ${tenant}`;
        await snapshotDatabase(folder, stage, (pages) => onProgress?.({ step, ...pages }));
        counts[tenant] = verifyDatabase(stage);
        const copy = join(stage, databaseName);
        files.push(tar.addFile(join(folderOf(tenant), databaseName), copy));
        rmSync(copy);
        files.push(...addModels(tar, folder, folderOf(tenant)));
      }
      const list: BackupList = { format: backupFormat, version: manifest.version, at: now, tenants: counts, files };
      tar.addText(listName, `${JSON.stringify(list, null, 2)}\n`);
      tar.finish();
      renameSync(tarPath, target);
      syncPath(dirname(target));
      return list;
    } catch (error) {
      tar.close();
      throw error;
    }
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** A model that is let go of meanwhile is left out: its files are read one after the other, and the first tells. */
function addModels(tar: TarWriter, folder: string, name: string): TarEntry[] {
  return modelFilesIn(folder).flatMap((file) =>
    existsSync(join(folder, file)) ? [tar.addFile(join(name, file), join(folder, file))] : [],
  );
}
