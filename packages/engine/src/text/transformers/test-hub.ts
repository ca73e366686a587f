/** A server on this machine with the addresses of the Hugging Face Hub and one small model, `some/tiny`. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const tiny = fileURLToPath(new URL("./fixtures/tiny", import.meta.url));
export const commit = "c0ffee".padEnd(40, "0");
const files = new Map(
  readdirSync(tiny, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(tiny.length + 1), readFileSync(path)]),
);
/** As the hub lists them: what is large with the hash of large file storage, the rest by git's alone. */
export const siblings = [...files].map(([rfilename, bytes]) => {
  const { length: size } = bytes;
  const blobId = createHash("sha1").update(`blob ${size}\0`).update(bytes).digest("hex");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { rfilename, size, blobId, ...(rfilename.includes("model.") && { lfs: { sha256, size, pointerSize: 130 } }) };
});

export type Answer = (path: string, response: ServerResponse) => boolean;

/** @param special answers instead of it where it returns true */
export async function testHub(special: Answer = () => false) {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    const path = url.replace("/some/tiny/resolve/", "");
    asked.push(path);
    if (special(path, response)) return;
    if (url === "/api/models/some/tiny/revision/main?blobs=true") {
      response.end(JSON.stringify({ id: "some/tiny", sha: commit, siblings }));
      return;
    }
    if (path === `${commit}/model.safetensors` || path === `${commit}/onnx/model.onnx`) {
      response.writeHead(302, { location: `/storage/${path.slice(commit.length + 1)}` }).end();
      return;
    }
    const bytes = files.get(path.replace(`${commit}/`, "").replace("/storage/", ""));
    if (bytes === undefined) response.writeHead(404).end("Entry not found");
    else response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, source: { hub: "some/tiny", hubUrl } };
}
