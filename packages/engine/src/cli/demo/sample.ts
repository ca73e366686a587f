/** Where the bundled sample is: in the repository, and not in the published package, whose terms it does not fit. */
import { fileURLToPath } from "node:url";
import { PenchantError } from "../../base/errors.ts";
import { movieLensFiles } from "../../import/movielens.ts";

const bundled = new URL("../../../../../examples/data/movielens-latest-small", import.meta.url);

/** The folder of the sample. Throws PENCHANT_E_IMPORT_SOURCE when it holds no MovieLens files. */
export function sampleFolder(named: string | undefined): string {
  const folder = named ?? fileURLToPath(bundled);
  if (movieLensFiles(folder) !== undefined) return folder;
  throw new PenchantError(
    "PENCHANT_E_IMPORT_SOURCE",
    named === undefined
      ? "The MovieLens sample comes with the repository and not with the package; name a MovieLens folder with --sample (https://grouplens.org/datasets/movielens/)."
      : `${named}: expected a MovieLens folder (movies.csv and ratings.csv), found none.`,
  );
}
