/**
 * A server on this machine that speaks OpenAI's interface for chat completions, with the shapes that such servers answer
 * with, and does on request what they do on bad days.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly max_tokens: number;
  readonly response_format?: { readonly type: string };
  readonly authorization: string | undefined;
}

export type ChatReaction = (request: ChatRequest, response: ServerResponse) => void;

export interface TestLanguageModel {
  readonly url: string;
  readonly requests: ChatRequest[];
  /** Reactions to the next requests; when there are none left, `usual`. */
  readonly next: ChatReaction[];
  usual: ChatReaction;
}

/** Answers with a text, in the shape that llama.cpp's server and OpenAI share. */
export const writing =
  (content: string | ((request: ChatRequest) => string), finish = "stop"): ChatReaction =>
  (request, response) => {
    const text = typeof content === "string" ? content : content(request);
    sendJson(response, 200, {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_767_225_600,
      model: request.model,
      choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: finish }],
      usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
    });
  };

export const refusing =
  (status: number, message: string, headers: Record<string, string> = {}): ChatReaction =>
  (_, response) =>
    sendJson(response, status, { error: { message, type: "error", param: null, code: null } }, headers);

/** Takes the request and says nothing until the client goes away. */
export const saysNothing: ChatReaction = () => {};

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

export async function testLanguageModel(usual: ChatReaction = writing("{}")): Promise<TestLanguageModel> {
  const model = { url: "", requests: [] as ChatRequest[], next: [] as ChatReaction[], usual };
  const react = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest;
    const asked = { ...body, authorization: request.headers.authorization };
    model.requests.push(asked);
    if (request.url !== "/v1/chat/completions") refusing(404, `no such route ${request.url}`)(asked, response);
    else (model.next.shift() ?? model.usual)(asked, response);
  };
  const server = createServer((request, response) => void react(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  model.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return model;
}
