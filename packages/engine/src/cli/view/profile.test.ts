import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Profile, ProfileInterest } from "../../core/profile.ts";
import { bar, profileView } from "./profile.ts";

function interest(label: string, rest: Partial<ProfileInterest> = {}): ProfileInterest {
  return {
    interest: { id: label, parent: null, level: 1, label, keywords: [], itemCount: 10 },
    strength: 0.5,
    intensity: 1,
    shortTerm: 0.2,
    longTerm: 0.2,
    background: { base: 0.1, parent: 0, activity: 0 },
    trend: 0,
    phase: "core",
    confidence: 0.9,
    halfLifeDays: 34,
    lastSeen: null,
    evidence: [],
    children: [],
    ...rest,
  };
}

const rated = (title: string, value: number) => ({
  item: { id: title, title },
  type: "rating",
  time: 0,
  value,
  share: 0.5,
});

const search = { type: "search", time: 0, share: 0.2 };

const profile: Profile = {
  user: "15",
  at: Date.UTC(2016, 9, 17),
  treeVersion: 1,
  events: 1700,
  firstSeen: Date.UTC(2012, 0, 3),
  lastSeen: Date.UTC(2016, 9, 16),
  intensity: 4.23,
  other: 0.08,
  interests: [
    interest("Crime", {
      strength: 0.62,
      trend: 1.2,
      phase: "revived",
      evidence: [rated("Heat", 4.5), search, search],
      children: [
        interest("heist, gang", { strength: 0.7, trend: -0.5, phase: "fading", halfLifeDays: 0.2 }),
        interest("香港电影", { strength: 0.3, halfLifeDays: null, evidence: [rated("无间道", 5)] }),
      ],
    }),
    interest("Documentary", { strength: 0.1, trend: -2, phase: "dormant", halfLifeDays: 1500 }),
  ],
};

describe("a profile in the terminal", () => {
  test("tells where weights are learned how sure a half-life is, and how likely it is that a sleeping interest wakes", () => {
    const learned: Profile = {
      ...profile,
      returnDays: 30,
      interests: [
        interest("Crime", { halfLifeInterval: { low: 28.4, high: 41.2 }, returnProbability: 0.9 }),
        interest("Noir", {
          phase: "dormant",
          halfLifeDays: 1500,
          halfLifeInterval: { low: 300, high: null },
          returnProbability: 0.123,
          evidence: [rated("Heat", 4)],
        }),
      ],
    };
    const lines = profileView(learned, { columns: 100, colours: false }).split("\n");
    expect(lines[4]).toMatch(/34 d \(28 to 41\)$/);
    expect(lines[5]).toMatch(/4\.1 y \(300 to ∞\) {2}12% back in 30 d: Heat ★4$/);
  });

  test("is a tree with a line per interest", () => {
    expect(profileView(profile, { columns: 100, colours: false })).toBe(`\
User 15 on 2016-10-17
1,700 events from 2012-01-03 to 2016-10-16; 4.2 events a day expected

interest        strength          phase        halves  because of
Crime           ██████▎      62%  revived   ↑    34 d  Heat ★4.5 · search ×2
├─ heist, gang  ███████      70%  fading    ↘     5 h
└─ 香港电影     ███          30%  core      →   never  无间道 ★5
Documentary     █            10%  dormant   ↓   4.1 y
everything else 28%
`);
  });

  test("keeps within the width of the terminal", () => {
    expect(profileView(profile, { columns: 64, colours: false })).toBe(`\
User 15 on 2016-10-17
1,700 events from 2012-01-03 to 2016-10-16; 4.2 events a day expected

interest       strength          phase        halves  because of
Crime          ██████▎      62%  revived   ↑    34 d  Heat ★4.5…
├─ heist, ga…  ███████      70%  fading    ↘     5 h
└─ 香港电影    ███          30%  core      →   never  无间道 ★5
Documentary    █            10%  dormant   ↓   4.1 y
everything else 28%
`);
  });

  test("of somebody without events says so", () => {
    const empty = { ...profile, events: 0, firstSeen: null, lastSeen: null, intensity: 0.001, other: 1, interests: [] };
    expect(profileView(empty, { columns: 80, colours: false })).toBe(`\
User 15 on 2016-10-17
0 events; 0.4 events a year expected

No interests yet.
`);
  });

  test("has colours where they are asked for, and the same words", () => {
    const coloured = profileView(profile, { columns: 100, colours: true });
    expect(coloured).toContain("\u001b[35mrevived \u001b[39m");
    expect(stripVTControlCharacters(coloured).replaceAll(/ +$/gm, "")).toBe(
      profileView(profile, { columns: 100, colours: false }),
    );
  });
});

test("bars grow in eighths of a cell, and what is there shows", () => {
  expect([0, 0.001, 0.0625, 0.5, 1, 1.2].map((share) => bar(share).trimEnd())).toEqual([
    "",
    "▏",
    "▋",
    "█████",
    "██████████",
    "██████████",
  ]);
});
