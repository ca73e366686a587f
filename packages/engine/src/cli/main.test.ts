import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { folderWith } from "../testing/folder.ts";

const penchant = fileURLToPath(new URL("../../bin/penchant.js", import.meta.url));

/** The real command in a process of its own. */
function start(cwd: string, ...argv: string[]) {
  const child = spawn(process.execPath, [penchant, ...argv], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  const output = { out: "", err: "" };
  child.stdout.on("data", (text: string) => (output.out += text));
  child.stderr.on("data", (text: string) => (output.err += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...output }));
  return { child, ended };
}

test("the installed command reads the configuration where it stands, and exits with what the run deserves", async () => {
  const folder = folderWith({
    "items.csv": "sku,name,category\n1,Pan,Kitchen\n2,Pot,Kitchen\n3,Tea,Grocery\n",
    "penchant.config.json": `{ // where it goes
      "dataDir": "store",
      "imports": [{ "file": "items.csv", "items": { "id": "sku", "title": "name", "categories": ["category"] } }]
    }`,
  });
  const imported = await start(folder, "import", "--json").ended;
  expect({ code: imported.code, err: imported.err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(imported.out)).toMatchObject({ items: 3 });
  const unknown = await start(folder, "profile", "nobody").ended;
  expect(unknown.code).toBe(1);
  expect(unknown.err).toMatch(/^PENCHANT_E_USER_NOT_FOUND: /);
  expect((await start(folder, "profile", "--nonsense").ended).code).toBe(2);
});

test("serve answers until it is told to stop, and then ends well", async () => {
  const folder = folderWith();
  const { child, ended } = start(folder, "serve", "--port", "0", "--json", "--data", join(folder, "data"));
  const [line] = (await once(child.stdout, "data")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
});

test("serve asks for a key as soon as there is one, and answers about the key's tenant", async () => {
  const folder = folderWith();
  const data = join(folder, "data");
  const { child, ended } = start(folder, "serve", "--port", "0", "--json", "--data", data);
  const [line] = (await once(child.stdout, "data")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  expect((await fetch(`${url}/v1/users`)).status).toBe(200);
  const make = await start(
    folder,
    "keys",
    "create",
    "shop",
    "--scopes",
    "admin",
    "--tenant",
    "acme",
    "--json",
    "--data",
    data,
  ).ended;
  const { key } = JSON.parse(make.out) as { key: string };
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const deadline = Date.now() + 10_000;
  while ((await fetch(`${url}/v1/users`)).status !== 401) expect(Date.now()).toBeLessThan(deadline);
  const body = JSON.stringify({ user: "ada", type: "view" });
  expect((await fetch(`${url}/v1/events`, { method: "POST", headers, body })).status).toBe(200);
  child.kill("SIGTERM");
  const { code, err } = await ended;
  expect(code).toBe(0);
  expect(err).not.toContain(key.slice(-43));
  // A tenant's folder is a data folder like any other.
  const profile = await start(folder, "profile", "ada", "--json", "--data", join(data, "tenants", "acme")).ended;
  expect(JSON.parse(profile.out)).toMatchObject({ user: "ada", events: 1 });
});
