/**
 * The HTTP server: one Fastify instance over one engine. A request's way is short: guard -> parse -> validate -> one
 * call of the engine -> JSON. The engine stays its owner's to close.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { limits } from "@penchant/protocol";
import fastify, { type FastifyBaseLogger } from "fastify";
import { PenchantError } from "../base/errors.ts";
import { secondMs } from "../base/time.ts";
import type { Engine } from "../engine.ts";
import { type Access, controlAccess } from "./access.ts";
import { compressLongTexts } from "./compression.ts";
import { docsRoutes } from "./docs.ts";
import { Drain } from "./drain.ts";
import { isLoopback } from "./guard.ts";
import { RequestLog, stderrLogger } from "./log.ts";
import { ServerMetrics } from "./metrics.ts";
import { documentRoutes } from "./openapi.ts";
import { pageRoutes } from "./page.ts";
import { malformedRequest, routeNotFound, sendProblem } from "./problems.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { interestRoutes } from "./routes/interests.ts";
import { itemRoutes } from "./routes/items.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { modelRoutes } from "./routes/models.ts";
import { profileStreamRoutes } from "./routes/profile-stream.ts";
import { profileRoutes } from "./routes/profiles.ts";
import { recommendationRoutes } from "./routes/recommendations.ts";
import { statementRoutes } from "./routes/statements.ts";
import { userRoutes } from "./routes/users.ts";
import { securityHeaders } from "./security-headers.ts";
import { defaultTenant, withEngineOf } from "./tenants.ts";
import { traceRequests } from "./tracing.ts";
import { validatorCompiler } from "./validation.ts";
import type { Server } from "./wire.ts";

export interface ServerOptions {
  /** Default 127.0.0.1. Where there are no keys it has to be a loopback address. */
  readonly host?: string;
  /** Default 4600; 0 takes any free one. */
  readonly port?: number;
  /** Keys and tenants. Without, or as long as there are no keys, only this machine is answered. */
  readonly access?: Access;
  /** Default: structured lines on stderr, one per request. */
  readonly logger?: FastifyBaseLogger;
  /** Further routes of the same server: behind the same keys, about the same engines. */
  readonly routes?: readonly ((routes: Server) => void)[];
  /** How long requests may take to finish when the server is closed; default 10. */
  readonly graceSeconds?: number;
}

export interface RunningServer {
  /** Where it answers, such as `http://127.0.0.1:4600`. */
  readonly url: string;
  /** Refuses what comes, finishes what is in flight, and lets go of what does not finish within the grace. */
  close(): Promise<void>;
}

/** A stream of events may take that long to arrive. */
const requestTimeoutMs = 300 * secondMs;
const graceSecondsDefault = 10;

/**
 * Serves an engine over HTTP.
 *
 * @example
 * const server = await startServer(engine, { port: 4600 });
 * @throws PENCHANT_E_CONFIG for an address that others can reach while nobody has a key, or that is taken
 */
export async function startServer(engine: Engine, options: ServerOptions = {}): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 4600, access } = options;
  if (!isLoopback(host) && access?.keys.isUsable !== true) {
    throw new PenchantError(
      "PENCHANT_E_CONFIG",
      `host: expected a loopback address (127.0.0.1, ::1 or localhost), got "${host}": there are no keys yet (penchant keys create), and without them anybody who reaches the server could read every profile.`,
      { details: { option: "host" } },
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new PenchantError("PENCHANT_E_CONFIG", `port: expected a whole number from 0 to 65535, got ${port}.`, {
      details: { option: "port" },
    });
  }
  const drain = new Drain();
  const server = buildServer(engine, { ...options, drain });
  const url = await server.listen({ host, port }).catch(async (error: NodeJS.ErrnoException) => {
    await server.close();
    const why = { EADDRINUSE: "another program listens there", EACCES: "the system does not allow it" }[
      error.code ?? ""
    ];
    if (why === undefined) throw error;
    throw new PenchantError("PENCHANT_E_CONFIG", `port: cannot listen on ${host}:${port}, ${why}.`, {
      details: { option: "port" },
      cause: error,
    });
  });
  return {
    url,
    close: async () => {
      const graceMs = (options.graceSeconds ?? graceSecondsDefault) * secondMs;
      const deadline = delay(graceMs, undefined, { ref: false }).then(() => server.server.closeAllConnections());
      await Promise.race([drain.drained(), deadline]);
      await server.close();
    },
  };
}

interface BuildOptions extends Pick<ServerOptions, "logger" | "access" | "routes"> {
  readonly drain?: Drain;
}

/** The server without a socket: `inject` asks it in process. */
export function buildServer(engine: Engine, options: BuildOptions = {}): Server {
  const { access, drain = new Drain() } = options;
  const metrics = new ServerMetrics(() => [[defaultTenant, engine], ...(access?.tenants.opened ?? [])]);
  const server: Server = fastify({
    loggerInstance: options.logger ?? stderrLogger(),
    logController: new RequestLog(),
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: requestTimeoutMs,
    // An id's own check has the better sentence; in a path each of its characters may take nine.
    routerOptions: { maxParamLength: 16_384 },
    // A request without a Host reaches the guard and gets its answer there.
    http: { requireHostHeader: false },
    // While closing, requests on open connections are answered by the drain.
    return503OnClosing: false,
    frameworkErrors: sendProblem,
    clientErrorHandler: (error, socket) => {
      if (socket.writable && error.code !== "ECONNRESET") socket.write(malformedRequest(error.code));
      socket.destroy(error);
    },
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler(routeNotFound);
  // Node answers an expectation that it does not know by itself, and not with a problem document.
  server.server.on("checkExpectation", (request, reply) => server.routing(request, reply));
  server.removeContentTypeParser("text/plain");
  // No DELETE here takes a body; many clients name a type all the same.
  server.addHttpMethod("DELETE", { hasBody: false, overrideExisting: true });
  server.addHook("onRequest", (request, reply, done) => {
    reply.headers(securityHeaders).header("cache-control", "no-store").header("x-request-id", request.id);
    done();
  });
  compressLongTexts(server);
  server.addHook("onResponse", (request, reply, done) => {
    metrics.answered(request, reply);
    done();
  });
  traceRequests(server);
  drain.watch(server);
  controlAccess(server, access?.keys);
  documentRoutes(server);
  server.decorateRequest("engine");
  server.register(async (routes: Server) => {
    routes.addHook("onRoute", (route) => {
      route.handler = withEngineOf(engine, access?.tenants, route.handler);
    });
    eventRoutes(routes, metrics);
    itemRoutes(routes);
    userRoutes(routes);
    profileRoutes(routes);
    profileStreamRoutes(routes, drain.stopping);
    statementRoutes(routes);
    recommendationRoutes(routes);
    interestRoutes(routes);
    modelRoutes(routes);
    healthRoutes(routes);
    metricsRoutes(routes, metrics);
    docsRoutes(routes);
    pageRoutes(routes);
    for (const add of options.routes ?? []) add(routes);
  });
  return server;
}
