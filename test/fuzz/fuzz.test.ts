/** Two thousand requests in every run of the tests; `npm run test:fuzz -- --requests 100000` makes more of them. */
import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";
import { Judge } from "./judgement.ts";
import type { OpenApi } from "./requests.ts";

test("whatever is asked, the answer is one that the OpenAPI document allows, and never a fault of the server", async () => {
  const report = await fuzz({ requests: 2_000, seed: Number(process.env.FUZZ_SEED ?? 4_600) });
  expect(report.failure).toBeNull();
  expect(report.requests).toBe(2_000);
  const answers = Object.keys(report.answers);
  // It is no proof to be refused at the door: most operations have to have been answered well, and refused too.
  expect(answers.filter((name) => / 20\d$/.test(name)).length).toBeGreaterThan(15);
  expect(answers.filter((name) => name.endsWith(" 400")).length).toBeGreaterThan(15);
}, 120_000);

test("an answer that a client may not get is found", () => {
  const schema = { type: "object", required: ["a"] };
  const document = {
    paths: { "/x": { get: { responses: { 200: { content: { "application/json": { schema } } } } } } },
    components: { schemas: {} },
  } as unknown as OpenApi;
  const judge = new Judge(document);
  const operation = { method: "GET", template: "/x", parameters: [] };
  const request = { bytes: Buffer.of(), operation };
  const found = (status: number, type: string, body: unknown) =>
    judge.problem(request, {
      answers: [{ status, headers: { "content-type": type }, body: JSON.stringify(body) }],
    });
  expect(found(200, "application/json", { a: 1 })).toBeUndefined();
  expect(found(200, "application/json", {})).toContain("not as documented");
  expect(found(200, "text/html", {})).toContain("media type");
  expect(found(201, "application/json", {})).toContain("not documented");
  expect(found(500, "application/problem+json", {})).toContain("fault of the server");
  expect(found(400, "application/json", {})).toContain("no problem document");
  expect(found(400, "application/problem+json", { status: 400 })).toContain("lacks something");
  expect(judge.problem(request, { answers: [] })).toContain("0 answers");
  expect(judge.problem(request, { answers: [], broken: "half a body" })).toContain("half a body");
});
