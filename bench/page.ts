/**
 * The page in Chromium, with many people and a large tree: how soon it is there, how soon a profile is drawn, and whether it
 * stutters when it is used.
 *
 * A shop is made up from a seed, tracked and rebuilt through the library, and served by a process of its own: everybody does a
 * few things of a few kinds, and one person something of every kind, so that their profile has the whole tree. A browser
 * then opens the views and uses them. Told of each: until the first paint, until the chart stands, the bytes that came
 * compressed, the longest task (a browser counts those of 50 ms and more) and the longest time between two frames.
 *
 * Beside it, in the same browser: the first paint of a plain answer of the same server, and the frames of a page at rest.
 */
import { type Browser, chromium, type Page } from "playwright-core";
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { dayMs } from "../packages/engine/src/base/time.ts";
import type { EventInput } from "../packages/engine/src/core/event.ts";
import type { Item } from "../packages/engine/src/core/item.ts";
import type { Engine } from "../packages/engine/src/index.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { withFolder } from "./support/sample.ts";
import { serve, withEngine } from "./support/served.ts";

interface Shop {
  readonly users: number;
  /** Interests of the tree, the broad ones included. */
  readonly nodes: number;
}

const departments = 25;
/** Too few for an interest to be divided further. */
const itemsPerShelf = 3;
const eventsPerUser = 12;
const shelvesPerUser = 4;
const spanDays = 730;
const batch = 5_000;
const seed = 1;
/** The person who did something of every kind. */
const everything = "everything";
/** After the last thing that is done, so that what it set off is seen. */
const restMs = 400;

/** In the page: the longest task and the longest time between two frames, since they were last set to 0. */
const watch = `
  globalThis.marks = { longest: 0, frame: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) marks.longest = Math.max(marks.longest, duration);
  }).observe({ type: "longtask", buffered: true });
  let last;
  const frame = (now) => {
    if (last !== undefined) marks.frame = Math.max(marks.frame, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
`;

await benchmark("page", { users: 10_000, nodes: 1_000 }, (shop) =>
  withFolder(async (folder) => {
    await withEngine(folder, shop.users, (engine) => fill(engine, shop));
    const { server } = await serve(folder);
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
    try {
      return await measure(browser, server.url);
    } finally {
      await browser.close();
      await server.stop("SIGTERM");
    }
  }),
);

async function fill(engine: Engine, { users, nodes }: Shop): Promise<void> {
  const shelves = nodes - departments;
  const items = Array.from({ length: shelves * itemsPerShelf }, (_, item) => itemOf(item, item % shelves));
  const random = seededRandom(seed);
  const now = Date.now();
  const moment = () => Math.floor(now - random.uniform() * spanDays * dayMs);
  const onShelf = (shelf: number) => items[random.integer(itemsPerShelf) * shelves + (shelf % shelves)].id;
  const event = (user: string, shelf: number): EventInput => ({
    user,
    type: random.integer(4) === 0 ? "purchase" : "view",
    item: onShelf(shelf),
    time: moment(),
  });
  const events = Array.from({ length: users }, (_, user) =>
    Array.from({ length: eventsPerUser }, () =>
      event(`user-${user}`, user * 7_919 + random.integer(shelvesPerUser) * 37),
    ),
  ).flat();
  for (let shelf = 0; shelf < shelves; shelf++) events.push(event(everything, shelf));
  events.sort((a, b) => Number(a.time) - Number(b.time));
  tell(`Loading ${items.length} items and ${events.length} events`);
  for (let start = 0; start < items.length; start += batch) await engine.putItems(items.slice(start, start + batch));
  for (let start = 0; start < events.length; start += batch) await engine.track(events.slice(start, start + batch));
  tell("Building the interest tree and the profiles");
  await engine.rebuild();
}

function itemOf(item: number, shelf: number): Item {
  return {
    id: `item-${item}`,
    title: `Thing ${item} of shelf ${shelf}`,
    categories: [[`Department ${shelf % departments}`, `Shelf ${shelf}`]],
  };
}

async function measure(browser: Browser, url: string): Promise<Figures> {
  tell("Opening the views");
  const { page: plain, ...floor } = await opened(browser, `${url}/health/live`, "pre");
  const rest = await during(plain, () => plain.waitForTimeout(restMs));
  await plain.close();

  const { page: people, ...firstView } = await opened(browser, url, "main .people a");
  const findPerson = await during(people, () => people.getByRole("searchbox").pressSequentially("user-99"));
  await people.close();

  const { page: person, ...profile } = await opened(browser, `${url}/people/${everything}`, ".rings svg path");
  const slider = await during(person, async () => {
    await person.getByRole("slider").focus();
    for (let step = 0; step < 8; step++) await person.keyboard.press("PageDown");
  });
  const broad = person.locator(".outline .label").first();
  const interest = await during(person, async () => {
    await broad.click();
    await person.locator("section.side.panel").waitFor();
  });
  const without = await during(person, async () => {
    await person.getByRole("button", { name: "What if this were gone?" }).click();
    await person.waitForURL(/without=/);
  });
  await person.close();

  const { page: tree, ...map } = await opened(browser, `${url}/interests`, ".map svg path");
  const hover = await during(tree, async () => {
    const box = (await tree.locator(".map").boundingBox())!;
    for (let step = 1; step < 10; step++) {
      await tree.mouse.move(box.x + (box.width * step) / 10, box.y + (box.height * step) / 10);
    }
  });
  const findInterest = await during(tree, () => tree.getByRole("searchbox").pressSequentially("shelf 7"));
  await tree.close();

  return {
    /** Of the start page; the budget is 350 KB and 1 s. */
    firstView,
    profile,
    tree: map,
    use: { findPerson, slider, interest, without, hover, findInterest },
    beside: { plainAnswer: floor, atRest: rest },
  };
}

interface Marks {
  longest: number;
  frame: number;
}

/** Opens a view in a browser that has nothing of it yet, and waits until it shows what it is for. */
async function opened(browser: Browser, url: string, shows: string) {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  const page = await context.newPage();
  let bytes = 0;
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.addInitScript(watch);
  await page.goto(url);
  await page.locator(shows).first().waitFor({ state: "attached" });
  const shownMs = await page.evaluate<number>("performance.now()");
  await page.waitForTimeout(restMs);
  const firstPaintMs = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN",
  );
  const { longest } = await page.evaluate<Marks>("marks");
  return { page, firstPaintMs, shownMs, bytes, longestTaskMs: longest };
}

async function during(
  page: Page,
  use: () => Promise<unknown>,
): Promise<{ longestTaskMs: number; longestFrameMs: number }> {
  await page.waitForTimeout(restMs);
  await page.evaluate("marks.longest = 0; marks.frame = 0; undefined");
  await use();
  await page.waitForTimeout(restMs);
  const { longest, frame } = await page.evaluate<Marks>("marks");
  return { longestTaskMs: longest, longestFrameMs: frame };
}
