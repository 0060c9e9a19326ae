import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { system, uniqueWord } from "../support/observastack.ts";

const index = `probe-${uniqueWord("")}`;

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, never> & { hits?: { total: { value: number } } } }> {
  const answer = await fetch(system.url("logs", path), {
    method,
    headers: { "content-type": typeof body === "string" ? "application/x-ndjson" : "application/json" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as never };
}

describe("OpenSearch @req:B2 @req:G5", () => {
  beforeAll(() =>
    call("PUT", `/${index}`, {
      mappings: { dynamic: "strict", properties: { message: { type: "text" }, level: { type: "keyword" } } },
    }),
  );
  afterAll(() => call("DELETE", `/${index}`));

  it("creates, reads, changes and deletes a document", async () => {
    expect((await call("PUT", `/${index}/_doc/1?refresh=true`, { message: "first words" })).status).toBe(201);
    await call("POST", `/${index}/_update/1?refresh=true`, { doc: { message: "second words" } });
    expect((await call("GET", `/${index}/_doc/1`)).body["_source"]).toEqual({ message: "second words" });
    expect((await call("DELETE", `/${index}/_doc/1?refresh=true`)).status).toBe(200);
    expect((await call("GET", `/${index}/_doc/1`)).status).toBe(404);
  });

  it("refuses a document that does not fit its mapping", async () => {
    expect((await call("PUT", `/${index}/_doc/2`, { surprise: 1 })).status).toBe(400);
  });

  it("takes 5000 documents in bulk and counts each exactly once", async () => {
    const lines = Array.from(
      { length: 5000 },
      (_, n) => `{"index":{"_id":"bulk-${n}"}}\n{"message":"bulk number ${n}","level":"info"}\n`,
    );
    const answer = await call("POST", `/${index}/_bulk?refresh=true`, lines.join(""));
    expect(answer.body["errors"]).toBe(false);
    const found = await call("POST", `/${index}/_search`, {
      query: { term: { level: "info" } },
      track_total_hits: true,
      size: 0,
    });
    expect(found.body.hits?.total.value).toBe(5000);
  });

  it("answers 50 searches at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        call("POST", `/${index}/_search`, { query: { match: { message: `number ${n}` } } }),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});
