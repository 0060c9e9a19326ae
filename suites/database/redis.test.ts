import { Redis } from "ioredis";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { system, uniqueWord } from "../support/observastack.ts";

describe("Redis @req:B2", () => {
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis({ ...system.endpoint("redis"), password: system.secret("redis_password") });
  });
  afterAll(() => redis.quit());

  it("creates, reads, changes, expires and deletes a key", async () => {
    const key = uniqueWord("key:");
    await redis.set(key, "1");
    expect(await redis.incr(key)).toBe(2);
    await redis.pexpire(key, 1500);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
    await expect.poll(() => redis.exists(key), { timeout: 5000 }).toBe(0);
  });

  it("counts 2000 increments of 20 clients without losing one", async () => {
    const key = uniqueWord("key:");
    const clients = Array.from({ length: 20 }, () => redis.duplicate());
    await Promise.all(
      clients.map((client) => Promise.all(Array.from({ length: 100 }, () => client.incr(key)))),
    );
    expect(await redis.get(key)).toBe("2000");
    await redis.del(key);
    await Promise.all(clients.map((client) => client.quit()));
  });

  it("lets nobody in without the password", async () => {
    const stranger = new Redis({ ...system.endpoint("redis"), lazyConnect: true, retryStrategy: () => null });
    stranger.on("error", () => {});
    await expect(stranger.connect().then(() => stranger.get("x"))).rejects.toThrow(/NOAUTH|closed/);
    stranger.disconnect();
  });
});

/** A server of its own: what happens to it must not happen to the one every suite uses. */
describe("Redis by itself @req:B2", () => {
  let container: StartedTestContainer;
  beforeAll(async () => {
    container = await new GenericContainer(system.environment.services["redis"]?.image as string)
      .withEntrypoint(["redis-server"])
      .withCommand([
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--dir",
        "/tmp",
        "--save",
        "",
        "--protected-mode",
        "no",
      ])
      .withLabels({ "dev.gauntlet.environment": system.environment.id })
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
      .start();
  });
  afterAll(() => container?.stop({ timeout: 0 }));

  // Asked inside the container: a restart may give it another port outside.
  const ask = async (...command: string[]) => (await container.exec(["redis-cli", ...command])).output.trim();

  it("keeps an acknowledged write across a crash", async () => {
    expect(await ask("set", "acknowledged", "yes")).toBe("OK");
    await container.restart({ timeout: 0 });
    await expect.poll(() => ask("get", "acknowledged"), { timeout: 20_000 }).toBe("yes");
  });
});
