/**
 * One keep-alive HTTP connection that sends prepared bytes and reads answers of known length: as little work as a load
 * generator can do, because it runs on the processors of the server that it measures.
 */
import { connect, type Socket } from "node:net";

const headersEnd = Buffer.from("\r\n\r\n");

export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: { status: number; body: Buffer }) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on("data", (part: Buffer) => this.#take(part));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("The server closed the connection")));
  }

  static open(url: string): Promise<Connection> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => resolve(new Connection(socket, host)));
      socket.once("error", reject);
    });
  }

  /** One request at a time. @param body JSON */
  request(method: string, path: string, body = ""): Promise<{ status: number; body: Buffer }> {
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n`;
    this.#socket.write(
      body === ""
        ? `${head}\r\n`
        : `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
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
