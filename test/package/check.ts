/**
 * Is the package that would be published whole? Builds it, lets publint read it, installs the packed tarball into an empty
 * project, and uses the library and the command there.
 *
 *   npm run test:package
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "packages/engine/dist");
const project = mkdtempSync(join(tmpdir(), "penchant-package-"));
const run = (command: string, args: readonly string[], cwd = project): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

try {
  run("npm", ["run", "build"], root);
  run("npx", ["publint", "run", dist, "--strict"], root);
  run("npm", ["pack", dist, "--pack-destination", project]);
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"));
  expect(tarball !== undefined, "npm pack made a tarball");

  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  run("npm", ["install", "--no-audit", "--no-fund", `./${tarball}`]);
  writeFileSync(
    join(project, "use.js"),
    `import { openEngine } from "penchant";
     const engine = await openEngine({ dataDir: "./data" });
     await engine.putItems([
       { id: "m1", title: "Heat", categories: [["Film", "Crime"]] },
       { id: "m2", title: "Casino", categories: [["Film", "Crime"]] },
     ]);
     await engine.track([{ user: "u42", type: "view", item: "m1" }]);
     await engine.rebuild();
     const { recommendations } = await engine.recommend("u42");
     console.log(recommendations.map(({ item }) => item.id).join());
     await engine.close();`,
  );
  expect(run(process.execPath, ["use.js"]).trim() === "m2", "the installed library recommends");
  const command = join(project, "node_modules/penchant/bin/penchant.js");
  expect(/^\d+\.\d+\.\d+$/.test(run(process.execPath, [command, "--version"]).trim()), "the command tells its version");
  const demo = spawnSync(process.execPath, [command, "demo", "--exit"], { cwd: project, encoding: "utf8" });
  expect(demo.status === 1 && demo.stderr.includes("--sample"), "the demonstration asks for a sample");
  expect((await pageOf(command)).includes("function"), "the installed server has the page and its script");
  console.log("The package is whole.");
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Serves what the library left behind, visits the page, and returns the script that it names. */
async function pageOf(command: string): Promise<string> {
  const server = spawn(process.execPath, [command, "serve", "--port", "0", "--json"], {
    cwd: project,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [line] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const page = await (await fetch(url)).text();
    const [, script] = /src="([^"]+\.js)"/.exec(page) ?? [];
    return await (await fetch(new URL(script ?? "", url))).text();
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(`expected that ${what}`);
}
