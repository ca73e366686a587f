/** For the tests of this folder: Debian's Chromium, where it is installed. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

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
