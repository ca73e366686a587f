/** The page in a real browser: it works with the content security policy on, asks nobody but the server, and reads well. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../engine.ts";
import { testLanguageModel, writing } from "../text/test-language-model.ts";
import { type RunningServer, startServer } from "./server.ts";
import { hasBrowser, openBrowser } from "./test-browser.ts";
import { now, openTestEngine, silent, type TestEngine } from "./test-client.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(!hasBrowser)("in a browser", () => {
  let opened: TestEngine;
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    opened = await openTestEngine();
    server = await startServer(opened.engine, { port: 0, logger: silent });
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await opened?.close();
  });

  interface Visit {
    readonly colorScheme?: "light" | "dark";
    readonly locale?: string;
    readonly width?: number;
  }

  /** Opens a page, and fails if anything went wrong in it or it asked another host. */
  async function visit(path: string, look: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> {
    const { colorScheme = "light", locale = "en-GB", width = 1_280 } = options;
    const page = await browser.newPage({ colorScheme, locale, viewport: { width, height: 900 } });
    await page.clock.setFixedTime(now);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:" && protocol !== "blob:" && origin !== server.url)
        complaints.push(`asked ${request.url()}`);
    });
    await page.goto(server.url + path);
    await look(page);
    expect(complaints).toEqual([]);
    await page.close();
  }

  /** What axe-core finds that keeps somebody from using the page. */
  async function barriers(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const violations = await page.evaluate(
      async () =>
        (await (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())
          .violations as AxeViolation[],
    );
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  }
  interface AxeResults {
    readonly violations: unknown;
  }
  interface AxeViolation {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }

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
      const then = await opened.engine.profile("ada", { at, evidence: 0 });
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
      const [film] = (await opened.engine.profile("bert")).interests;
      expect(film.children.find(({ interest }) => interest.label === "Romance")?.strength ?? 0).toBe(0);
    });
  });

  test("what is said is understood, and what it proposes is done once it is accepted", async () => {
    await opened.engine.track([{ user: "finn", type: "view", item: "romance-3" }]);
    await visit("/people/finn", async (page) => {
      const words = page.locator("section.words");
      await words.getByText("No language model is configured").waitFor();
      const line = words.getByLabel("Say what you like");
      await line.fill("I don't like romance. Please don't show me space.");
      await page.keyboard.press("Enter");
      await words
        .getByRole("status")
        .getByText("Understood: does not like “romance”, wants to see nothing of")
        .waitFor();
      expect(await line.inputValue()).toBe("");
      await words.locator("q").getByText("I don't like romance.").waitFor();
      expect(await barriers(page)).toEqual([]);

      await words.getByRole("button", { name: "Dismiss: Mute Space" }).click();
      await words.getByRole("status").getByText("Dismissed: Mute Space.").waitFor();
      const accept = words.getByRole("button", { name: "Accept: Mute Romance" });
      await accept.focus();
      await page.keyboard.press("Enter");
      await words.getByText("Done: Mute Romance.").waitFor();
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Done: Mute Romance.");
      expect(await words.getByRole("button", { name: /^(Accept|Dismiss)/ }).count()).toBe(0);
      const [film] = (await opened.engine.profile("finn")).interests;
      const steered = film.children.filter(({ steering = [] }) => steering.length > 0);
      expect(steered.map(({ interest, strength }) => [interest.label, strength])).toEqual([["Romance", 0]]);
      await page.getByRole("button", { name: "What is below Film" }).click();
      await page.locator(".outline").getByText("muted").waitFor();
    });
  });

  test("a language model is named where it reads what is said, and where it speaks for a recommendation", async () => {
    const model = await testLanguageModel();
    model.usual = writing((request) => {
      const { content } = request.messages[1]!;
      if (content.includes("crime in space")) {
        return JSON.stringify({ claims: [{ sense: "like", topic: "crime in space", interest: 0 }] });
      }
      const things = content.split("\nThings:\n")[1]?.split("\n\n")[0]?.split("\n") ?? [];
      return JSON.stringify({ ratings: things.map((_, place) => (place === 0 ? 10 : 1)) });
    });
    const reranking = { deadlineMs: 20_000, items: 4 };
    const languageModel = { url: model.url, model: "tiny", retriesMax: 0, reranking };
    const { engine, close } = await openTestEngine({ languageModel });
    const guided = await startServer(engine, { port: 0, logger: silent });
    const page = await browser.newPage({ locale: "en-GB" });
    await page.clock.setFixedTime(now);
    await page.goto(`${guided.url}/people/ada`);
    await page.locator(".items").getByText("tiny, a language model, finds that it suits").first().waitFor();
    const words = page.locator("section.words");
    await words.getByText("Statements are read by tiny").waitFor();
    await words.getByLabel("Say what you like").fill("Could there be crime in space?");
    await page.keyboard.press("Enter");
    await words.getByRole("status").getByText("tiny reads it").waitFor();
    // What it understood comes by itself.
    await words.locator(".said").getByText("likes “crime in space”").waitFor();
    await page.close();
    await guided.close();
    await close();
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
      expect((await opened.engine.profile("eva")).events).toBe(1);
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
      const { models } = opened.engine;
      const trainable = await models.trainable();
      await kinds.locator("option").last().waitFor({ state: "attached" });
      expect(await kinds.locator("option").allTextContents()).toEqual(trainable.map(({ name }) => name));
      await kinds.selectOption("item-knn");
      await page.getByText(trainable.find(({ name }) => name === "item-knn")!.description).waitFor();
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await page.getByRole("button", { name: "Let it score" }).click();
      await page.getByText("In recommendations item-knn-1 scores").waitFor();
      expect(opened.engine.models.list().promoted).toBe("item-knn-1");
      await page.getByRole("button", { name: "Take the last change back" }).click();
      await page.getByText("no trained model scores").waitFor();
      expect(opened.engine.models.list().promoted).toBeNull();
    });
  });

  test("how a model learned is drawn, and results from a file are shown with their intervals", async () => {
    const config = { width: 8, blocks: 1, epochs: 3, threads: 1 };
    const { id } = await opened.engine.train({ model: "sasrec", config });
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
      const { events } = await opened.engine.userEvents("fred");
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
    await opened.engine.putItems([item]);
    await opened.engine.track([{ user, type: "view", item: item.id }]);
    await opened.engine.statements.hear(user, { text: `I love ${"very".repeat(60)}long films` });
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

  test("an empty database says what to do", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "penchant-empty-"));
    const empty = await openEngine({ dataDir });
    const bare = await startServer(empty, { port: 0, logger: silent });
    const page = await browser.newPage();
    await page.goto(bare.url);
    await page.getByRole("heading", { name: "Nothing has come in yet" }).waitFor();
    await page.getByText(`curl ${bare.url}/v1/events`).waitFor();
    await page.close();
    await bare.close();
    await empty.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("a server that goes is missed, and found again when it is back", async () => {
    const going = await startServer(opened.engine, { port: 0, logger: silent });
    const page = await browser.newPage();
    await page.clock.setFixedTime(now);
    await page.goto(`${going.url}/data`);
    await page.getByText("The engine answers.").waitFor();
    await going.close();
    await page.locator(".banner").getByText("The server does not answer").waitFor();
    const back = await startServer(opened.engine, { port: Number(new URL(going.url).port), logger: silent });
    await page.locator(".banner").waitFor({ state: "detached" });
    await page.close();
    await back.close();
  });

  test("a view that was never loaded before the server went comes when it is back", async () => {
    const going = await startServer(opened.engine, { port: 0, logger: silent });
    const page = await browser.newPage();
    await page.clock.setFixedTime(now);
    await page.goto(going.url);
    await page.getByRole("link", { name: "ada" }).waitFor();
    await going.close();
    await page.getByRole("link", { name: "Data" }).click();
    await page.locator(".banner").getByText("The server does not answer").waitFor();
    const back = await startServer(opened.engine, { port: Number(new URL(going.url).port), logger: silent });
    await page.getByText("The engine answers.").waitFor();
    await page.locator(".banner").waitFor({ state: "detached" });
    await page.close();
    await back.close();
  });

  test("a view that is no longer there, as after an update of the server, is told of and not asked for without end", async () => {
    const page = await browser.newPage();
    let loads = 0;
    page.on("load", () => loads++);
    await page.route(/holdings-view/, (route) => route.fulfill({ status: 404, body: "" }));
    await page.goto(`${server.url}/data`);
    await page.getByText("This view could not be loaded.").waitFor();
    expect(loads).toBe(2);
    await page.unroute(/holdings-view/);
    await page.getByRole("button", { name: "Load again" }).click();
    await page.getByText("The engine answers.").waitFor();
    await page.close();
  });

  test("the API reference is whole", async () => {
    await visit("/docs", async (page) => {
      await page.getByRole("heading", { name: "Penchant", exact: true }).waitFor();
      await page.getByText("Take in what users did").first().waitFor();
    });
  });
});
