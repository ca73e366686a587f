/** An endpoint for tests: a real server that keeps what it was sent and answers as it is told. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { WebhookDelivery } from "./deliveries.ts";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly delivery: WebhookDelivery;
}

/** What to do with the requests, the first with the first; what lies beyond is taken. Null gives no answer. */
export type Answer = number | null | ((response: ServerResponse) => void);

export async function endpoint(answers: readonly Answer[] = []) {
  const received: Received[] = [];
  let open: readonly Answer[] = answers;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      const answer = open.length > 0 ? open[0] : 204;
      open = open.slice(1);
      received.push({ headers: request.headers, body, delivery: JSON.parse(body) as WebhookDelivery });
      if (typeof answer === "function") answer(response);
      else if (answer !== null) response.writeHead(answer).end("noted");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/penchant`,
    received,
    /** From now on. */
    answer(next: readonly Answer[]) {
      open = next;
    },
  };
}
