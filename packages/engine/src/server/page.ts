/**
 * The page at /: the files that `packages/dashboard` was built to, sent as they are. They hold no data and so need no key;
 * what the page shows it asks of the API, with the key that its reader gives it.
 *
 * The files are few and their names known once built, so they are read into memory at the first visit, and a path is
 * looked up among them instead of on the disk.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { PenchantError } from "../base/errors.ts";
import { acceptedEncoding } from "./compression.ts";
import { sendPage } from "./security-headers.ts";
import type { Server } from "./wire.ts";

/** Where the page is once installed from npm, and where it is in the repository. */
const folders = [new URL("../page/", import.meta.url), new URL("../../../dashboard/dist/", import.meta.url)];

/** What the page may load: files of this server, and nothing that is written into the page or into its styles. */
const contentPolicy =
  "script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'none'";

/** The addresses of its views; which one it is, the page reads from the address. */
const views = ["/", "/people", "/people/:id", "/interests", "/interests/:id", "/live", "/models", "/data"];

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Of the same file, compressed. */
const endings = { br: ".br", gzip: ".gz" } as const;

interface PageFiles {
  readonly document: string;
  /** By name, compressed ones among them. */
  readonly assets: ReadonlyMap<string, Buffer>;
}

export function pageRoutes(server: Server): void {
  let files: PageFiles | undefined;
  const built = (): PageFiles => {
    files ??= readFiles();
    return files;
  };
  const config = { scope: "none" } as const;
  for (const path of views) {
    server.get(path, { schema: { hide: true }, config }, (_request, reply) =>
      sendPage(reply, built().document, contentPolicy),
    );
  }
  server.get(
    "/assets/:name",
    { schema: { hide: true, params: z.object({ name: z.string() }) }, config },
    (request, reply) => sendAsset(built().assets, request.params.name, request, reply),
  );
}

function readFiles(): PageFiles {
  const folder = folders.find((each) => existsSync(each));
  if (folder === undefined) {
    throw new PenchantError("PENCHANT_E_ROUTE_NOT_FOUND", 'The page is not built: "npm install" builds it.');
  }
  const assets = new URL("assets/", folder);
  return {
    document: readFileSync(new URL("index.html", folder), "utf8"),
    assets: new Map(readdirSync(assets).map((name) => [name, readFileSync(new URL(name, assets))])),
  };
}

/** Names have a hash of what is in the file: under a name there is never anything else. */
function sendAsset(
  assets: PageFiles["assets"],
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const type = types[extname(name)];
  const plain = assets.get(name);
  if (plain === undefined || type === undefined) {
    throw new PenchantError("PENCHANT_E_ROUTE_NOT_FOUND", `The page has no file "${name}".`);
  }
  reply.type(type).header("cache-control", "public, max-age=31536000, immutable").header("vary", "accept-encoding");
  const encoding = acceptedEncoding(request.headers["accept-encoding"]);
  const compressed = encoding && assets.get(name + endings[encoding]);
  if (compressed === undefined) return reply.send(plain);
  return reply.header("content-encoding", encoding).send(compressed);
}
