import { describe, expect, test } from "vitest";
import { isAtLeast, upstreamVersion, versionIn } from "./versions.ts";

describe("versions", () => {
  test.each([
    ["2.26.1-4", "2.26.1"],
    ["github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3", "0.13.1"],
    ["k6 v1.8.1 (go1.25, linux/amd64)", "1.8.1"],
    ["Chromium 156.0.8078.79 built on Debian GNU/Linux 12", "156.0.8078.79"],
  ])("the version in %j is %s", (text, version) => {
    expect(versionIn(text)).toBe(version);
  });

  test("text without a dotted number has no version", () => {
    expect(versionIn("docker: 'compose' is not a docker command, 7 others are")).toBeUndefined();
  });

  test.each([
    ["2.24.4", "2.24.4", true],
    ["2.24.3", "2.24.4", false],
    ["2.24", "2.24.0", true],
    ["2", "2.0.1", false],
    ["2.x", "2.0", true],
    ["2.100.0", "2.24.4", true],
    ["1.99.99", "2.0", false],
  ])("%s is at least %s: %s", (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });

  test("a Debian version loses epoch and revision; none is none", () => {
    expect(upstreamVersion("1:2.24.6+ds1-0ubuntu1~22.04.1")).toBe("2.24.6");
    expect(upstreamVersion("(none)")).toBeUndefined();
  });
});
