/**
 * A server on this machine that speaks OpenAI's interface for embeddings, with the shapes that such servers answer with, and
 * does on request what they do on bad days.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface EmbeddingsRequest {
  readonly model: string;
  readonly input: readonly string[];
  readonly authorization: string | undefined;
}

/** What the server does with a request: answer with vectors, or anything else. */
export type Reaction = (request: EmbeddingsRequest, response: ServerResponse) => void;

export interface TestProvider {
  readonly url: string;
  readonly requests: EmbeddingsRequest[];
  /** Reactions to the next requests, before it goes back to answering. */
  readonly next: Reaction[];
}

/** A vector of 8 that tells texts apart: counts of characters. */
export function countsOf(text: string): number[] {
  const counts = Array.from({ length: 8 }, () => 0.5);
  for (const character of text) counts[character.codePointAt(0)! % 8] += 1;
  return counts;
}

export const answering: Reaction = ({ model, input }, response) =>
  json(response, 200, {
    object: "list",
    data: input.map((text, index) => ({ object: "embedding", index, embedding: countsOf(text) })),
    model,
    usage: { prompt_tokens: input.length * 5, total_tokens: input.length * 5 },
  });

export const failing =
  (status: number, message: string, headers: Record<string, string> = {}): Reaction =>
  (_, response) =>
    json(response, status, { error: { message, type: "error", param: null, code: null } }, headers);

/** Takes the request and says nothing until the client goes away. */
export const silent: Reaction = () => {};

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

export async function testProvider(): Promise<TestProvider> {
  const requests: EmbeddingsRequest[] = [];
  const next: Reaction[] = [];
  const react = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { model: string; input: string[] };
    const asked = { ...body, authorization: request.headers.authorization };
    requests.push(asked);
    if (request.url !== "/v1/embeddings") failing(404, `no such route ${request.url}`)(asked, response);
    else (next.shift() ?? answering)(asked, response);
  };
  const server = createServer((request, response) => void react(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests, next };
}
