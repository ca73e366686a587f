/** What goes over the wire for long answers: asked over a socket, by a client that unpacks nothing by itself. */
import { once } from "node:events";
import { get, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acceptedEncoding } from "./compression.ts";
import { type RunningServer, startServer } from "./server.ts";
import { films, openTestEngine, silent, type TestEngine } from "./test-client.ts";
import { bearer, keyedApi } from "./test-keys.ts";

let opened: TestEngine;
let server: RunningServer;
const long = "/v1/items?limit=300";

beforeAll(async () => {
  opened = await openTestEngine();
  const more = Array.from({ length: 300 }, (_, index) => ({
    ...films[index % films.length],
    id: `more-${index}`,
    title: `Größer ${index} 电影`,
  }));
  await opened.engine.putItems(more);
  server = await startServer(opened.engine, { port: 0, logger: silent });
});
afterAll(async () => {
  await server.close();
  await opened.close();
});

async function asked(path: string, acceptEncoding?: string, method = "GET") {
  const headers = acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding };
  const sent = request(server.url + path, { method, headers }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { headers: response.headers, body: await buffer(response) };
}

describe("a long answer", () => {
  test.each([
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
    ["gzip, deflate", "gzip", gunzipSync],
    ["br;q=0, *", "gzip", gunzipSync],
  ] as const)(
    "to a client that accepts %s is compressed by %s, and is the same",
    async (accepted, encoding, unpack) => {
      const plain = await asked(long);
      expect(plain.body.length).toBeGreaterThan(32_768);
      expect(plain.headers["content-encoding"]).toBeUndefined();
      const { headers, body } = await asked(long, accepted);
      expect(headers).toMatchObject({ "content-encoding": encoding, "content-length": String(body.length) });
      expect(body.length).toBeLessThan(plain.body.length / 4);
      expect(unpack(body).equals(plain.body)).toBe(true);
    },
  );

  test.each(["identity", "deflate", "br;q=0, gzip;q=0.0", ""])(
    "to a client that accepts only %j stays as it is",
    async (accepted) => {
      const { headers, body } = await asked(long, accepted);
      expect(headers["content-encoding"]).toBeUndefined();
      expect(JSON.parse(body.toString()).items).toHaveLength(300);
    },
  );

  test("says that it differs by what is accepted, beside what else it differs by", async () => {
    expect((await asked(long)).headers.vary).toBe("Accept-Encoding");
    expect((await asked(long, "br")).headers.vary).toBe("Accept-Encoding");
  });

  test("to a question for the head alone has the same head and no body", async () => {
    const { headers, body } = await asked(long, "br", "HEAD");
    expect(headers["content-encoding"]).toBe("br");
    expect(body.length).toBe(0);
  });
});

test("a short answer is not compressed, whoever asks", async () => {
  for (const path of ["/health/live", "/v1/users/ada/profile", "/v1/users/ada/recommendations"]) {
    const { headers, body } = await asked(path, "br, gzip");
    expect(headers["content-encoding"], path).toBeUndefined();
    expect(headers.vary, path).toBeUndefined();
    JSON.parse(body.toString());
  }
});

test("a stream of events is neither compressed nor held back", async () => {
  const sent = get(`${server.url}/v1/users/cleo/profile/stream`, { headers: { "accept-encoding": "br, gzip" } });
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  expect(response.headers["content-encoding"]).toBeUndefined();
  const chunks = response.setEncoding("utf8")[Symbol.asyncIterator]() as AsyncIterator<string>;
  expect((await chunks.next()).value).toMatch(/^event: profile\ndata: \{/);
  await opened.engine.track([{ user: "cleo", type: "view", item: "crime-1" }]);
  expect((await chunks.next()).value).toMatch(/^event: changes\ndata: \{/);
  sent.destroy();
});

describe("with keys", () => {
  const api = keyedApi();

  test("a long answer differs by origin and by what is accepted", async () => {
    const headers = { ...bearer(api.make({ scopes: ["read"] }).text), "accept-encoding": "gzip" };
    const answer = await api.server.inject({ url: "/openapi.json", headers });
    expect(answer.headers).toMatchObject({ vary: "Origin, Accept-Encoding", "content-encoding": "gzip" });
    expect(JSON.parse(gunzipSync(answer.rawPayload).toString())).toMatchObject({ openapi: "3.1.0" });
  });
});

test("what a header accepts is never more than it names, and no header breaks the reading", () => {
  const name = fc.constantFrom("br", "gzip", "GZIP", "deflate", "*", "identity", "");
  const weight = fc.constantFrom("", ";q=0", "; q=0.000", ";q=1", ";q=0.5", ";q=", ";x");
  const part = fc.tuple(name, weight).map((words) => words.join(""));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.string(), (parts, noise) => {
      acceptedEncoding(noise);
      const header = parts.join(", ");
      const encoding = acceptedEncoding(header);
      const isWanted = (wanted: string) =>
        parts.some((each) => each.toLowerCase().split(";")[0] === wanted && !/q=0(\.0+)?$/.test(each));
      if (encoding !== undefined) expect(isWanted(encoding) || isWanted("*"), header).toBe(true);
      else expect(parts.some((each) => /^(br|gzip)$/i.test(each)) && !/q=0/.test(header), header).toBe(false);
    }),
  );
});
