/**
 * The repository as the tidy rules see it: every text file that we wrote, with what it imports.
 *
 * Imports are read by three patterns rather than by a parser. That is enough because the formatter leaves only one way
 * to write each of them. Lines of comments are passed over, and so are strings in single quotes: the formatter leaves
 * those only where a string has double quotes inside, as a piece of code in a test has.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

export interface Import {
  readonly specifier: string;
  /** `thread`: a file named by `new URL("./x.ts", import.meta.url)`, to be run as a worker or a program of its own. */
  readonly kind: "static" | "dynamic" | "thread";
  /** Path of the file in the repository; absent for Node's own modules and for packages from outside. */
  readonly path?: string;
  /** Name of a package from outside the file's own. */
  readonly package?: string;
}

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** A package.json of the repository, as far as the rules read it. */
export interface Manifest {
  /** Folder of the package, "" for the root. */
  readonly folder: string;
  readonly name?: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Repository {
  readonly files: readonly SourceFile[];
  readonly manifests: readonly Manifest[];
}

/** Everything that is not ours to judge: what is installed, built, measured or given to us, and the lock file. */
const skipped =
  /(^|\/)(node_modules|\.git|dist|coverage)(\/|$)|^data(\/|$)|^examples\/data\/|^bench\/results\/|-lock\.json$/;
const textFile = /(\.(tsx?|js|py|sh|md|json|ya?ml|css|html)|(^|\/)(\.ci\/run|\.npmrc|\.gitignore|NOTICE))$/;

export function readRepository(root: string): Repository {
  const texts = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (skipped.test(path)) continue;
      if (entry.isDirectory()) visit(path);
      else if (textFile.test(path)) texts.set(path, readFileSync(join(root, path), "utf8"));
    }
  };
  visit("");
  return repositoryOf(texts);
}

/** The same from texts by path. */
export function repositoryOf(texts: ReadonlyMap<string, string>): Repository {
  const manifests = [...texts]
    .filter(([path]) => posix.basename(path) === "package.json")
    .map(
      ([path, text]): Manifest => ({ ...JSON.parse(text), folder: posix.join(dirname(path), ".").replace(/^\.$/, "") }),
    );
  const files = [...texts].map(([path, text]) => ({
    path,
    text,
    imports: /\.(tsx?|js)$/.test(path) ? importsIn(text).map((found) => resolve(path, found, manifests)) : [],
  }));
  return { files, manifests };
}

const patterns = [
  // import x from "y", import "y", export * from "y": always at the start of a line, over as many lines as it takes.
  { kind: "static", pattern: /^(?:import|export)\s+(?:[\w\s{},*$]+?\sfrom\s+)?"([^"\n]+)"/gm },
  { kind: "dynamic", pattern: /\bimport\("([^"\n]+)"\)/g },
  { kind: "thread", pattern: /\bnew URL\("([^"\n]+\.(?:ts|js))",\s*import\.meta\.url\)/g },
] as const;

function importsIn(text: string): Pick<Import, "kind" | "specifier">[] {
  const code = text.replace(/^\s*(?:\/\/|\/?\*).*$|'[^'\n]*'/gm, "");
  return patterns.flatMap(({ kind, pattern }) =>
    [...code.matchAll(pattern)].map(([, specifier]) => ({ kind, specifier })),
  );
}

function resolve(from: string, found: Pick<Import, "kind" | "specifier">, manifests: readonly Manifest[]): Import {
  const { specifier, kind } = found;
  if (specifier.startsWith("node:")) return found;
  if (specifier.startsWith(".") || kind === "thread") {
    return { ...found, path: posix.join(posix.dirname(from), specifier) };
  }
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const ours = manifests.find((manifest) => manifest.name === name);
  const target = ours?.exports?.[`.${specifier.slice(name.length)}`];
  return {
    ...found,
    package: name,
    ...(ours === undefined || target === undefined ? {} : { path: posix.join(ours.folder, target) }),
  };
}
