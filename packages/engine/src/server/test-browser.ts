/** For the tests of this folder: Debian's Chromium, where it is installed. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type RunningServer, startServer } from "./server.ts";
import { now, openTestEngine, silent, type TestEngine } from "./test-client.ts";

const executablePath = "/usr/bin/chromium";

/** Tests that need a browser are skipped without one, and say so. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.warn(`The browser tests are skipped: there is no ${executablePath} (apt-get install chromium).`);

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
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
}

export interface Visit {
  readonly colorScheme?: "light" | "dark";
  readonly locale?: string;
  readonly width?: number;
}

/** Opens a page, and fails if anything went wrong in it or it asked another host. */
export async function visitPage(
  browser: Browser,
  url: string,
  path: string,
  visit: Visit & { readonly now: number; readonly look: (page: Page) => Promise<void> },
): Promise<void> {
  const { colorScheme = "light", locale = "en-GB", width = 1_280, now, look } = visit;
  const page = await browser.newPage({ colorScheme, locale, viewport: { width, height: 900 } });
  await page.clock.setFixedTime(now);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "data:" && protocol !== "blob:" && origin !== url) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url + path);
  await look(page);
  expect(complaints).toEqual([]);
  await page.close();
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core finds that keeps somebody from using the page. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const violations = await page.evaluate<Violation[]>("axe.run().then(({ violations }) => violations)");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** A browser at a server with the engine of these tests, opened and closed with the `describe` that it is called in. */
export function browserAtServer() {
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

  return {
    engine: () => opened.engine,
    browser: () => browser,
    visit: (path: string, look: (page: Page) => Promise<void>, options: Visit = {}) =>
      visitPage(browser, server.url, path, { ...options, now, look }),
  };
}
