/**
 * A span per request for programs that bring an OpenTelemetry SDK: under the caller's, where the request names one
 * (W3C `traceparent`, by the SDK's propagator), and over those that the engine makes. It names the route's pattern, never
 * the path, the query or the body.
 */
import {
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { tracer } from "../base/tracing.ts";
import type { Server } from "./wire.ts";

declare module "fastify" {
  interface FastifyRequest {
    span: Span | undefined;
  }
}

export function traceRequests(server: Server): void {
  server.decorateRequest("span", undefined);
  server.addHook("onRequest", (request, _reply, done) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? "none";
    const attributes = { "http.request.method": method, "http.route": route };
    const caller = propagation.extract(context.active(), request.headers);
    const span = tracer().startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, caller);
    // Without an SDK the span is none.
    if (isSpanContextValid(span.spanContext())) request.span = span;
    done();
  });
  // Reading the body leaves the context of `onRequest` behind; from here on it lasts.
  server.addHook("preHandler", ({ span }, _reply, done) => {
    if (span === undefined) done();
    else context.with(trace.setSpan(context.active(), span), done);
  });
  server.addHook("onResponse", ({ span }, reply, done) => {
    if (span !== undefined) {
      span.setAttributes({ "http.response.status_code": reply.statusCode });
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
    done();
  });
}
