import { describe, expect, test } from "vitest";
import { assertLocal, isLoopback } from "./guard.ts";

const refused = (host: string | undefined, origin?: string) => {
  try {
    assertLocal(host, origin);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "answered";
};

describe("a server without keys", () => {
  test.each(["127.0.0.1:4600", "localhost:4600", "LOCALHOST", "[::1]:4600", "127.0.0.2"])("answers on %s", (host) => {
    expect(refused(host)).toBe("answered");
  });

  test.each([
    undefined,
    "",
    "example.com",
    "example.com:4600",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "192.168.1.2:4600",
    "0.0.0.0:4600",
    "evil@localhost",
    "localhost/evil",
    "localhost:99999",
    "[::2]",
  ])("refuses the host %s", (host) => {
    expect(refused(host)).toBe("PENCHANT_E_FORBIDDEN_HOST");
  });

  test.each(["http://localhost:4600", "http://127.0.0.1:4600", "http://[::1]:4600"])(
    "answers its own page at %s",
    (origin) => {
      expect(refused("localhost:4600", origin)).toBe("answered");
    },
  );

  test.each(["http://example.com:4600", "http://localhost:3000", "http://localhost", "null", "", "file://"])(
    "refuses the origin %s",
    (origin) => {
      expect(refused("localhost:4600", origin)).toBe("PENCHANT_E_FORBIDDEN_HOST");
    },
  );

  test("takes only loopback addresses for its own", () => {
    expect(["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"].map(isLoopback)).toEqual(Array(5).fill(true));
    expect(["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "127.0.0.1.nip.io", ""].map(isLoopback)).toEqual(
      Array(6).fill(false),
    );
  });
});
