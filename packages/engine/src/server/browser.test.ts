/** The page in a real browser: it works with the content security policy on, asks nobody but the server, and reads well. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { barriers, browserAtServer, hasBrowser } from "./test-browser.ts";
import { now } from "./test-client.ts";

describe.skipIf(!hasBrowser)("in a browser", () => {
  const { engine, visit } = browserAtServer();

  test("from the first page one gets to a person, and from there to an interest", async () => {
    await visit("/", async (page) => {
      await page.getByRole("searchbox").fill("ad");
      await page.getByRole("link", { name: "ada" }).click();
      await page.getByRole("heading", { name: "ada", level: 1 }).waitFor();
      await page.getByRole("button", { name: "What is below Film" }).click();
      await page.locator(".outline").getByRole("button", { name: "Crime", exact: true }).click();
      await page.getByRole("heading", { name: /^Crime/, level: 2 }).waitFor();
      await page.getByText("Without further events").waitFor();
      // The charts are drawn, by the strict policy's leave.
      expect(await page.locator(".chart svg path").count()).toBeGreaterThan(10);
    });
  });

  test("the slider goes to any moment, by keyboard too, and the address remembers it", async () => {
    await visit("/people/ada", async (page) => {
      const slider = page.getByRole("slider");
      await slider.focus();
      for (let step = 0; step < 3; step++) await page.keyboard.press("PageDown");
      await page.getByText(/As it was on/).waitFor();
      const at = Number(new URL(page.url()).searchParams.get("at"));
      expect(at).toBeGreaterThan(now - 400 * 86_400_000);
      const then = await engine().profile("ada", { at, evidence: 0 });
      expect(then.events).toBeLessThan(10);
      await page.locator(".facts").getByText(`${then.events} event`).waitFor();
    });
  });

  test("steering takes effect at once", async () => {
    await visit("/people/bert", async (page) => {
      await page.getByText(/As it was on/).waitFor();
      await page.getByRole("button", { name: "What is below Film" }).click();
      await page.locator(".outline").getByRole("button", { name: "Romance", exact: true }).click();
      await page.getByRole("button", { name: "Mute" }).click();
      await page.getByText("As it is now").waitFor();
      await page.getByRole("button", { name: "Mute", pressed: true }).waitFor();
      const [film] = (await engine().profile("bert")).interests;
      expect(film.children.find(({ interest }) => interest.label === "Romance")?.strength ?? 0).toBe(0);
    });
  });

  test("an event that is sent from the page moves the profile", async () => {
    await visit("/live?user=eva", async (page) => {
      await page.getByText("Watching.").waitFor();
      await page.getByLabel("with").fill("Crime story 3");
      await page.getByRole("button", { name: "Send" }).click();
      await page
        .locator(".moves")
        .getByText(/after [\d,]+ ms/)
        .waitFor();
      await page.locator(".moving").getByText("Film").waitFor();
      expect((await engine().profile("eva")).events).toBe(1);
    });
  });

  test("an interest is found by typing, with its audience and where it came from", async () => {
    await visit("/interests", async (page) => {
      await page.getByRole("searchbox").fill("space");
      await page.locator(".browse").getByRole("link", { name: "Space", exact: true }).click();
      await page.getByRole("heading", { name: "Space", level: 2 }).waitFor();
      await page.getByRole("link", { name: "cleo" }).waitFor();
      await page.getByText("Space story 1").first().waitFor();
      await page.getByText(/version \d/).waitFor();
    });
  });

  test("a model is trained, let score, and taken back", async () => {
    await visit("/models", async (page) => {
      const kinds = page.getByLabel("Train on everything");
      const { models } = engine();
      const trainable = await models.trainable();
      await kinds.locator("option").last().waitFor({ state: "attached" });
      expect(await kinds.locator("option").allTextContents()).toEqual(trainable.map(({ name }) => name));
      await kinds.selectOption("item-knn");
      await page.getByText(trainable.find(({ name }) => name === "item-knn")!.description).waitFor();
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await page.getByRole("button", { name: "Let it score" }).click();
      await page.getByText("In recommendations item-knn-1 scores").waitFor();
      expect(engine().models.list().promoted).toBe("item-knn-1");
      await page.getByRole("button", { name: "Take the last change back" }).click();
      await page.getByText("no trained model scores").waitFor();
      expect(engine().models.list().promoted).toBeNull();
    });
  });

  test("how a model learned is drawn, and results from a file are shown with their intervals", async () => {
    const config = { width: 8, blocks: 1, epochs: 3, threads: 1 };
    const { id } = await engine().train({ model: "sasrec", config });
    await visit("/models", async (page) => {
      await page.getByRole("checkbox", { name: id }).waitFor();
      await page.getByText(/3 epochs, loss \d/).waitFor();
      await page.locator(".plot.learning svg path").first().waitFor({ state: "attached" });
      expect(await page.locator(".plot.learning").count()).toBe(2);
      await page
        .getByText(/^\d\.\d{4} to \d\.\d{4}$/)
        .first()
        .waitFor();
      const metrics = (value: number) => ({ "NDCG@10": { value, low: value - 0.01, high: value + 0.01 } });
      const results = [0.11, 0.12].map((value, index) => ({
        dataset: "d",
        model: `m${index}`,
        metrics: metrics(value),
      }));
      const buffer = Buffer.from(JSON.stringify(results));
      const drop = page.getByLabel("Drop a JSON file here");
      await drop.setInputFiles({ name: "results.json", mimeType: "application/json", buffer });
      const table = page.getByRole("region", { name: "d", exact: true });
      expect(await table.getByRole("rowheader").allTextContents()).toEqual(["m1", "m0"]);
      await table.getByText("0.1100 to 0.1300").waitFor();
      expect(await barriers(page)).toEqual([]);
      await drop.setInputFiles({ name: "r.json", mimeType: "application/json", buffer: Buffer.from("a,b") });
      await page.getByText("The file is no JSON.").waitFor();
    });
  });

  test("a file that is chosen is imported, and its bad rows are told by their lines", async () => {
    await visit("/data", async (page) => {
      const lines = [
        "userId,movieId,rating,timestamp",
        'fred,"crime-1",5,1777000000',
        "fred,crime-2,good,1777000001",
        ",crime-3,4,1777000002",
      ];
      await page
        .getByLabel(/Drop a CSV/)
        .setInputFiles({ name: "r.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
      expect(await page.getByLabel("What the column movieId is").inputValue()).toBe("item");
      await page.getByRole("button", { name: "Import" }).click();
      await page.getByText("1 taken, 0 known already, 2 refused.").waitFor();
      expect(await page.locator(".problems li").allTextContents()).toEqual([
        "Line 3: the value is no number.",
        "Line 4: there is no user.",
      ]);
      const { events } = await engine().userEvents("fred");
      expect(events).toMatchObject([{ item: "crime-1", type: "rating", value: 5, time: 1_777_000_000_000 }]);
      // The same file again adds nothing.
      await page.getByRole("button", { name: "Import" }).click();
      await page.getByText("0 taken, 1 known already, 2 refused.").waitFor();
    });
  });

  test.each([
    ["light", "/", 1_280],
    ["dark", "/people/ada?interest=film", 1_280],
    ["light", "/people/ada?interest=film", 390],
    ["light", "/interests/film", 1_280],
    ["dark", "/live?user=ada", 390],
    ["light", "/data", 390],
  ] as const)("nothing serious keeps anybody out, %s at %s, %i wide", async (colorScheme, path, width) => {
    const look = async (page: Page) => {
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator("main .people a, main .chart svg, main .moving li").first().waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    };
    await visit(path, look, { colorScheme, width });
  });

  test("whatever people and things are called, and whatever is said, fits a phone", async () => {
    const user = "u".repeat(100);
    const item = { id: "endless", title: "Unbreakable".repeat(30), categories: [["Film", "Space"]] };
    await engine().putItems([item]);
    await engine().track([{ user, type: "view", item: item.id }]);
    await engine().statements.hear(user, { text: `I love ${"very".repeat(60)}long films` });
    for (const [path, shows] of [
      ["/", ".people a"],
      [`/people/${user}`, ".said li"],
      [`/live?user=${user}`, ".moving li"],
      ["/interests/film.space", ".evidence.one li"],
    ] as const) {
      const look = async (page: Page) => {
        await page.locator(shows).first().waitFor();
        expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(360);
      };
      await visit(path, look, { width: 360 });
    }
  });

  test("speaks Chinese to those whose browser does, and to those who ask for it", async () => {
    await visit("/people/ada", (page) => page.getByRole("heading", { name: "兴趣如何形成" }).waitFor(), {
      locale: "zh-CN",
    });
    await visit("/", async (page) => {
      await page.getByRole("button", { name: "中文" }).click();
      await page.getByRole("heading", { name: "谁在意什么" }).waitFor();
      expect(await page.locator("html").getAttribute("lang")).toBe("zh");
    });
  });

  test("the API reference is whole", async () => {
    await visit("/docs", async (page) => {
      await page.getByRole("heading", { name: "Penchant", exact: true }).waitFor();
      await page.getByText("Take in what users did").first().waitFor();
    });
  });
});
