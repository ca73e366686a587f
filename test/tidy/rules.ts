/**
 * The tidy rules: plain functions from the repository to sentences, one per thing to put right, each naming the file.
 * None of them knows the rooms or the exceptions; those stand in `tidy.test.ts`, where people look for them.
 */
import { posix } from "node:path";
import type { Manifest, Repository, SourceFile } from "./sources.ts";

/** A room is a folder or a few files; `mayImport` names the rooms whose files it may import beside its own. */
export interface Room {
  readonly at: RegExp;
  readonly mayImport: "everything" | readonly string[];
}

/** Tests and what only tests import. */
export function isTestCode(path: string): boolean {
  return /(^|\/)test(s|ing)?\/|\.test(-d)?\.ts$|(^|\/)test-[^/]+\.ts$/.test(path);
}

function isCode({ path }: SourceFile): boolean {
  return /\.(tsx?|js)$/.test(path);
}

export function foreignImports({ files }: Repository, rooms: Readonly<Record<string, Room>>): string[] {
  const roomOf = (path: string) => Object.keys(rooms).find((name) => rooms[name].at.test(path));
  const found: string[] = [];
  for (const file of files.filter(isCode)) {
    const room = roomOf(file.path);
    if (room === undefined) {
      found.push(`${file.path} stands in no room: put it into one, or give the table in tidy.test.ts a new one.`);
      continue;
    }
    for (const { specifier, path } of file.imports) {
      if (path === undefined) continue;
      const other = roomOf(path);
      const { mayImport } = rooms[room];
      if (other === undefined || other === room || mayImport === "everything" || isTestCode(file.path)) continue;
      if (mayImport.includes(other)) continue;
      found.push(`${file.path} imports "${specifier}": ${room} may not import ${other}.`);
    }
  }
  return found;
}

/** Imports of test code by anything else: what runs in production would bring the tests' tools with it. */
export function testCodeInProduction({ files }: Repository): string[] {
  return files
    .filter((file) => !isTestCode(file.path))
    .flatMap(({ path, imports }) =>
      imports
        .filter((imported) => imported.path !== undefined && isTestCode(imported.path))
        .map(({ specifier }) => `${path} imports "${specifier}": only tests may import test code.`),
    );
}

export function missingFiles({ files }: Repository): string[] {
  const known = new Set(files.map(({ path }) => path));
  return files.flatMap((file) =>
    file.imports
      .filter(({ path }) => path !== undefined && /\.tsx?$/.test(path) && !known.has(path))
      .map(({ specifier }) => `${file.path} imports "${specifier}", and there is no such file.`),
  );
}

/** Links of the documentation to files and folders that are not there. */
export function brokenLinks({ files }: Repository, exists: (path: string) => boolean): string[] {
  return files
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map(([, link]) => link)
        .filter((link) => !/^[a-z]+:/.test(link) && !exists(posix.join(posix.dirname(path), link)))
        .map((link) => `${path} links to ${link}, and there is nothing.`),
    );
}

/** Circles of imports, types included; a file that is started as a thread of its own begins a new graph. */
export function importCycles({ files }: Repository): string[] {
  const importsOf = new Map(
    files.map((file) => [
      file.path,
      file.imports.filter(({ kind, path }) => kind !== "thread" && path !== undefined).map(({ path }) => path!),
    ]),
  );
  const cycles: string[] = [];
  const finished = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    if (finished.has(path)) return;
    const start = way.indexOf(path);
    if (start >= 0) {
      cycles.push(
        `${[...way.slice(start), path].join(" -> ")} is a circle of imports: move what they share to a file of its own.`,
      );
      return;
    }
    way.push(path);
    for (const next of importsOf.get(path) ?? []) visit(next);
    way.pop();
    finished.add(path);
  };
  for (const path of importsOf.keys()) visit(path);
  return cycles;
}

/**
 * Files that nothing leads to. Production begins at what a package exports, its commands, the programs that a script runs
 * and those in `entries`; tests begin at their own files, and do not keep production code alive.
 */
export function deadFiles({ files, manifests }: Repository, { entries }: { entries: RegExp }): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reach = (starts: Iterable<string>): Set<string> => {
    const reached = new Set<string>();
    const waiting = [...starts];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      for (const imported of byPath.get(path)?.imports ?? [])
        if (imported.path !== undefined) waiting.push(imported.path);
    }
    return reached;
  };
  const started = manifests.flatMap(({ folder, exports = {}, bin = {}, scripts = {} }) =>
    [
      ...Object.values(exports),
      ...Object.values(bin),
      ...Object.values(scripts).flatMap((script) => script.match(/[\w./-]+\.ts\b/g) ?? []),
    ].map((path) => posix.join(folder, path)),
  );
  const code = files.filter(isCode).map(({ path }) => path);
  const alive = reach([...started, ...code.filter((path) => entries.test(path))]);
  const inTests = reach(code.filter((path) => /\.test(-d)?\.ts$/.test(path)));
  return code.flatMap((path) => {
    if (alive.has(path) || (isTestCode(path) && inTests.has(path))) return [];
    return inTests.has(path)
      ? [`${path} is used by tests alone: use it, move it to the tests, or delete it.`]
      : [`${path} is imported by nothing: use it or delete it.`];
  });
}

