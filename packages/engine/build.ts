/**
 * Builds the package as it is published, in `dist/`: JavaScript, declarations, the command, the page, and a manifest of its own,
 * because in the repository everything runs from source. `npm publish packages/engine/dist` publishes it.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";
import { buildPage } from "../dashboard/build.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
await build({ cwd: here("."), logLevel: "warn" });

await buildPage();
cpSync(here("../dashboard/dist"), here("dist/page"), {
  recursive: true,
  filter: (path) => !path.endsWith("sources.sha256"),
});
for (const file of ["README.md", "LICENSE", "NOTICE"]) cpSync(here(`../../${file}`), here(`dist/${file}`));
cpSync(here("bin"), here("dist/bin"), { recursive: true });

const { devDependencies: _, exports, ...manifest } = JSON.parse(readFileSync(here("package.json"), "utf8"));
const built = Object.entries(exports as Record<string, string>).map(([name, source]) => {
  const path = source.replace("./src/", "./").replace(/\.ts$/, "");
  return [name, { types: `${path}.d.ts`, default: `${path}.js` }];
});
const published = {
  ...manifest,
  exports: Object.fromEntries(built),
  peerDependencies: { vitest: ">=5", "fast-check": ">=4" },
  peerDependenciesMeta: { vitest: { optional: true }, "fast-check": { optional: true } },
};
writeFileSync(here("dist/package.json"), `${JSON.stringify(published, null, 2)}\n`);
