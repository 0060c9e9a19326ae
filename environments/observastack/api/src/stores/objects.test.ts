import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { startServer, testConfig } from "../testing.ts";
import { type ObjectStore, openObjects, type StoredBytes } from "./objects.ts";

const bytes = Buffer.from("some bytes");
let bytesOnDisk: StoredBytes;

beforeEach(() => {
  const path = join(mkdtempSync(join(tmpdir(), "objects-")), "bytes");
  writeFileSync(path, bytes);
  bytesOnDisk = { path, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
});
afterEach(() => rmSync(join(bytesOnDisk.path, ".."), { recursive: true }));

const open = (url: string): ObjectStore =>
  openObjects(testConfig({ S3_ENDPOINT: url }), createMetrics(), createLog("silent"));

test("@req:G8 a put that fails twice is sent a third time, whole and with its checksum", async () => {
  const puts: { size: number; checksum: unknown }[] = [];
  await using server = await startServer(async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += (chunk as Buffer).length;
    if (request.method === "PUT") puts.push({ size, checksum: request.headers["x-amz-checksum-sha256"] });
    response.statusCode = request.method === "PUT" && puts.length < 3 ? 500 : 200;
    response.end();
  });
  await open(server.url).put(`acme/${randomUUID()}`, bytesOnDisk, "text/plain");
  const checksum = createHash("sha256").update(bytes).digest("base64");
  expect(puts).toEqual(Array(3).fill({ size: bytes.length, checksum }));
});

test("@req:G8 storage that keeps failing, or that is not there at all, is a 503 problem", async () => {
  await using server = await startServer((request, response) => {
    response.statusCode = request.method === "HEAD" ? 200 : 500;
    request.resume().on("end", () => response.end());
  });
  const unavailable = expect.objectContaining({ status: 503, slug: "store-unavailable" });
  await expect(open(server.url).put("acme/a", bytesOnDisk, "text/plain")).rejects.toEqual(unavailable);
  await expect(open("http://127.0.0.1:1").put("acme/a", bytesOnDisk, "text/plain")).rejects.toEqual(
    unavailable,
  );
});

test("@req:G8 the bucket is made where there is none", async () => {
  const seen: string[] = [];
  await using server = await startServer((request, response) => {
    seen.push(`${request.method} ${request.url?.split("?")[0]}`);
    response.statusCode = request.method === "HEAD" ? 404 : 200;
    request.resume().on("end", () => response.end());
  });
  await open(server.url).prepare();
  expect(seen).toEqual(["HEAD /uploads/", "PUT /uploads/"]);
});

test("an object that is missing is undefined to get and no error to remove", async () => {
  await using server = await startServer((request, response) => {
    response.statusCode = 404;
    request.resume().on("end", () => response.end());
  });
  const objects = open(server.url);
  await expect(objects.get("acme/a")).resolves.toBeUndefined();
  await expect(objects.remove("acme/a")).resolves.toBeUndefined();
});