export function leftovers({ files }: Repository, markers: readonly string[]): string[] {
  const pattern = new RegExp(`\\b(${markers.join("|")})\\b`);
  return eachLine(files, (line) => pattern.exec(line)?.[0]).map(
    ({ place, found }) => `${place} has a ${found}: do it now, or file an issue.`,
  );
}

/** Absolute paths of somebody's machine. */
export function machinePaths(
  { files }: Repository,
  folders: readonly { name: string; allowedInTests: boolean }[],
): string[] {
  return folders.flatMap(({ name, allowedInTests }) => {
    const folder = `/${name}/`;
    const pattern = new RegExp(`(?<![\\w.])${folder}`);
    const judged = files.filter(({ path }) => !allowedInTests || !isTestCode(path));
    return eachLine(judged, (line) => (pattern.test(line) ? folder : undefined)).map(
      ({ place }) => `${place} names ${folder}, a folder of one machine.`,
    );
  });
}

export function consoleOutsideCommands({ files }: Repository, { allowed }: { allowed: RegExp }): string[] {
  const judged = files.filter((file) => isCode(file) && !isTestCode(file.path) && !allowed.test(file.path));
  return eachLine(judged, (line) => (line.includes("console.log(") ? line : undefined)).map(
    ({ place }) => `${place} prints to the console: stdout belongs to the command that was called.`,
  );
}

/** @param exceptions lines that a file may have although they are more; they only ever shrink */
export function longFiles(
  { files }: Repository,
  { linesMax, exceptions }: { linesMax: number; exceptions: Readonly<Record<string, number>> },
): string[] {
  const found: string[] = [];
  const sizes = new Map(files.filter(isCode).map(({ path, text }) => [path, text.split("\n").length - 1]));
  for (const [path, lines] of sizes) {
    const most = exceptions[path] ?? linesMax;
    if (lines > most)
      found.push(`${path} has ${lines} lines, and at most ${most} are allowed: let it tell one story less.`);
  }
  for (const path of Object.keys(exceptions)) {
    if ((sizes.get(path) ?? 0) <= linesMax) found.push(`${path} is short enough now: take it off the exceptions.`);
  }
  return found;
}

export function emptyTests({ files }: Repository): string[] {
  return files
    .filter(({ path, text }) => path.endsWith(".test.ts") && !/\b(test|it|[a-z]\w*Contract)(\.\w+)*\(/.test(text))
    .map(({ path }) => `${path} has no test.`);
}

/**
 * Dependencies that no file of their package imports, and imports that no package.json brings.
 *
 * @param tools dependencies that are used by name, in scripts and settings
 */
export function dependencyProblems({ files, manifests }: Repository, tools: readonly string[]): string[] {
  const innermostFirst = manifests.toSorted((a, b) => b.folder.length - a.folder.length);
  const manifestOf = (path: string) =>
    innermostFirst.find(({ folder }) => folder === "" || path.startsWith(`${folder}/`))!;
  const declared = ({ dependencies = {}, devDependencies = {} }: Manifest) =>
    Object.keys({ ...dependencies, ...devDependencies });
  const used = new Map(manifests.map((manifest) => [manifest, new Set<string>()]));
  const found: string[] = [];
  for (const { path, imports } of files) {
    for (const { specifier, package: name } of imports) {
      if (name === undefined) continue;
      const manifest = manifestOf(path);
      // The root lends its tools to tests and to what builds a package; its own programs import the workspaces.
      const root = manifests.find(({ folder }) => folder === "")!;
      const isOwn = name === manifest.name || (manifest === root && manifests.some((other) => other.name === name));
      if (isOwn) continue;
      const borrows = isTestCode(path) || !/\/(src|bin)\//.test(path);
      const lender = declared(manifest).includes(name) ? manifest : borrows ? root : undefined;
      if (lender === undefined || !declared(lender).includes(name)) {
        found.push(`${path} imports "${specifier}", and no package.json that counts for it has ${name}.`);
      } else used.get(lender)!.add(name);
    }
  }
  for (const [manifest, names] of used) {
    for (const name of declared(manifest)) {
      if (names.has(name) || tools.includes(name)) continue;
      const where = posix.join(manifest.folder, "package.json");
      found.push(`${where} depends on ${name}, and nothing imports it: remove it.`);
    }
  }
  return found;
}

function eachLine(
  files: readonly SourceFile[],
  find: (line: string) => string | undefined,
): { place: string; found: string }[] {
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const found = find(line);
      return found === undefined ? [] : [{ place: `${path}:${index + 1}`, found }];
    }),
  );
}
