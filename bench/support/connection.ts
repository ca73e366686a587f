/**
 * One keep-alive HTTP connection that sends prepared bytes and reads answers of known length: as little work as a load
 * generator can do, because it runs on the processors of the server that it measures.
 */
import { connect, type Socket } from "node:net";

const headersEnd = Buffer.from("\r\n\r\n");

/** @param body JSON in ASCII */
export function requestBytes(host: string, method: string, path: string, body = ""): Buffer {
  const content = body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${content}\r\n${body}`, "latin1");
}

export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: { status: number; body: Buffer }) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (part: Buffer) => this.#take(part));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("The server closed the connection")));
  }

  static open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => resolve(new Connection(socket)));
      socket.once("error", reject);
    });
  }

  /** Sends a whole request, as `requestBytes` makes it. One at a time. */
  request(bytes: Buffer): Promise<{ status: number; body: Buffer }> {
    this.#socket.write(bytes);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(part: Buffer): void {
    this.#received = this.#received.length === 0 ? part : Buffer.concat([this.#received, part]);
    const end = this.#received.indexOf(headersEnd);
    if (end < 0) return;
    const head = this.#received.toString("latin1", 0, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const start = end + headersEnd.length;
    if (this.#received.length < start + length) return;
    const answer = { status: Number(head.slice(9, 12)), body: this.#received.subarray(start, start + length) };
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}
