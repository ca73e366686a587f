import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../core/dataset.ts";
import { folderWith } from "../../testing/folder.ts";
import { readDataset } from "./read.ts";

const clock = { now: () => Date.UTC(2026, 0, 1) };
const read = (files: Record<string, string | Uint8Array>, file = "") =>
  readDataset(`${folderWith(files)}/${file}`, { clock });

/** Every user's items by id, oldest first. */
function sequences({ users, items, interactions: { offsets, items: keys } }: Dataset): Record<string, string[]> {
  return Object.fromEntries(
    users.map((user, row) => [user, [...keys.subarray(offsets[row], offsets[row + 1])].map((key) => items[key].id)]),
  );
}
const title = ({ items }: Dataset, id: string) => items.find((item) => item.id === id);

describe("data sets by folder", () => {
  it("MovieLens with commas: by time, ratings as values, tags left out", async () => {
    const { dataset, report } = await read({
      "movies.csv":
        "movieId,title,genres\n1,Heat (1995),Crime|Drama\n2,Toy Story (1995),Comedy\n3,Never seen (1990),Drama\n",
      "ratings.csv": "userId,movieId,rating,timestamp\n7,2,4.5,200\n7,1,3,100\n8,1,x,100\n",
      "tags.csv": "userId,movieId,tag,timestamp\n7,1,from the future,999\n",
    });
    expect(sequences(dataset)).toEqual({ 7: ["1", "2"] });
    expect([...dataset.interactions.values!]).toEqual([3, 4.5]);
    expect([...dataset.interactions.times]).toEqual([100_000, 200_000]);
    expect([...dataset.interactions.weights]).toEqual([1, 1]);
    expect(title(dataset, "1")).toEqual({
      id: "1",
      title: "Heat",
      categories: [["Crime"], ["Drama"]],
      attributes: { year: 1995 },
    });
    expect(dataset.timing).toBe("times");
    expect(report).toMatchObject({
      form: "MovieLens",
      users: 1,
      items: 2,
      interactions: 2,
      itemsUnused: 1,
      dropped: { "a row that cannot be read": 1 },
    });
  });

  it("MovieLens with double colons, and 100K with tabs", async () => {
    const old = await read({ "movies.dat": "1::Heat (1995)::Crime\n", "ratings.dat": "7::1::3::100\n" });
    expect(sequences(old.dataset)).toEqual({ 7: ["1"] });
    const oldest = await read({
      "u.item": `1|Heat (1995)|01-Jan-1995||url|${Array.from({ length: 19 }, () => 0).join("|")}\n`,
      "u.data": "7\t1\t3\t100\n",
    });
    expect(sequences(oldest.dataset)).toEqual({ 7: ["1"] });
  });

  it("MovieLens in order only: ratings beside the items, titles from the folder", async () => {
    const { dataset, report } = await read({
      "sequences.all-users.dat.gz": gzipSync("1 31:5 10:4\n2 10:3\n"),
      "movies.dat.gz": gzipSync("10::Matrix, The (1999)::Action|Sci-Fi\n"),
      "ratings.no-timestamp.dat.gz": gzipSync("1::31::5\n"),
    });
    expect(report.form).toBe("MovieLens, order only");
    expect(dataset.timing).toBe("order");
    expect(sequences(dataset)).toEqual({ 1: ["31", "10"], 2: ["10"] });
    expect([...dataset.interactions.values!]).toEqual([5, 4, 3]);
    expect([...dataset.interactions.times]).toEqual([0, 1, 0]);
    expect(title(dataset, "10")).toMatchObject({ title: "The Matrix", categories: [["Action"], ["Sci-Fi"]] });
  });

  it("one file of a folder, named: a part of MovieLens with times", async () => {
    const files = {
      "ratings.users-1-2.dat": "1::10::5::50\n1::11::4::40\n1::12::bad\n",
      "sequences.x.dat": "1 10:5\n",
    };
    const { dataset, report } = await read(files, "ratings.users-1-2.dat");
    expect(sequences(dataset)).toEqual({ 1: ["11", "10"] });
    expect(Object.values(report.dropped)).toEqual([1]);
  });

  it("sequences, a line per user or a line per event, titles beside them", async () => {
    const { dataset } = await read({
      "Beauty.txt": "1 5 6 7\n2 5\n",
      "items.tsv": "item\tasin\ttitle\n5\tB00\tSoap\n",
    });
    expect(sequences(dataset)).toEqual({ 1: ["5", "6", "7"], 2: ["5"] });
    expect(title(dataset, "5")?.title).toBe("Soap");
    expect(title(dataset, "6")?.title).toBe("6");
    const pairs = await read({ "Video.txt": "1 6\n1 5\n2 5\n1 9\n" });
    expect(sequences(pairs.dataset)).toEqual({ 1: ["6", "5", "9"], 2: ["5"] });
  });

  it("MIND: clicks at their time, histories before all of them", async () => {
    const { dataset } = await read({
      "behaviors.tsv":
        "1\tU1\t11/13/2019 5:53:12 PM\tN1 N2\tN3-0 N4-1\n2\tU1\t11/11/2019 12:00:01 AM\tN1 N2\tN5-1\n3\tU2\tnever\t\tN1-1\n",
      "news.tsv": "N4\tsports\tgolf\tA title\tAn abstract\turl\t[]\t[]\n",
    });
    expect(sequences(dataset)).toEqual({ U1: ["N1", "N2", "N5", "N4"] });
    const [first, second, third, fourth] = dataset.interactions.times;
    expect(third).toBe(Date.UTC(2019, 10, 11, 0, 0, 1));
    expect(fourth).toBe(Date.UTC(2019, 10, 13, 17, 53, 12));
    expect(first).toBeLessThan(second);
    expect(second).toBeLessThan(third);
    expect(title(dataset, "N4")).toMatchObject({ title: "A title", categories: [["sports", "golf"]] });
  });

  it("Complete Journey: baskets are sessions, prices are values, the hierarchy is the category", async () => {
    const { dataset, report } = await read({
      "transactions_sample.csv":
        "household_id,store_id,basket_id,product_id,quantity,sales_value,transaction_timestamp\n" +
        '"1","9","b1","p1",1,3.86,"2017-01-28T19:06:53Z"\n"1","9","b1","p2",1,1,"2017-01-28T19:06:53Z"\n"1","9","b2","p1",1,2,"2017-01-29T19:06:53Z"\n',
      "products.csv":
        "product_id,manufacturer_id,department,brand,product_category,product_type,package_size\np1,2,GROCERY,National,ICE,ICE CUBES,22 LB\n",
    });
    expect(sequences(dataset)).toEqual({ 1: ["p1", "p2", "p1"] });
    expect([...dataset.sessions!]).toEqual([0, 0, 1]);
    expect(dataset.interactions.values![0]).toBeCloseTo(3.86, 5);
    expect(title(dataset, "p1")).toMatchObject({ title: "ICE CUBES", categories: [["GROCERY", "ICE", "ICE CUBES"]] });
    expect(report.form).toBe("Complete Journey");
  });

  it("Globo: clicks with sessions", async () => {
    const { dataset } = await read({
      "clicks.csv":
        "user_id,session_id,session_start,session_size,click_article_id,click_timestamp\n70,s1,1506826416000,2,11,1506826818863\n70,s1,1506826416000,2,12,1506826800000\n",
    });
    expect(sequences(dataset)).toEqual({ 70: ["12", "11"] });
    expect([...dataset.sessions!]).toEqual([0, 0]);
  });

  it("any table of events, by guess or by mapping", async () => {
    const guessed = await read({ "train.csv": "user_id\titem_id\ttime\n5\t1\t1400000000\n5\t2\t1300000000\n" });
    expect(sequences(guessed.dataset)).toEqual({ 5: ["2", "1"] });
    const mapping = { user: "who", item: "what", type: { constant: "view" }, time: "when" };
    const folder = folderWith({
      "log.jsonl": '{"who":"a","what":"x","when":"2020-01-01"}\n{"who":"a","when":"2020-01-02"}\n',
    });
    const { dataset, report } = await readDataset(folder, { clock, mapping });
    expect(sequences(dataset)).toEqual({ a: ["x"] });
    expect(report.dropped).toEqual({ "an event without an item": 1 });
  });

  it("keeps the order of the file where times are equal", async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `1::${(index * 7) % 30}::5::100`);
    const { dataset } = await read({ "ratings.x.dat": lines.join("\n") });
    expect(sequences(dataset)[1]).toEqual(lines.map((line) => line.split("::")[1]));
  });

  it("orders its keys by nothing that means anything, and always alike", async () => {
    const lines = Array.from({ length: 200 }, (_, index) => `${index} 7${index}`);
    const keys = async (order: string[]) =>
      (await read({ "a.txt": order.join("\n") })).dataset.items.map(({ id }) => id);
    const once = await keys(lines);
    expect(await keys(lines.toReversed())).toEqual(once);
    expect(once).not.toEqual(lines.map((line) => line.split(" ")[1]));
  });
});

