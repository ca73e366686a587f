/**
 * Asking the server: the same HTTP API that anyone can call. What is refused is thrown with the server's own sentence. Two
 * things concern the whole page and are told to whoever listens: that the server asks for a key, and that it cannot be reached.
 */
import type { EventReport, Problem } from "@penchant/protocol";

/** An answer that is a problem document. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  /** What became of every event, where all were refused. */
  readonly report: EventReport | undefined;
  constructor(problem: Problem) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.report = Array.isArray(problem.results) ? (problem as unknown as EventReport) : undefined;
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

export type Standing = "fine" | "lost" | "key needed";

let standing: Standing = "fine";
const listeners = new Set<() => void>();

export const connection = {
  get: (): Standing => standing,
  listen: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function become(next: Standing): void {
  if (standing === next) return;
  standing = next;
  for (const listener of listeners) listener();
}

/** Kept until the window is closed, out of reach of other sites and of what is stored for good. */
const keyName = "penchant.key";

/** Keeps a key if the server takes it; false if not. */
export async function opensWith(key: string): Promise<boolean> {
  const before = sessionStorage.getItem(keyName);
  sessionStorage.setItem(keyName, key);
  try {
    await request("/v1/interests");
    become("fine");
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status !== 401 && error.code !== "PENCHANT_E_KEY_SCOPE") become("fine");
    else if (before === null) sessionStorage.removeItem(keyName);
    return !(error instanceof Refusal);
  }
}

export interface Question {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly accept?: string;
}

/** @throws Refusal, Unreachable */
export async function request(
  path: string,
  { method = "GET", body, signal, accept }: Question = {},
): Promise<Response> {
  const key = sessionStorage.getItem(keyName);
  const headers = {
    accept: accept ?? "application/json",
    ...(key !== null && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const response = await fetch(path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    become("lost");
    throw new Unreachable("The server does not answer.", { cause: error });
  });
  if (response.ok) {
    if (standing === "lost") become("fine");
    return response;
  }
  const refusal = new Refusal((await response.json()) as Problem);
  if (refusal.status === 401) become("key needed");
  throw refusal;
}

export async function ask<Answer>(path: string, question?: Question): Promise<Answer> {
  return (await (await request(path, question)).json()) as Answer;
}

/** Part of a path. */
export const part = encodeURIComponent;

/** A query string of what is defined. */
export function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const named = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return named.length === 0 ? "" : `?${new URLSearchParams(named).toString()}`;
}
