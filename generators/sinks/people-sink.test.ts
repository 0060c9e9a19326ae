import { expect, it } from "vitest";
import { generateSample } from "../sample/generate-sample.ts";
import { type Answer, impatientIo, startReceiver } from "../testing/receiver.ts";
import { peopleSink } from "./people-sink.ts";

const sample = generateSample({
  seed: 1,
  anchor: "2026-01-05T10:00:00Z",
  tenants: ["acme", "globex"],
  minutes: 1,
});

async function deliverTo(answer: Answer) {
  const receiver = await startReceiver(() => answer);
  const sink = peopleSink({
    url: `${receiver.url}/api/test/seed`,
    keyHeader: "x-test-key",
    key: "k",
    password: "p",
  });
  return { receiver, work: sink.deliver(sample, impatientIo()) };
}

it("posts every tenant and person once, with the key in its header", async () => {
  const { receiver, work } = await deliverTo({
    status: 200,
    body: { tenants: { created: 2, updated: 0 }, users: { created: 5, updated: 3 } },
  });
  await using _ = receiver;
  expect(await work).toEqual({ generated: 8, sent: 8, accepted: 8, rejected: 0 });
  expect(receiver.requests).toHaveLength(1);
  const [request] = receiver.requests;
  expect(request?.path).toBe("/api/test/seed");
  expect(request?.headers["x-test-key"]).toBe("k");
  const body = JSON.parse(String(request?.body));
  expect(body.tenants.map((tenant: { slug: string }) => tenant.slug)).toEqual(["acme", "globex"]);
  expect(body.users[1]).toEqual({ ...sample.tenants[0]?.people[1], password: "p" });
});

it("counts who was not taken", async () => {
  const { receiver, work } = await deliverTo({ status: 200, body: { tenants: 2, users: 7 } });
  await using _ = receiver;
  expect(await work).toMatchObject({ accepted: 7, rejected: 1 });
});

it.each<[string, unknown, RegExp]>([
  ["counts nothing", { ok: true }, /does not count tenants and users/],
  ["misses a tenant", { tenants: 1, users: 8 }, /counts 1 tenants, 2 were sent/],
  ["is no JSON", "welcome", /is not JSON: welcome/],
])("refuses an answer that %s", async (_, body, message) => {
  const { receiver, work } = await deliverTo({ status: 200, body });
  await using _receiver = receiver;
  await expect(work).rejects.toMatchObject({
    code: "SEED_UNEXPECTED_ANSWER",
    message: expect.stringMatching(message),
  });
});