describe("what cannot be read", () => {
  const failing = async (files: Record<string, string | Uint8Array>, code: string, sentence: string) =>
    expect(read(files)).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });

  it("a folder that is not there, an empty one, one of something else", async () => {
    await expect(readDataset("/nowhere/at-all", { clock })).rejects.toMatchObject({
      code: "PENCHANT_E_IMPORT_SOURCE",
      message: "/nowhere/at-all: expected a folder or a file with a data set, found nothing there.",
    });
    await failing({}, "PENCHANT_E_IMPORT_SOURCE", "found an empty folder");
    await failing({ "photo.png": "" }, "PENCHANT_E_IMPORT_SOURCE", "found photo.png");
  });

  it("a damaged gzip and one that was cut off", async () => {
    const whole = gzipSync("1 5 6 7\n2 5\n".repeat(5_000));
    const damaged = Buffer.from(whole);
    damaged.fill(7, 20, 60);
    await failing({ "a.txt.gz": damaged }, "PENCHANT_E_IMPORT_SOURCE", "the gzip data is damaged");
    await failing({ "a.txt.gz": whole.subarray(0, -40) }, "PENCHANT_E_IMPORT_SOURCE", "the gzip data ends too early");
  });

  it("files without a single interaction", async () => {
    await failing({ "a.txt": "" }, "PENCHANT_E_DATASET", "expected interactions of users with items, found none");
    const header = "userId,movieId,rating,timestamp\n";
    const movies = "movieId,title,genres\n1,Heat (1995),Crime\n";
    await failing({ "movies.csv": movies, "ratings.csv": header }, "PENCHANT_E_DATASET", "found none");
  });

  it("a text that is no sequences", async () => {
    await failing({ "notes.txt": "hello\n" }, "PENCHANT_E_IMPORT_SOURCE", 'expected "user item item ..."');
  });

  it("several data sets in one folder, which it names", async () => {
    await failing({ "a.txt": "1 2\n", "b.txt": "1 2\n" }, "PENCHANT_E_IMPORT_SOURCE", "name one of a.txt, b.txt");
  });

  it("a mapping whose columns are not there, and a table that cannot be guessed", async () => {
    const folder = folderWith({ "log.csv": "a,b\n1,2\n" });
    const mapping = { user: "who", item: "b", type: { constant: "view" }, time: "a" };
    await expect(readDataset(folder, { clock, mapping })).rejects.toMatchObject({
      code: "PENCHANT_E_IMPORT_COLUMNS",
      message: expect.stringContaining('there is no column "who"; the columns are a, b'),
    });
    await failing({ "log.csv": "a,b\n1,2\n" }, "PENCHANT_E_IMPORT_COLUMNS", "expected the columns of events");
  });
});
