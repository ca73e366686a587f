import { propagation, type TextMapPropagator, TraceFlags, trace } from "@opentelemetry/api";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { rememberSpans } from "../testing/spans.ts";
import { buildServer } from "./server.ts";
import { silent, testApi, withInstead } from "./test-client.ts";

const api = testApi();
const { ask } = api;

/** The value of a line of the metrics, NaN where there is no such line. */
const valueIn = (text: string, line: string) =>
  Number(
    text
      .split("\n")
      .find((other) => other.startsWith(`${line} `))
      ?.slice(line.length + 1),
  );

describe("GET /metrics", () => {
  test("counts requests by the pattern of their route, and events by what became of them", async () => {
    const server = buildServer(api.engine, { logger: silent });
    const read = async () => (await server.inject("/metrics")).body;
    expect(valueIn(await read(), 'penchant_events_total{outcome="accepted"}')).toBe(0);
    await server.inject("/v1/users/ada");
    await server.inject("/v1/users/nobody");
    await server.inject("/nowhere/private");
    const events = [{ id: "m-1", user: "meter", type: "view" }, { id: "m-1", user: "meter", type: "view" }, null];
    await server.inject({ method: "POST", url: "/v1/events", payload: events });
    const headers = { "content-type": "application/x-ndjson" };
    await server.inject({ method: "POST", url: "/v1/events", headers, payload: '{"user":"meter","type":"view"}\n{' });
    const text = await read();
    await server.close();
    const request = 'penchant_http_request_duration_seconds_count{method="GET",route="/v1/users/:id",status=';
    expect(valueIn(text, `${request}"200"}`)).toBe(1);
    expect(valueIn(text, `${request}"404"}`)).toBe(1);
    expect(text).toContain('route="none",status="404"');
    expect(valueIn(text, 'penchant_events_total{outcome="accepted"}')).toBe(2);
    expect(valueIn(text, 'penchant_events_total{outcome="duplicate"}')).toBe(1);
    expect(valueIn(text, 'penchant_events_total{outcome="rejected"}')).toBe(2);
    expect(text).not.toMatch(/ada|private/);
  });

  test("shows the engine's figures as they are, with histograms that add up, and the process's", async () => {
    const { body: text, headers } = await ask("GET", "/metrics");
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    const figures = api.engine.figures();
    const read = (name: string) => valueIn(text, `${name}{tenant="default"}`);
    expect(read("penchant_log_position")).toBe(figures.log.position);
    expect(read("penchant_stored_states_lag_events")).toBe(figures.log.position - figures.log.flushedPosition);
    expect(read("penchant_fold_lag_events")).toBe(0);
    expect(read("penchant_events_in_flight")).toBe(0);
    expect(read("penchant_append_queue_events")).toBe(0);
    expect(read("penchant_states_cached")).toBe(figures.states.cached);
    expect(read("penchant_state_cache_hits_total")).toBe(figures.states.hits);
    expect(read("penchant_state_cache_misses_total")).toBe(figures.states.misses);
    expect(read("penchant_tree_version")).toBe(2);
    // Fitted at the tests' present, which stands still.
    expect(read("penchant_model_age_seconds")).toBe(0);
    expect(read("penchant_items")).toBe(30);
    const { commitEvents } = figures.storage;
    expect(read("penchant_commit_events_count")).toBe(commitEvents.count);
    expect(read("penchant_commit_events_sum")).toBe(commitEvents.sum);
    const buckets = [...text.matchAll(/^penchant_commit_duration_seconds_bucket\{.*\} (\d+)$/gm)].map(([, n]) =>
      Number(n),
    );
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(buckets.at(-1)).toBe(commitEvents.count);
    expect(valueIn(text, "process_resident_memory_bytes")).toBeGreaterThan(1e7);
    expect(text).toContain("nodejs_eventloop_lag_seconds");
  });

  test("is of one server alone", async () => {
    const [one, other] = [1, 2].map(() => buildServer(api.engine, { logger: silent }));
    await one.inject("/v1/items");
    expect((await one.inject("/metrics")).body).toContain('route="/v1/items"');
    expect((await other.inject("/metrics")).body).not.toContain('route="/v1/items"');
    await Promise.all([one.close(), other.close()]);
  });
});

describe("traces", () => {
  test("have a span per request over those of the engine, and name the route only", async () => {
    const { spans } = rememberSpans();
    const server = buildServer(api.engine, { logger: silent });
    await server.inject({ method: "POST", url: "/v1/events", payload: { user: "private", type: "view" } });
    await server.inject("/v1/users/private/recommendations?limit=3");
    await server.inject("/v1/users/private/recommendations?limit=0");
    await server.close();
    expect(spans.map(({ name, parent }) => [name, parent])).toEqual([
      ["POST /v1/events", undefined],
      ["penchant.append", "POST /v1/events"],
      ["penchant.fold", "POST /v1/events"],
      ["GET /v1/users/:id/recommendations", undefined],
      ["penchant.recommend", "GET /v1/users/:id/recommendations"],
      ["GET /v1/users/:id/recommendations", undefined],
    ]);
    expect(spans.every(({ ended }) => ended)).toBe(true);
    expect(spans.at(-1)?.attributes).toEqual({
      "http.request.method": "GET",
      "http.route": "/v1/users/:id/recommendations",
      "http.response.status_code": 400,
    });
    expect(JSON.stringify(spans)).not.toMatch(/private|limit/);
  });
});

/** W3C Trace Context, as far as reading its header goes: what an SDK brings. */
const traceparent: TextMapPropagator<Record<string, string>> = {
  fields: () => ["traceparent"],
  inject: () => {},
  extract(active, headers, getter) {
    const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0[01]$/.exec(
      String(getter.get(headers, "traceparent")),
    )!;
    return trace.setSpanContext(active, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  },
};

test("a request's span is under its caller's, where the request names one and an SDK reads it", async () => {
  const { spans } = rememberSpans();
  propagation.setGlobalPropagator(traceparent);
  onTestFinished(() => propagation.disable());
  const server = buildServer(api.engine, { logger: silent });
  const headers = { traceparent: `00-${"a".repeat(32)}-00f067aa0ba902b7-01` };
  await server.inject({ url: "/v1/users/ada/recommendations", headers });
  await server.close();
  expect(spans.map(({ name, parent }) => [name, parent])).toEqual([
    ["GET /v1/users/:id/recommendations", "00f067aa0ba902b7"],
    ["penchant.recommend", "GET /v1/users/:id/recommendations"],
  ]);
});

test("a slow request is a warning in the log, unless it is a stream, which is as slow as its sender", async () => {
  const slow = withInstead(api.engine, {
    track: async (events) => {
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      return api.engine.track(events);
    },
  });
  const lines: { msg: string; level: number; durationMs: number }[] = [];
  const server = buildServer(slow, { logger: pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }) });
  const event = { user: "slow", type: "view" };
  const headers = { "content-type": "application/x-ndjson" };
  await Promise.all([
    server.inject({ method: "POST", url: "/v1/events", payload: event }),
    server.inject({ method: "POST", url: "/v1/events", payload: JSON.stringify(event), headers }),
    server.inject("/v1/items"),
  ]);
  await server.close();
  expect(lines.map(({ msg, level }) => `${level} ${msg}`).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "30 request",
    "30 request",
    "40 slow request",
  ]);
});
