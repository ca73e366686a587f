/** The page in a real browser when its server has nothing, goes, comes back, or is another one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../engine.ts";
import { startServer } from "./server.ts";
import { hasBrowser, openBrowser } from "./test-browser.ts";
import { now, openTestEngine, silent, type TestEngine } from "./test-client.ts";

describe.skipIf(!hasBrowser)("in a browser", () => {
  let opened: TestEngine;
  let browser: Browser;

  beforeAll(async () => {
    opened = await openTestEngine();
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await opened?.close();
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
    const server = await startServer(opened.engine, { port: 0, logger: silent });
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
    await server.close();
  });
});
