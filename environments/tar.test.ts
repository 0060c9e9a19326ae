import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { tarOf } from "./tar.ts";

it("writes archives that tar reads: names, contents, permissions and owners", () => {
  const archive = tarOf([
    { path: "/run/secrets/a", content: Buffer.from("secret\n"), mode: 0o440, uid: 7, gid: 8 },
    { path: "/etc/b", content: Buffer.alloc(512, "b"), mode: 0o444, uid: 0, gid: 0 },
  ]);
  const listed = execFileSync("tar", ["--numeric-owner", "-tvf", "-"], { input: archive, encoding: "utf8" });
  expect(listed).toMatch(/^-r--r----- 7\/8 +7 .* run\/secrets\/a$/m);
  expect(listed).toMatch(/^-r--r--r-- 0\/0 +512 .* etc\/b$/m);
  expect(execFileSync("tar", ["-xOf", "-", "run/secrets/a"], { input: archive, encoding: "utf8" })).toBe(
    "secret\n",
  );
});

it("refuses a path that would be cut short", () => {
  const file = { path: `/${"x".repeat(101)}`, content: Buffer.from(""), mode: 0o444, uid: 0, gid: 0 };
  expect(() => tarOf([file])).toThrow("path too long");
});
