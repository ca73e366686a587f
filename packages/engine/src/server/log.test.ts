import { expect, it } from "vitest";
import { stderrLogger } from "./log.ts";

it("the log of a server that is not asked for another one can be opened: its library has limits of its own", () => {
  expect(stderrLogger("warn").level).toBe("warn");
});
