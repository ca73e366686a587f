import { describe, expect, test } from "vitest";
import { constantSchedule, cosineSchedule, linearSchedule } from "./schedule.ts";

describe("a learning rate", () => {
  test("rises in a straight line over the warm-up and then stays", () => {
    const schedule = constantSchedule({ rate: 0.8, warmUpSteps: 4 });
    expect([1, 2, 3, 4, 5, 1000].map(schedule)).toEqual(
      [0.2, 0.4, 0.8 * 0.75, 0.8, 0.8, 0.8].map((rate) => expect.closeTo(rate, 12)),
    );
  });
  test("is there at once without a warm-up", () => expect(constantSchedule({ rate: 0.1 })(1)).toBe(0.1));
  test("falls in a straight line to its end and stays there", () => {
    const schedule = linearSchedule({ rate: 1, warmUpSteps: 2, totalSteps: 6, rateAtEnd: 0.2 });
    expect([1, 2, 3, 4, 5, 6, 7].map(schedule)).toEqual(
      [0.5, 1, 0.8, 0.6, 0.4, 0.2, 0.2].map((rate) => expect.closeTo(rate, 12)),
    );
  });
  test("falls along half a cosine: slowly, fast, slowly", () => {
    const schedule = cosineSchedule({ rate: 2, totalSteps: 4 });
    const halfRoot = Math.SQRT1_2;
    expect([1, 2, 3, 4, 9].map(schedule)).toEqual(
      [1 + halfRoot, 1, 1 - halfRoot, 0, 0].map((rate) => expect.closeTo(rate, 12)),
    );
  });
  test("that cannot be is refused, saying why", () => {
    expect(() => constantSchedule({ rate: 0 })).toThrow("rate must be a number above 0; came 0");
    expect(() => constantSchedule({ rate: 1, warmUpSteps: 1.5 })).toThrow("whole number, 0 or more; came 1.5");
    expect(() => linearSchedule({ rate: 1, warmUpSteps: 5, totalSteps: 5 })).toThrow(
      "above the 5 of the warm-up; came 5",
    );
    expect(() => cosineSchedule({ rate: 1, totalSteps: 5, rateAtEnd: 2 })).toThrow("from 0 to 1; came 2");
  });
});
