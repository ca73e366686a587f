/** Keys as a real browser uses them: the page that asks for one, the password dialogue of the reference, and a shop's page that sends events. */
import { createServer, type Server as NodeServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "./server.ts";
import { hasBrowser, openBrowser } from "./test-browser.ts";
import { silent } from "./test-client.ts";
import { keyedApi } from "./test-keys.ts";

const api = keyedApi();

describe.skipIf(!hasBrowser)("in a browser", () => {
  let server: RunningServer;
  let shop: NodeServer;
  let shopOrigin: string;
  let browser: Browser;

  beforeAll(async () => {
    server = await startServer(api.engine, { port: 0, logger: silent, access: api.access });
    shop = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<h1>Shop</h1>"));
    await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
    shopOrigin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    shop?.close();
  });

  test("the page asks for a key, says when it is not one, and opens with one that may read", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/people/ada`);
    const field = page.getByLabel("Key", { exact: true });
    await field.fill("pk_guess");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).not.toBe("ada");

    await field.fill(api.make({ scopes: ["read"] }).text);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "ada" }).waitFor();

    // What the key may not do is refused by the server, in its own words.
    await page.getByRole("button", { name: "Space", exact: true }).last().click();
    await page.getByRole("button", { name: "Mute" }).click();
    await page.getByText('with the scope "admin"').waitFor();
    await page.close();
  });

  test("the API reference opens with a key as the password, and does not without", async () => {
    const { text } = api.make({ scopes: ["read"] });
    const signedIn = await browser.newContext({ httpCredentials: { username: "anybody", password: text } });
    const page = await signedIn.newPage();
    await page.goto(`${server.url}/docs`);
    await page.getByText("Take in what users did").first().waitFor();
    await signedIn.close();

    const stranger = await browser.newContext({ httpCredentials: { username: "anybody", password: "guess" } });
    const answer = await (await stranger.newPage()).goto(`${server.url}/docs`);
    expect(answer?.status()).toBe(401);
    await stranger.close();
  });

  test("a shop's page sends events with its own key, and with no other", async () => {
    const own = api.make({ scopes: ["ingest"], origins: [shopOrigin] }).text;
    const anothers = api.make({ scopes: ["ingest"], origins: ["https://other.example"] }).text;
    const page = await browser.newPage();
    await page.goto(shopOrigin);
    /** What the page gets to see of the answer. */
    const send = (key: string, user: string) =>
      page.evaluate(
        async ([url, key, user]) => {
          try {
            const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
            const body = JSON.stringify({ user, type: "view" });
            const response = await fetch(`${url}/v1/events`, { method: "POST", headers, body });
            return { status: response.status, report: await response.json() };
          } catch (error) {
            return { error: (error as Error).name };
          }
        },
        [server.url, key, user] as const,
      );
    expect(await send(own, "shopper")).toMatchObject({ status: 200, report: { accepted: 1 } });
    expect(await send(anothers, "smuggled")).toEqual({ error: "TypeError" });
    expect((await api.engine.user("shopper"))?.events).toBe(1);
    expect(await api.engine.user("smuggled")).toBeUndefined();
    await page.close();
  });
});
