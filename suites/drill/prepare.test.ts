import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { login, upload } from "../support/observastack.ts";

it("puts files of several sizes and types into the system that is backed up @req:E5", async () => {
  const editor = await login("editor");
  const files: [string, number, string][] = [
    ["report.txt", 2_000, "text/plain"],
    ["picture.png", 150_000, "image/png"],
    ["archive.bin", 3_000_000, "application/octet-stream"],
  ];
  for (const [name, size, type] of files) {
    expect((await upload(editor, name, randomBytes(size), type)).status).toBe(201);
  }
});
