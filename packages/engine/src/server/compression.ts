/**
 * How long texts leave the server. A profile of a thousand interests is a megabyte of JSON that says much the same again and
 * again: compressed it is a fifth of that, for 2 ms of a thread that nobody waits for but its reader.
 *
 *   under 1,024 characters   stays a text, because Node then writes head and body at once
 *   under 32,768             is encoded here: left to itself, Node does it while writing, and takes several times as long
 *   from there on            is compressed as well, where the request accepts it
 *
 * So an acknowledgement or ten recommendations never wait for it. Streams are not texts and are sent as they come: an event
 * of a profile's stream goes out when it happens, and not when some buffer is full.
 *
 * The length of what is compressed tells whether words of a stranger's choice stand in it already (BREACH). There is nothing
 * here to find out like that: keys go in headers, no answer has a secret in it, and none repeats what a page of another site
 * could have a browser send, which without cookies is at most a GET under the password of the API reference.
 */
import { brotliCompress, type CompressCallback, constants, gzip } from "node:zlib";
import type { Server } from "./wire.ts";

/** The best first. Chromium takes Brotli over TLS and from its own machine only. */
const encodings = ["br", "gzip"] as const;
export type Encoding = (typeof encodings)[number];

const longCharacters = 1_024;
const compressedCharacters = 32_768;

/** The quickest of each: the better ones take two to four times as long, for a tenth less. */
const compress: Readonly<Record<Encoding, (text: string, done: CompressCallback) => void>> = {
  br: (text, done) => brotliCompress(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }, done),
  gzip: (text, done) => gzip(text, { level: 1 }, done),
};

/** To be put into the server before any route. */
export function compressLongTexts(server: Server): void {
  server.addHook("onSend", (request, reply, payload, done) => {
    if (typeof payload !== "string" || payload.length < longCharacters) {
      done(null, payload);
      return;
    }
    if (payload.length < compressedCharacters) {
      done(null, Buffer.from(payload));
      return;
    }
    const vary = reply.getHeader("vary");
    reply.header("vary", vary === undefined ? "Accept-Encoding" : `${String(vary)}, Accept-Encoding`);
    const encoding = acceptedEncoding(request.headers["accept-encoding"]);
    if (encoding === undefined) {
      done(null, Buffer.from(payload));
      return;
    }
    reply.header("content-encoding", encoding);
    compress[encoding](payload, done);
  });
}

/**
 * The best encoding that a request accepts (RFC 9110, 12.5.3); undefined for none. A weight of 0 refuses; other weights, which
 * clients hardly give, do not change the order.
 */
export function acceptedEncoding(header: string | readonly string[] | undefined): Encoding | undefined {
  if (header === undefined) return undefined;
  const refused = new Set<string>();
  const named = new Set<string>();
  for (const part of String(header).toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((word) => word.trim());
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    (isRefused ? refused : named).add(name);
  }
  return encodings.find((encoding) => !refused.has(encoding) && (named.has(encoding) || named.has("*")));
}
