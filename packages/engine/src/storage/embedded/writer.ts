/**
 * The writing half of the storage, without its thread. Appends that wait together share one commit, and so one wait for
 * the disk; each has a savepoint of its own, so that one that fails takes nothing of its neighbours with it. All other
 * requests have a transaction each. Requests take effect in the order in which they came, and no reply is given before
 * its commit.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { PenchantError } from "../../base/errors.ts";
import { databasePath, openForWriting, withoutWaiting } from "./connection.ts";
import { Counters } from "./counters.ts";
import type { EmbeddedLimits } from "./limits.ts";
import type { CommitFigures, WriteReply, WriteRequest } from "./requests.ts";
import { errorToMessage, storageError } from "./sqlite-errors.ts";
import { type WriteOperations, writeOperations } from "./write-handlers.ts";

export class Writer {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #counters: Counters;
  readonly #operations: WriteOperations;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #beginRequest: StatementSync;
  readonly #endRequest: StatementSync;
  /** Something was erased, and its old pages may still lie in the write-ahead log. */
  #owesTruncation = false;
  #commits: CommitFigures[] = [];

  constructor(dataDir: string, limits: EmbeddedLimits) {
    this.#path = databasePath(dataDir);
    this.#database = openForWriting(dataDir, limits.databasePagesMax);
    try {
      this.#counters = new Counters(this.#database);
      this.#operations = writeOperations(this.#database, this.#counters, limits);
      const prepare = (sql: string) => this.#database.prepare(sql);
      this.#begin = prepare("BEGIN IMMEDIATE");
      this.#end = prepare("COMMIT");
      this.#beginRequest = prepare("SAVEPOINT request");
      this.#endRequest = prepare("RELEASE request");
    } catch (error) {
      this.#database.close();
      throw storageError(error, this.#path);
    }
  }

  /** Carries out requests; the replies are in their order, and everything they report is durable. */
  run(requests: readonly WriteRequest[]): WriteReply[] {
    const replies: WriteReply[] = [];
    for (let start = 0; start < requests.length; ) {
      let end = start + 1;
      if (requests[start].kind === "append") {
        while (end < requests.length && requests[end].kind === "append") end++;
      }
      const group = requests.slice(start, end);
      // States can be derived again, and the next commit that waits for the disk waits for them too.
      const isDerived = requests[start].kind === "saveStates";
      replies.push(...(isDerived ? withoutWaiting(this.#database, () => this.#commit(group)) : this.#commit(group)));
      start = end;
    }
    return replies;
  }

  /** The commits of appends since this was last asked. */
  takeCommits(): CommitFigures[] {
    const commits = this.#commits;
    this.#commits = [];
    return commits;
  }

  close(): void {
    try {
      if (this.#owesTruncation) this.#truncateLog();
    } finally {
      this.#database.close();
    }
  }

  #commit(group: readonly WriteRequest[]): WriteReply[] {
    const startedAt = performance.now();
    try {
      this.#begin.run();
      const replies =
        group.length === 1 ? [this.#handle(group[0])] : group.map((request) => this.#handleApart(request));
      if (group[0].kind === "append") this.#operations.prune(group[0].input.receivedAt);
      this.#counters.write();
      this.#end.run();
      this.#counters.committed();
      if (group[0].kind === "append") {
        this.#commits.push({ events: eventsOf(group), seconds: (performance.now() - startedAt) / 1_000 });
      }
      return this.#afterCommit(group, replies);
    } catch (error) {
      // A full disk or a failing one can end the whole transaction, or turn up only at the commit.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.#counters.rolledBack();
      this.#operations.rolledBack();
      // Whoever shared it gets another chance alone, so that only those fail that cannot succeed.
      return group.length === 1
        ? [this.#failure(group[0], error)]
        : group.flatMap((request) => this.#commit([request]));
    }
  }

  #handle(request: WriteRequest): WriteReply {
    const handler = this.#operations.handlers[request.kind];
    return { id: request.id, output: handler(request.input as never) };
  }

  /** Handles one request of several in a transaction; when it fails, only its own changes are undone. */
  #handleApart(request: WriteRequest): WriteReply {
    const before = { ...this.#counters.values };
    this.#beginRequest.run();
    try {
      const reply = this.#handle(request);
      this.#endRequest.run();
      return reply;
    } catch (error) {
      if (!this.#database.isTransaction) throw error;
      this.#database.exec("ROLLBACK TO request; RELEASE request");
      this.#counters.values = before;
      this.#operations.rolledBack();
      return this.#failure(request, error);
    }
  }

  #afterCommit(group: readonly WriteRequest[], replies: WriteReply[]): WriteReply[] {
    if (group[0].kind === "erase") this.#owesTruncation = true;
    if (!this.#owesTruncation) return replies;
    try {
      this.#truncateLog();
      return replies;
    } catch (error) {
      // Other requests are done all the same; the truncation is tried again after every commit and at the end.
      return group[0].kind === "erase" ? [this.#failure(group[0], error)] : replies;
    }
  }

  #truncateLog(): void {
    const { busy } = this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
    if (busy !== 0) {
      throw new PenchantError(
        "PENCHANT_E_STORAGE_LOCKED",
        `${this.#path}: the user is erased, but another process is reading the database and keeps the old pages on disk; they go with the next write after it has ended.`,
        { details: { file: this.#path } },
      );
    }
    this.#owesTruncation = false;
  }

  #failure(request: WriteRequest, error: unknown): WriteReply {
    return { id: request.id, error: errorToMessage(storageError(error, this.#path)) };
  }
}

function eventsOf(group: readonly WriteRequest[]): number {
  return group.reduce((sum, request) => sum + (request.kind === "append" ? request.input.events.length : 0), 0);
}
