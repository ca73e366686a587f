import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { folderWith } from "../testing/folder.ts";
import { movieLensEvents, movieLensItems, readMovieLens } from "./movielens.ts";
import { movieName } from "./movielens-titles.ts";

const movies = `movieId,title,genres
1,"Matrix, The (1999)",Action|Sci-Fi
2,Stranger Things,(no genres listed)
`;
const ratings = `userId,movieId,rating,timestamp
7,1,4.5,1000000020
7,2,3.0,1000000010
8,1,5.0,1000000010
`;
const tags = `userId,movieId,tag,timestamp
8,1,simulation,1000000030
7,1,"dark, green",1000000020
7,1,simulation,1000000040
`;

describe("MovieLens titles", () => {
  test.each([
    ["Matrix, The (1999)", "The Matrix", 1999],
    ["Misérables, Les (1995)", "Les Misérables", 1995],
    ["Avventura, L' (1960)", "L'Avventura", 1960],
    [
      "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
      "The City of Lost Children (La Cité des enfants perdus)",
      1995,
    ],
    [
      "Vitelloni, I (a.k.a. The Young and the Passionate) (1953)",
      "I Vitelloni (a.k.a. The Young and the Passionate)",
      1953,
    ],
    [
      "Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)",
      "The Good, the Bad and the Ugly (Il Buono, il brutto, il cattivo)",
      1966,
    ],
    ["Monsters, Inc. (2001)", "Monsters, Inc.", 2001],
    ["Rocky VI (1986) ", "Rocky VI", 1986],
    ["Big Bang Theory, The (2007-)", "The Big Bang Theory", 2007],
    ["Fawlty Towers (1975-1979)", "Fawlty Towers", 1975],
    ["Stranger Things", "Stranger Things", null],
    ["1984 (Nineteen Eighty-Four)", "1984 (Nineteen Eighty-Four)", null],
  ])("%s", (raw, title, year) => {
    expect(movieName(raw)).toEqual({ title, year });
  });
});

describe("reading a MovieLens folder", () => {
  test("films become items: the year aside, genres as categories, distinct tags as text", async () => {
    const data = await readMovieLens(folderWith({ "movies.csv": movies, "ratings.csv": ratings, "tags.csv": tags }));
    expect(data.problemCount).toBe(0);
    expect(movieLensItems(data)).toEqual([
      {
        id: "1",
        title: "The Matrix",
        text: "simulation, dark, green",
        categories: [["Action"], ["Sci-Fi"]],
        attributes: { year: 1999 },
      },
      { id: "2", title: "Stranger Things", categories: [] },
    ]);
    const early = movieLensItems(data, { keepTag: ({ time }) => time <= 1_000_000_020_000 });
    expect(early[0]?.text).toBe("dark, green");
  });

  test("ratings become events in order of time, ties as in the file, with the same ids every time", async () => {
    const folder = folderWith({ "movies.csv": movies, "ratings.csv": ratings });
    const events = movieLensEvents(await readMovieLens(folder));
    expect(events.map(({ user, item, value, time }) => [user, item, value, time])).toEqual([
      ["7", "2", 3, 1_000_000_010_000],
      ["8", "1", 5, 1_000_000_010_000],
      ["7", "1", 4.5, 1_000_000_020_000],
    ]);
    expect(movieLensEvents(await readMovieLens(folder))).toEqual(events);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  test("the forms of 1M and 100K, compressed and in Latin-1, say the same", async () => {
    const older = folderWith({
      "movies.dat.gz": gzipSync(Buffer.from("1::Misérables, Les (1995)::Drama|Musical\n", "latin1")),
      "ratings.dat": "7::1::4::1000000020\n",
    });
    const oldest = folderWith({
      "u.item": Buffer.from(
        `1|Misérables, Les (1995)|01-Jan-1995||http://x|${"0|".repeat(8)}1|0|0|0|1|0|0|0|0|0|0\n`,
        "latin1",
      ),
      "u.data": "7\t1\t4\t1000000020\n",
    });
    const [a, b] = [await readMovieLens(older), await readMovieLens(oldest)];
    expect(a.movies).toEqual([{ id: "1", title: "Les Misérables", year: 1995, genres: ["Drama", "Musical"] }]);
    expect(b).toEqual(a);
  });

  test("bad rows are reported with file and line, and the rest is read", async () => {
    const folder = folderWith({
      "movies.csv": movies,
      "ratings.csv": `${ratings}9,1,11,1000000000\n9,1\n9,x,4,1000000000\n9,1,4,soon\n9,1,,1000000000\n9,2,4,1000000000\n`,
    });
    const data = await readMovieLens(folder);
    const file = join(folder, "ratings.csv");
    expect(data.problems).toEqual([
      { file, line: 5, reason: 'rating: expected 0.5 to 5 stars, got "11".' },
      { file, line: 6, reason: "expected 4 columns, got 2" },
      { file, line: 7, reason: 'movieId: expected a whole number, got "x".' },
      { file, line: 8, reason: 'timestamp: expected seconds since 1970, got "soon".' },
      { file, line: 9, reason: 'rating: expected 0.5 to 5 stars, got "".' },
    ]);
    expect(data.ratings).toHaveLength(4);
  });

  test("a folder that is none and a file with other columns are refused", async () => {
    await expect(readMovieLens(folderWith())).rejects.toMatchObject({
      code: "PENCHANT_E_IMPORT_SOURCE",
      message: expect.stringContaining("movies.csv and ratings.csv"),
    });
    const folder = folderWith({ "movies.csv": movies, "ratings.csv": "a,b\n1,2\n" });
    await expect(readMovieLens(folder)).rejects.toMatchObject({ code: "PENCHANT_E_IMPORT_COLUMNS" });
  });
});
