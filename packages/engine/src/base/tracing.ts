/**
 * Spans by the OpenTelemetry API, for programs that bring an SDK. Without one the API hands out spans that do nothing,
 * and a span costs less than a microsecond.
 */
import { type Attributes, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

const name = "penchant";

/** Asked for anew each time: an SDK may be registered after this module was loaded. */
export function tracer(): Tracer {
  return trace.getTracer(name);
}

/**
 * Runs `work` in a span of its own, under the span that is active.
 *
 * @param attributes counts and names of our own making; never an id, a text or a key
 */
export function traced<Result>(spanName: string, attributes: Attributes, work: () => Promise<Result>): Promise<Result> {
  return tracer().startActiveSpan(spanName, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed. Its message stays out: it may name what people did. */
export function fail(span: Span, error: unknown): void {
  const { code } = error as { code?: unknown };
  span.setStatus({ code: SpanStatusCode.ERROR, ...(typeof code === "string" && { message: code }) });
}
