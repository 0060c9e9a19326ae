import { createServer } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { describeError } from "#core/errors";
import { SeedError } from "../errors.ts";
import { impatientIo, startReceiver } from "../testing/receiver.ts";
import { exchange, parseAnswer } from "./http-exchange.ts";
import { retryDelayMs } from "./retry-delay.ts";

const request = (url: string) => ({
  name: `logs sink ${url}`,
  url,
  headers: { "x-test-key": "s3cret" },
  body: "{}",
  secrets: ["s3cret", ""],
});

describe("answers that ask to come back", () => {
  it("waits as long as Retry-After says, then delivers @req:C7", async () => {
    await using receiver = await startReceiver((_, index) => {
      if (index === 0) return { status: 429, headers: { "retry-after": "2" } };
      return index === 1 ? { status: 503 } : { status: 200, body: "taken" };
    });
    const io = impatientIo();
    expect(await exchange(request(receiver.url), io)).toBe("taken");
    expect(io.slept).toEqual([2_000, 500]);
    expect(receiver.requests.map(({ body }) => String(body))).toEqual(["{}", "{}", "{}"]);
  });

  it("gives up after six attempts with what it last saw", async () => {
    await using receiver = await startReceiver(() => ({ status: 503, body: "no\nspace" }));
    const io = impatientIo();
    const error = await failureOf(exchange(request(receiver.url), io));
    expect(error).toMatchObject({ code: "SEED_SINK_BUSY", exitCode: 4 });
    expect(error.message).toMatch(/still busy after 6 attempts: status 503: no space$/);
    expect(io.slept).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  it("does not wait for an hour", async () => {
    await using receiver = await startReceiver(() => ({ status: 429, headers: { "retry-after": "3600" } }));
    const io = impatientIo();
    expect(await failureOf(exchange(request(receiver.url), io))).toMatchObject({
      code: "SEED_SINK_BUSY",
      message: expect.stringContaining("after 1 attempt: status 429"),
    });
    expect(io.slept).toEqual([]);
  });

  it("reads Retry-After as seconds or as a date", () => {
    const nowMs = Date.parse("2026-01-05T10:00:00Z");
    expect(retryDelayMs(1, "0", nowMs)).toBe(0);
    expect(retryDelayMs(1, "1.5", nowMs)).toBe(1_500);
    expect(retryDelayMs(1, "Mon, 05 Jan 2026 10:00:07 GMT", nowMs)).toBe(7_000);
    expect(retryDelayMs(1, "Mon, 05 Jan 2026 09:00:00 GMT", nowMs)).toBe(0);
    expect(retryDelayMs(3, "soon", nowMs)).toBe(1_000);
    expect(retryDelayMs(1, null, nowMs)).toBe(250);
  });
});

describe("answers that end it", () => {
  it.each([401, 403])(
    "names wrong credentials on %i, with exit code 2 and without the secret",
    async (status) => {
      await using receiver = await startReceiver(() => ({ status, body: "key s3cret is not it" }));
      const error = await failureOf(exchange(request(receiver.url), impatientIo()));
      expect(error).toMatchObject({
        code: "SEED_UNAUTHORIZED",
        exitCode: 2,
        hint: expect.stringContaining("secret"),
      });
      expect(error.message).toContain(`answered ${status}: key [secret] is not it`);
      expect(receiver.requests).toHaveLength(1);
    },
  );

  it("quotes the start of any other refusal once, with exit code 4", async () => {
    await using receiver = await startReceiver(() => ({ status: 404, body: "x".repeat(5_000) }));
    const error = await failureOf(exchange(request(receiver.url), impatientIo()));
    expect(error).toMatchObject({ code: "SEED_REFUSED", exitCode: 4 });
    expect(error.message.length).toBeLessThan(400);
  });

  it("does not carry credentials along a redirect", async () => {
    await using elsewhere = await startReceiver(() => ({ status: 200 }));
    await using receiver = await startReceiver(() => ({ status: 307, headers: { location: elsewhere.url } }));
    expect(await failureOf(exchange(request(receiver.url), impatientIo()))).toMatchObject({
      code: "SEED_REFUSED",
    });
    expect(elsewhere.requests).toEqual([]);
  });

  it("names an answer that is not JSON", () => {
    expect(() => parseAnswer({ name: "login" }, "<html>")).toThrow(
      expect.objectContaining({
        code: "SEED_UNEXPECTED_ANSWER",
        message: "the answer of login is not JSON: <html>",
      }),
    );
  });
});

describe("connections that fail", () => {
  it("names a receiver that is not there, with exit code 4 and a hint", async () => {
    const url = await closedPort();
    const error = await failureOf(exchange(request(url), impatientIo()));
    expect(error).toMatchObject({ code: "SEED_SINK_UNREACHABLE", exitCode: 4 });
    expect(error.message).toContain(`logs sink ${url} cannot be reached: `);
    expect(error.message).toContain("ECONNREFUSED");
    expect(describeError(error).hint).toContain("gauntlet env ls");
  });

  it("does not repeat a request whose answer was lost, since it may have been taken", async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.once("data", () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const error = await failureOf(exchange(request(url), impatientIo()));
    server.close();
    expect(error).toMatchObject({ code: "SEED_SINK_UNREACHABLE", exitCode: 4 });
    expect(connections).toBe(1);
  });

  it("names a receiver that does not answer in time", async () => {
    const timeout = vi
      .spyOn(AbortSignal, "timeout")
      .mockImplementation(() => AbortSignal.abort(new DOMException("too slow", "TimeoutError")));
    const error = await failureOf(exchange(request("http://127.0.0.1:9"), impatientIo()));
    timeout.mockRestore();
    expect(error).toMatchObject({ code: "SEED_SINK_TIMEOUT", exitCode: 4 });
    expect(error.message).toContain("did not answer within 30 s");
  });

  it("ends with the caller's reason when aborted midway", async () => {
    const io = impatientIo();
    await using receiver = await startReceiver(() => {
      io.controller.abort(new Error("SIGINT"));
      return { status: 200 };
    });
    await expect(exchange(request(receiver.url), io)).rejects.toThrow("SIGINT");
  });
});

async function failureOf(work: Promise<unknown>): Promise<SeedError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SeedError);
  return error as SeedError;
}

async function closedPort(): Promise<string> {
  await using receiver = await startReceiver(() => ({ status: 200 }));
  return receiver.url;
}
