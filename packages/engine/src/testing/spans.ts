/** Spans kept in a list, in place of an OpenTelemetry SDK. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { onTestFinished } from "vitest";

export interface RememberedSpan {
  readonly name: string;
  /** Name of the span above it; of one in another process its id. */
  readonly parent: string | undefined;
  readonly attributes: Record<string, unknown>;
  ended: boolean;
  status: unknown;
}

/** Registers a tracer and a context manager until the test is over. */
export function rememberSpans(): { spans: RememberedSpan[]; tracer: Tracer } {
  const spans: RememberedSpan[] = [];
  const remembered = new WeakMap<Span, RememberedSpan>();
  const startSpan = (name: string, options: SpanOptions = {}, under: Context = context.active()): Span => {
    const parent = trace.getSpan(under);
    const span = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 });
    const own: RememberedSpan = {
      name,
      parent: parent && (remembered.get(parent)?.name ?? parent.spanContext().spanId),
      attributes: { ...options.attributes },
      ended: false,
      status: undefined,
    };
    spans.push(own);
    remembered.set(span, own);
    span.end = () => {
      own.ended = true;
    };
    span.setAttributes = (attributes) => {
      Object.assign(own.attributes, attributes);
      return span;
    };
    span.setStatus = (status) => {
      own.status = status;
      return span;
    };
    return span;
  };
  const tracer: Tracer = {
    startSpan,
    startActiveSpan: (name: string, ...rest: unknown[]) => {
      const work = rest.at(-1) as (span: Span) => unknown;
      const span = startSpan(name, typeof rest[0] === "object" ? (rest[0] as SpanOptions) : {});
      return context.with(trace.setSpan(context.active(), span), () => work(span));
    },
  };
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...parameters) => storage.run(active, () => work.apply(self, parameters)),
    bind: (active, target) =>
      typeof target === "function"
        ? (((...all: unknown[]) => storage.run(active, () => target(...all))) as never)
        : target,
    enable: () => manager,
    disable: () => manager,
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  context.setGlobalContextManager(manager);
  onTestFinished(() => {
    trace.disable();
    context.disable();
  });
  return { spans, tracer };
}
