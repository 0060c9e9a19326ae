import { uncompress } from "snappyjs";
import { expect, it } from "vitest";
import { generateSample } from "../sample/generate-sample.ts";
import { impatientIo, startReceiver } from "../testing/receiver.ts";
import { remoteWriteSink } from "./remote-write-sink.ts";

const sample = generateSample({ seed: 1, anchor: "2026-01-05T10:00:00Z", tenants: ["acme"], minutes: 5 });

it("sends compressed batches with the headers of remote write 1.0 @req:C7", async () => {
  await using receiver = await startReceiver(() => ({ status: 204 }));
  const count = await remoteWriteSink({ url: `${receiver.url}/api/v1/write`, maxSamples: 500 }).deliver(
    sample,
    impatientIo(),
  );
  expect(count.accepted).toBe(count.sent);
  expect(count.sent).toBeGreaterThan(5_000);
  expect(receiver.requests.length).toBeGreaterThan(10);
  for (const { path, headers, body } of receiver.requests) {
    expect(path).toBe("/api/v1/write");
    expect(headers).toMatchObject({
      "content-encoding": "snappy",
      "content-type": "application/x-protobuf",
      "x-prometheus-remote-write-version": "0.1.0",
    });
    expect(uncompress(body).length).toBeGreaterThan(body.length);
  }
});

it.each<[string, string, string]>([
  ["samples that are too old", "out of bounds", "SEED_TOO_OLD"],
  ["samples in the wrong order", "out of order sample", "SEED_TOO_OLD"],
  ["a body it cannot read", "snappy: corrupt input", "SEED_REFUSED"],
])("names %s", async (_, body, code) => {
  await using receiver = await startReceiver(() => ({ status: 400, body }));
  await expect(remoteWriteSink({ url: receiver.url }).deliver(sample, impatientIo())).rejects.toMatchObject({
    code,
    exitCode: 4,
    message: expect.stringContaining(`answered 400: ${body}`),
  });
});
