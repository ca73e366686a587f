/** What people say of their interests, and what a language model says, as the page shows it in a real browser. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { testLanguageModel, writing } from "../text/test-language-model.ts";
import { startServer } from "./server.ts";
import { barriers, browserAtServer, hasBrowser } from "./test-browser.ts";
import { now, openTestEngine, silent } from "./test-client.ts";

describe.skipIf(!hasBrowser)("in a browser", () => {
  const { engine, browser, visit } = browserAtServer();

  test("what is said is understood, and what it proposes is done once it is accepted", async () => {
    await engine().track([{ user: "finn", type: "view", item: "romance-3" }]);
    const look = async (page: Page) => {
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
      const [film] = (await engine().profile("finn")).interests;
      const steered = film.children.filter(({ steering = [] }) => steering.length > 0);
      expect(steered.map(({ interest, strength }) => [interest.label, strength])).toEqual([["Romance", 0]]);
      await page.getByRole("button", { name: "What is below Film" }).click();
      await page.locator(".outline").getByText("muted").waitFor();
    };
    await visit("/people/finn", look);
  });

  test("a language model is named where it reads what is said, and where it speaks for a recommendation", async () => {
    const model = await testLanguageModel();
    model.usual = writing((request) => {
      const { content } = request.messages[1];
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
    const page = await browser().newPage({ locale: "en-GB" });
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
});
