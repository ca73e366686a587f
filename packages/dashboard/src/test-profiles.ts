/** For the tests of this folder: profiles with nothing in them but what a test is about. */
import type { Profile, ProfileInterest } from "@penchant/protocol";

export function interest(id: string, strength: number, more: Partial<ProfileInterest> = {}): ProfileInterest {
  return {
    interest: { id, parent: null, level: 1, label: id.toUpperCase(), keywords: [], itemCount: 1 },
    strength,
    intensity: strength,
    shortTerm: 0,
    longTerm: strength,
    background: { base: 0, parent: 0, activity: 0 },
    trend: 0,
    phase: "core",
    confidence: 1,
    halfLifeDays: 100,
    lastSeen: 0,
    evidence: [],
    children: [],
    ...more,
  };
}

export function profile(...interests: ProfileInterest[]): Profile {
  return {
    user: "ada",
    at: 0,
    treeVersion: 1,
    events: 1,
    firstSeen: 0,
    lastSeen: 0,
    intensity: 1,
    other: 0,
    interests,
  };
}
