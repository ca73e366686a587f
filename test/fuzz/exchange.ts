/** Sends bytes to a server and reads every answer that comes until it closes the connection. */
import { connect } from "node:net";

export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Exchange {
  readonly answers: readonly Answer[];
  /** Why what came is no sequence of whole answers. */
  readonly broken?: string;
}

/** A server that waits for the rest of a request, or for another one, hears after so long that nothing more comes. */
const quietMs = 10;

const streamType = "text/event-stream";
/** The headers of a stream, and all of its first event. */
const streamBeginning = /\r\ncontent-type: text\/event-stream.*\r\n\r\n.*\n\n/is;

/**
 * @param bytes a request that asks to close the connection, or anything
 * @param options.isWhole the bytes are a request: its answer is waited for
 * @throws when the server does not close the connection in time
 */
export async function exchange(
  address: { host: string; port: number },
  bytes: Buffer,
  options: { timeoutMs: number; isWhole: boolean; isHead: boolean },
): Promise<Exchange> {
  const received = await new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(address, () => socket.write(bytes));
    const quiet = options.isWhole ? undefined : setTimeout(() => socket.end(), quietMs);
    const deadline = setTimeout(() => {
      socket.destroy();
      reject(new Error(`No end of the answer within ${options.timeoutMs} ms`));
    }, options.timeoutMs);
    socket.on("data", (part) => {
      parts.push(part);
      quiet?.refresh();
      // Goes on for ever: its beginning is answer enough.
      if (streamBeginning.test(Buffer.concat(parts).toString("latin1"))) socket.destroy();
    });
    // A server may refuse to read to the end and reset the connection: what it said before that counts.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(quiet);
      clearTimeout(deadline);
      resolve(Buffer.concat(parts));
    });
  });
  return parse(received, options.isHead);
}

function parse(received: Buffer, isHead: boolean): Exchange {
  const answers: Answer[] = [];
  let rest = received;
  while (rest.length > 0) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return { answers, broken: "headers without an end" };
    const [statusLine, ...lines] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    if (!(status >= 100)) return { answers, broken: `a status line that reads ${JSON.stringify(statusLine)}` };
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    rest = rest.subarray(end + 4);
    if ((headers["content-type"] ?? "").startsWith(streamType) && !isHead) {
      return { answers: [...answers, { status, headers, body: rest.toString() }] };
    }
    const isEmpty = isHead || status < 200 || status === 204 || status === 304;
    const length = isEmpty ? 0 : Number(headers["content-length"]);
    if (!(length <= rest.length)) {
      return { answers, broken: `${rest.length} bytes of a body of ${headers["content-length"] ?? "unknown length"}` };
    }
    if (status >= 200) answers.push({ status, headers, body: rest.subarray(0, length).toString() });
    rest = rest.subarray(length);
  }
  return { answers };
}
