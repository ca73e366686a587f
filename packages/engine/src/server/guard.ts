/**
 * Who may speak to a server that has no keys: programs on the same machine, and pages that the server itself served.
 *
 * A web page elsewhere can make its visitor's browser call 127.0.0.1, either openly (the browser then adds an `Origin`)
 * or by pointing its own name at that address (DNS rebinding: the `Host` is then that name). Both headers are set by the
 * browser and out of the page's reach, so refusing foreign ones keeps such pages out.
 */
import { isIP } from "node:net";
import { PenchantError } from "../base/errors.ts";

/** True for `localhost`, 127.0.0.0/8 and ::1, with or without brackets. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

/** How nearly every request names this machine: known at a glance. All others are taken apart as addresses. */
const usualHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::[1-5]?\d{1,4})?$/;

/**
 * Checks a request's `Host` and `Origin` headers.
 *
 * @throws PENCHANT_E_FORBIDDEN_HOST unless the host is this machine and the origin, if named, has the same port on it
 */
export function assertLocal(host: string | undefined, origin: string | undefined): void {
  if (origin === undefined && host !== undefined && usualHost.test(host)) return;
  const asked = parse(`http://${host ?? ""}`);
  if (asked === undefined || !isLoopback(asked.hostname)) {
    throw refused("host", host);
  }
  if (origin === undefined) return;
  const asking = parse(origin);
  if (asking === undefined || !isLoopback(asking.hostname) || asking.port !== asked.port) {
    throw refused("origin", origin);
  }
}

/** Only what consists of a host and a port: nothing with a user name, a path or a query. */
function parse(address: string): URL | undefined {
  const url = URL.parse(address);
  return url !== null && `${url.protocol}//${url.host}/` === url.href ? url : undefined;
}

function refused(header: string, came: string | undefined): PenchantError {
  const shown = came === undefined ? "none" : `"${came.slice(0, 100)}"`;
  return new PenchantError(
    "PENCHANT_E_FORBIDDEN_HOST",
    `The request's ${header} header: expected this machine's loopback address and this server's port, got ${shown}. Without keys the server answers local programs and its own pages only.`,
  );
}
