/** The pages in a real browser: they work with the content security policy on, and ask nobody but the server. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "./server.ts";
import { openTestEngine, silent, type TestEngine } from "./test-client.ts";

const executablePath = "/usr/bin/chromium";
const found = existsSync(executablePath);
if (!found) console.warn(`The browser tests are skipped: there is no ${executablePath} (apt-get install chromium).`);

describe.skipIf(!found)("in a browser", () => {
  let opened: TestEngine;
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    opened = await openTestEngine();
    server = await startServer(opened.engine, { port: 0, logger: silent });
    browser = await chromium.launch({
      executablePath,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await opened?.close();
  });

  /** Opens a page, and fails if anything went wrong in it or it asked another host. */
  async function visit(path: string, look: (page: Page) => Promise<void>): Promise<void> {
    const page = await browser.newPage();
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

  test("from the first page one gets to a person, and from there to an interest", async () => {
    await visit("/", async (page) => {
      await page.getByRole("searchbox").fill("ad");
      await page.getByRole("button", { name: "Find" }).click();
      await page.getByRole("link", { name: "ada", exact: true }).click();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("ada");
      expect(await page.getByRole("img").count()).toBeGreaterThan(0);
      await page.getByRole("link", { name: "Crime", exact: true }).first().click();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Crime");
    });
  });

  test("the stylesheet is applied in spite of the content security policy", async () => {
    await visit("/people/ada", async (page) => {
      const height = await page
        .getByRole("img")
        .first()
        .evaluate((bar) => bar.getBoundingClientRect().height);
      expect(height).toBeLessThan(12);
    });
  });

  test("a day that is picked shows the profile of that day", async () => {
    await visit("/people/ada", async (page) => {
      await page.getByLabel("As it was on").fill("2026-05-01");
      await page.getByRole("button", { name: "Show" }).click();
      expect(page.url()).toContain("at=2026-05-01");
    });
  });

  test("the API reference is whole", async () => {
    await visit("/docs", async (page) => {
      await page.getByRole("heading", { name: "Penchant", exact: true }).waitFor();
      await page.getByText("Take in what users did").first().waitFor();
    });
  });
});
