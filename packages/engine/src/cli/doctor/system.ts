/** What a data folder stands on: the runtime, the disk, and who may do what there. */
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { databaseName } from "../backup/layout.ts";
import { count } from "../view/text.ts";
import { bad, type Finding, good } from "./finding.ts";

const megabyte = 1024 ** 2;
const freeBytesMin = 256 * megabyte;

export function nodeFinding(): Finding {
  return good("node", `Node ${process.versions.node} on ${process.platform}-${process.arch}`);
}

export async function parquetFinding(): Promise<Finding> {
  try {
    const { default: duckdb } = await import("@duckdb/node-api");
    return good("parquet", `DuckDB ${duckdb.version()}`);
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    return bad(
      "parquet",
      `DuckDB does not load, so that Parquet files cannot be imported: ${reason}; run npm install again`,
    );
  }
}

/** The folder, or the nearest one above it that exists. */
export function diskFinding(dataDir: string, freeBytes = freeBytesAt): Finding {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  const free = freeBytes(folder);
  const message = `${count(Math.floor(free / megabyte))} MB free in ${folder}`;
  return free >= freeBytesMin
    ? good("disk", message)
    : bad(
        "disk",
        `${message}, and at least ${freeBytesMin / megabyte} MB are needed: make room before events are refused; nothing acknowledged is lost`,
      );
}

function freeBytesAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Whether this user may read and write what an engine needs to. */
export function accessFindings(dataDir: string): Finding[] {
  const { R_OK, W_OK, X_OK } = constants;
  const needs: [string, number][] = [[dataDir, R_OK | W_OK | X_OK]];
  for (const suffix of ["", "-wal", "-shm"]) needs.push([join(dataDir, databaseName + suffix), R_OK | W_OK]);
  return needs.flatMap(([path, mode]) => {
    if (!existsSync(path)) return [];
    try {
      accessSync(path, mode);
      return [];
    } catch {
      // The number: not every user of a container has a name.
      const user = process.getuid?.() ?? "this user";
      return [
        bad(
          "access",
          `${path} cannot be read and written by user ${user}: run as its owner, or chown -R ${user} ${dataDir}`,
        ),
      ];
    }
  });
}
