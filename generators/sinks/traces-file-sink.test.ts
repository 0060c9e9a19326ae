import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generateSample } from "../sample/generate-sample.ts";
import { impatientIo } from "../testing/receiver.ts";
import { tracesFileSink } from "./traces-file-sink.ts";

const sample = generateSample({
  seed: 1,
  anchor: "2026-01-05T10:00:00Z",
  tenants: ["acme", "globex"],
  minutes: 2,
});
const spans = sample.tenants.reduce((sum, tenant) => sum + tenant.spans.length, 0);
const temporary = () => mkdtempDisposable(join(tmpdir(), "gauntlet-traces-"));

it("writes whole lines of every tenant into a folder it makes, the same bytes each time @req:C1", async () => {
  await using folder = await temporary();
  const write = async (name: string) => {
    const path = join(folder.path, name, "traces.ndjson");
    const count = await tracesFileSink({ path }).deliver(sample, impatientIo());
    expect(count).toEqual({ generated: spans, sent: spans, accepted: spans, rejected: 0 });
    return readFile(path, "utf8");
  };
  const text = await write("one");
  expect(await write("two")).toBe(text);
  expect(text.endsWith("}\n")).toBe(true);
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)).length,
  ).toBeGreaterThanOrEqual(2);
  expect(text.match(/"spanId"/g)).toHaveLength(spans);
});

it("names a place that cannot be written, with exit code 2, and leaves nothing", async () => {
  await using folder = await temporary();
  await writeFile(join(folder.path, "file"), "");
  await expect(
    tracesFileSink({ path: join(folder.path, "file", "traces.ndjson") }).deliver(sample, impatientIo()),
  ).rejects.toMatchObject({ code: "SEED_OUTPUT_UNWRITABLE", exitCode: 2 });

  await mkdir(join(folder.path, "taken.ndjson"));
  await expect(
    tracesFileSink({ path: join(folder.path, "taken.ndjson") }).deliver(sample, impatientIo()),
  ).rejects.toThrow(/taken\.ndjson cannot be written: /);
  expect((await readdir(folder.path)).sort()).toEqual(["file", "taken.ndjson"]);
});

it("leaves no half file when it is aborted", async () => {
  await using folder = await temporary();
  const io = impatientIo();
  io.controller.abort(new Error("SIGINT"));
  await expect(
    tracesFileSink({ path: join(folder.path, "traces.ndjson") }).deliver(sample, io),
  ).rejects.toThrow("SIGINT");
  expect(await readdir(folder.path)).toEqual([]);
});
