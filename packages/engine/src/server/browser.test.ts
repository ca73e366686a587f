/** The page in a real browser: it works with the content security policy on, asks nobody but the server, and reads well. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

  test.each([
    ["light", "/", 1_280],
    ["dark", "/people/ada?interest=film", 1_280],
    ["light", "/people/ada?interest=film", 390],
  ] as const)("nothing serious keeps anybody out, %s at %s, %i wide", async (colorScheme, path, width) => {
    const look = async (page: Page) => {
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator("main .people a, .portrait .chart svg").first().waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    };
    await visit(path, look, { colorScheme, width });
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
