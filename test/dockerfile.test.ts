/** The Dockerfile, as far as it can be tried without Docker: what it copies is there, runs, and is of this version. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** Instructions without comments, each on one line. */
const instructions: Instruction[] = read("Dockerfile")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, " ")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => ({ name: line.split(" ")[0], text: line.slice(line.indexOf(" ") + 1) }));

const all = (name: string) => instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);
const only = (name: string) => {
  expect(all(name), name).toHaveLength(1);
  return all(name)[0];
};
const copies = all("COPY")
  .filter((text) => !text.startsWith("--from"))
  .map((text) => ({ sources: text.split(" ").slice(0, -1), target: text.split(" ").at(-1)! }));

/** What .dockerignore keeps out, of the forms that it has. */
const ignored = read(".dockerignore")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const isLetIn = (path: string) => ignored.includes(`!${path.split("/")[0]}`);
const isKeptOut = (path: string) =>
  ignored.some((pattern) => {
    if (pattern === "*" || pattern.startsWith("!")) return false;
    const parts = pattern.split("/").map((part) => part.replaceAll(".", "\\.").replaceAll("*", "[^/]*"));
    const expression = pattern.startsWith("**/") ? `(^|/)${parts[1]}(/|$)` : `^${parts.join("/")}(/|$)`;
    return new RegExp(expression).test(path);
  });

describe("the Dockerfile", () => {
  test("copies only what is there and let in", () => {
    const sources = copies.flatMap((copy) => copy.sources);
    expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(sources.filter((path) => !isLetIn(path) || isKeptOut(path))).toEqual([]);
  });

  test("has every package that the lock file links, or npm ci would fail", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as {
      packages: Record<string, { link?: boolean; resolved?: string }>;
    };
    const linked = Object.values(packages)
      .filter(({ link }) => link === true)
      .map(({ resolved }) => `${resolved}/package.json`);
    expect(linked.filter((path) => !copies.some(({ sources }) => sources.includes(path)))).toEqual([]);
  });

  test("agrees with package.json in its versions", () => {
    const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: { node: string } };
    const { version, license } = JSON.parse(read("packages/engine/package.json")) as Record<string, string>;
    const stages = all("FROM").map((text) => text.split(" "));
    const images = stages.map(([image]) => image).filter((image) => !stages.some(([, , name]) => name === image));
    const [major] = devDependencies.node.split(".");
    expect([...new Set(images)]).toEqual([`node:${major}-bookworm-slim`]);
    expect(only("LABEL")).toContain(`org.opencontainers.image.version="${version}"`);
    expect(only("LABEL")).toContain(`org.opencontainers.image.licenses="${license}"`);
  });

  test("runs as a user who owns the volume, and not as root", () => {
    expect(only("USER")).toBe("node");
    expect(all("RUN").join("\n")).toContain(`chown node:node ${only("VOLUME")}`);
    expect(instructions.findIndex(({ name }) => name === "USER")).toBeLessThan(
      instructions.findIndex(({ name }) => name === "ENTRYPOINT"),
    );
  });
});

describe("what the Dockerfile copies", () => {
  /** The image's root folder, with this repository's node_modules in place of those that npm ci brings. */
  let image = "";
  const inImage = (path: string) => join(image, path);
  const entry = (JSON.parse(only("ENTRYPOINT")) as string[]).slice(1);
  const command = JSON.parse(only("CMD")) as string[];
  const workdir = all("WORKDIR").at(-1)!;

  beforeAll(() => {
    image = mkdtempSync(join(tmpdir(), "penchant-image-"));
    for (const { sources, target } of copies) {
      for (const source of sources) {
        // A folder's content goes to the target, a file into it.
        const isFolder = target === `/app/${source}`;
        const to = inImage(target.startsWith("/") ? target : join("/app", target));
        const path = isFolder ? to : join(to, source.split("/").at(-1)!);
        mkdirSync(dirname(path), { recursive: true });
        cpSync(join(root, source), path, {
          recursive: true,
          filter: (from) => !isKeptOut(from.slice(root.length + 1)),
        });
      }
    }
    mkdirSync(inImage("/app/node_modules/@penchant"), { recursive: true });
    symlinkSync(inImage("/app/packages/protocol"), inImage("/app/node_modules/@penchant/protocol"));
    symlinkSync(join(root, "node_modules"), inImage("/node_modules"));
    mkdirSync(inImage(only("VOLUME")));
  });
  afterAll(() => rmSync(image, { recursive: true, force: true }));

  const run = (...argv: string[]) =>
    spawnSync(process.execPath, [...entry.map(inImage), ...argv], {
      cwd: inImage(workdir),
      encoding: "utf8",
    });

  test("has the command that starts the container, with the options that it is given", () => {
    expect(existsSync(inImage("/app/packages/engine/src/cli/main.test.ts"))).toBe(false);
    const { status, stdout } = run(command[0], "--help");
    expect(status).toBe(0);
    for (const option of command.filter((word) => word.startsWith("--"))) expect(stdout).toContain(option);
  });

  test("builds the same page", () => {
    // A page that is there already is left alone where its sources are the same, to the byte and to the file.
    const dist = "packages/dashboard/dist";
    cpSync(join(root, dist), inImage(join("/app", dist)), { recursive: true });
    const build = all("RUN")
      .find((text) => text.endsWith("build.ts"))!
      .replace("node ", "");
    const { status } = spawnSync(process.execPath, [build], { cwd: inImage("/app") });
    expect(status).toBe(0);
    const stamp = join(dist, "sources.sha256");
    expect(readFileSync(inImage(join("/app", stamp)), "utf8")).toBe(read(stamp));
  });

  test("refuses to serve everybody without a key, and is healthy with one", async () => {
    const { status, stderr } = run(...command, "--port", "0");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^PENCHANT_E_CONFIG: host: .*penchant keys create/);

    expect(run("keys", "create", "first", "--scopes", "admin").status).toBe(0);
    expect(existsSync(inImage("/data/keys.json"))).toBe(true);
    const argv = [...entry.map(inImage), ...command, "--port", "0", "--json"];
    const server = spawn(process.execPath, argv, { cwd: inImage(workdir), stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void server.kill("SIGKILL"));
    const [line] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string];
    const port = new URL((JSON.parse(line) as { url: string }).url).port;
    const check = JSON.parse(only("HEALTHCHECK").slice(only("HEALTHCHECK").indexOf("["))) as string[];
    const health = (at: string) => spawnSync(process.execPath, [check[1], check[2].replace("4600", at)]).status;
    expect(health(port)).toBe(0);
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(health(port)).toBe(1);
  });
});
