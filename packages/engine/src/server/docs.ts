/**
 * The API reference at /docs: Scalar's page over /openapi.json, served by ourselves. Its script is five megabytes of
 * JavaScript inside a Fastify plugin, which takes longer to load than the rest of the server, so it is loaded when
 * somebody opens the page for the first time: into a server of its own that is asked for that one file.
 */
import fastify from "fastify";
import { html } from "./html.ts";
import { sendPage } from "./security-headers.ts";
import type { Server } from "./wire.ts";

/** The tree of the name, in three strokes. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%231f8a70' stroke-width='2' stroke-linecap='round'%3E%3Cpath d='M8 15V6M8 10 3 5M8 7l4-4'/%3E%3C/svg%3E";

const configuration = {
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  documentDownloadType: "json",
  defaultOpenAllTags: true,
};

const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Penchant: HTTP API</title>
<link rel="icon" href="${icon}">
</head>
<body>
<script id="api-reference" data-url="/openapi.json" data-configuration="${JSON.stringify(configuration)}"></script>
<script src="/docs/scalar.js"></script>
</body>
</html>`;

/** Scalar writes styles into the page while it runs; scripts, data and everything else come from this server only. */
const contentPolicy = [
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
].join("; ");

export function docsRoutes(server: Server): void {
  server.get("/docs", { schema: { hide: true } }, (_request, reply) => sendPage(reply, page.text, contentPolicy));
  let script: Promise<string> | undefined;
  server.get("/docs/scalar.js", { schema: { hide: true } }, async (_request, reply) => {
    script ??= loadScript();
    return reply
      .header("cache-control", "private, max-age=86400")
      .type("text/javascript; charset=utf-8")
      .send(await script);
  });
}

async function loadScript(): Promise<string> {
  const { default: scalar } = await import("@scalar/fastify-api-reference");
  const shelf = fastify();
  await shelf.register(scalar, { routePrefix: "/docs", configuration: { url: "/openapi.json" } });
  const { payload } = await shelf.inject("/docs/js/scalar.js");
  await shelf.close();
  return payload;
}
