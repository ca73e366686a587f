/**
 * The pictures of the documentation, taken of the running product: start it with `npm start`, and then
 *
 *   npm run screenshots                               into docs/images, from http://127.0.0.1:4600
 *   npm run screenshots -- http://127.0.0.1:4700      from another address
 *
 * It needs Debian's chromium and shows the person of the bundled sample that `npm start` names.
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";

const [address = "http://127.0.0.1:4600"] = process.argv.slice(2);
const folder = join(import.meta.dirname, "../../docs/images");
const bytesMax = 300_000;

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly scheme?: "light" | "dark";
  readonly height?: number;
  readonly locale?: string;
  /** What to show of the page, where that is not its beginning. */
  readonly part?: string;
}

const person = "/people/547";
const pictures: readonly Picture[] = [
  { name: "person-light", path: person, height: 1_080 },
  { name: "person-dark", path: person, scheme: "dark", height: 1_080 },
  { name: "person-zh", path: person, locale: "zh-CN", height: 1_080 },
  { name: "interest", path: `${person}?interest=documentary`, part: ".portrait" },
  { name: "reasons", path: person, part: ".ribbons" },
];

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
});
mkdirSync(folder, { recursive: true });
for (const { name, path, scheme = "light", height = 900, locale = "en-GB", part } of pictures) {
  const page = await browser.newPage({
    viewport: { width: 1_120, height },
    colorScheme: scheme,
    locale,
    reducedMotion: "reduce",
  });
  await page.goto(address + path);
  await settled(page);
  const file = join(folder, `${name}.png`);
  if (part === undefined) await page.screenshot({ path: file });
  else await page.locator(part).screenshot({ path: file });
  await page.close();
  const { size } = statSync(file);
  process.stdout.write(`${file}: ${Math.round(size / 1_000)} KB\n`);
  if (size > bytesMax) throw new Error(`${name}.png has ${size} bytes; expected at most ${bytesMax}.`);
}
await browser.close();

/** The charts are drawn, the fonts are there, and nothing changes any more. */
async function settled(page: Page): Promise<void> {
  await page.locator(".rings svg path").first().waitFor();
  await page.locator(".items li").first().waitFor();
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  await page.waitForTimeout(1_000);
}
