/**
 * Builds the page into `dist/`, compressed beside itself, unless what is there was made from the same sources: then it costs
 * a few milliseconds. `npm install`, `npm start` and the tests call it, so that nobody has to think of it.
 *
 *   node packages/dashboard/build.ts
 */
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const here = import.meta.dirname;
const dist = join(here, "dist");
const stamp = join(dist, "sources.sha256");

export async function buildPage(): Promise<void> {
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  const built = await bundled();
  const files = [built].flat().flatMap((result) => ("output" in result ? result.output : []));

  // Written aside and moved as a whole: a server that reads meanwhile sees the old page or the new one.
  const caches = join(here, "../../node_modules/.cache");
  mkdirSync(caches, { recursive: true });
  const aside = mkdtempSync(join(caches, "page-"));
  for (const file of files) {
    const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
    const path = join(aside, file.fileName);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    // Only what is sent under a name of its own is sent compressed, and fonts are compressed already.
    if (!file.fileName.startsWith("assets/") || path.endsWith(".woff2")) continue;
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  }
  appendFileSync(join(aside, "licences.md"), fonts.map(licenceOf).join(""));
  writeFileSync(join(aside, "sources.sha256"), sources);
  rmSync(dist, { recursive: true, force: true });
  renameSync(aside, dist);
}

/** The page for those who use it, whoever builds it: Vite and React go by the environment, which says `test` under Vitest. */
async function bundled() {
  const { build } = await import("vite");
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    return await build({ root: here, mode: "production", logLevel: "warn", build: { write: false } });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** Vite tells the licences of scripts; the fonts' are added to them. */
const fonts = ["@fontsource-variable/inter", "@fontsource-variable/newsreader"];

function licenceOf(name: string): string {
  // Vitest, which may be who calls, has no import.meta.resolve.
  return `\n## ${name}\n\n${readFileSync(createRequire(import.meta.url).resolve(`${name}/LICENSE`), "utf8")}`;
}

/** Of everything that the page is made of; packages from outside stand in package.json with their exact versions. */
function hashOfSources(): string {
  const hash = createHash("sha256");
  const patterns = ["*.{ts,json,html}", "src/**/*.*", "../protocol/src/*.ts"];
  const exclude = ["screenshots.ts", "{src,../protocol/src}/**/{*.test,test-*}.ts"];
  for (const path of globSync(patterns, { cwd: here, exclude }).toSorted()) {
    hash.update(`${path}\n`).update(readFileSync(join(here, path)));
  }
  return hash.digest("hex");
}

/** What Vitest calls before the tests. */
export { buildPage as setup };

if (import.meta.main) await buildPage();
