/**
 * The writer's thread. `node:sqlite` blocks while the disk works, so that writing must not happen where requests are
 * served. Whatever waits in the port when the thread wakes up is written together.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { databasePath, takeDirectory } from "./connection.ts";
import type { MessageFromWorker, MessageToWorker, WriteRequest, WriterData } from "./requests.ts";
import { errorToMessage, storageError } from "./sqlite-errors.ts";
import { Writer } from "./writer.ts";

const port = parentPort!;
const { dataDir, limits } = workerData as WriterData;

function send(message: MessageFromWorker): void {
  port.postMessage(message);
}

function start(): void {
  const lock = takeDirectory(dataDir);
  let writer: Writer;
  try {
    writer = new Writer(dataDir, limits);
  } catch (error) {
    lock.release();
    throw error;
  }

  port.on("message", (first: MessageToWorker) => {
    const requests: WriteRequest[] = [];
    let events = 0;
    let isClosing = false;
    for (let message: MessageToWorker | undefined = first; message !== undefined; message = nextMessage()) {
      if (message === "close") {
        isClosing = true;
        break;
      }
      requests.push(message);
      if (message.kind === "append") events += message.input.events.length;
      if (events >= limits.groupEventsMax) break;
    }
    if (requests.length > 0) {
      const replies = writer.run(requests);
      send({ replies, commits: writer.takeCommits() });
    }
    if (!isClosing) return;
    try {
      writer.close();
    } finally {
      lock.release();
      port.close();
    }
  });
}

const nextMessage = () => receiveMessageOnPort(port)?.message as MessageToWorker | undefined;

try {
  start();
  send("ready");
} catch (error) {
  send({ failed: errorToMessage(storageError(error, databasePath(dataDir))) });
}
