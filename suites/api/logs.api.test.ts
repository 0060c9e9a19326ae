import pactum from "pactum";
import { beforeAll, describe, expect, it } from "vitest";
import {
  ingest,
  login,
  logRecord,
  type Session,
  search,
  system,
  uniqueWord,
} from "../support/observastack.ts";

let editor: Session;
let viewer: Session;
beforeAll(async () => {
  editor = await login("editor");
  viewer = await login("viewer");
});

describe("log search @req:B1 @req:G5", () => {
  it("finds what was ingested, with every field", async () => {
    const word = uniqueWord();
    await ingest(editor, [
      logRecord({
        message: `payment of ${word} refused`,
        level: "warn",
        service: "payment",
        trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
      }),
    ]);
    const page = await search(viewer, { query: word });
    expect(page.total).toBe(1);
    expect(page.items[0]).toMatchObject({
      service: "payment",
      level: "warn",
      message: `payment of ${word} refused`,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    });
  });

  it("narrows by level and by service", async () => {
    const word = uniqueWord();
    await ingest(editor, [
      logRecord({ message: word, level: "info", service: "cart" }),
      logRecord({ message: word, level: "error", service: "cart" }),
      logRecord({ message: word, level: "error", service: "payment" }),
    ]);
    expect((await search(viewer, { query: word })).total).toBe(3);
    expect((await search(viewer, { query: word, level: "error" })).total).toBe(2);
    expect((await search(viewer, { query: word, level: "error", service: "cart" })).total).toBe(1);
  });

  it("pages through all of it, each record once", async () => {
    const word = uniqueWord();
    await ingest(
      editor,
      Array.from({ length: 25 }, (_, n) => logRecord({ message: `${word} number ${n}` })),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof search>> = await search(viewer, {
        query: word,
        limit: "10",
        ...(cursor ? { cursor } : {}),
      });
      expect(page.total).toBe(25);
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });

  it("keeps to the time range", async () => {
    const word = uniqueWord();
    await ingest(editor, [
      logRecord({ message: word, timestamp: "2026-01-01T00:00:00.000Z" }),
      logRecord({ message: word, timestamp: "2026-01-02T00:00:00.000Z" }),
    ]);
    const page = await search(viewer, {
      query: word,
      from: "2026-01-01T12:00:00.000Z",
      to: "2026-01-02T12:00:00.000Z",
    });
    expect(page.items.map((item) => item.timestamp)).toEqual(["2026-01-02T00:00:00.000Z"]);
  });

  it("finds the seeded sample @req:C6", async () => {
    expect((await search(viewer, { limit: "1" })).total).toBeGreaterThan(100);
  });

  it.each([
    ["limit of zero", "limit=0"],
    ["limit past the maximum", "limit=201"],
    ["unknown level", "level=loud"],
    ["forged cursor", "cursor=forged"],
    ["time that is none", "from=yesterday"],
  ])("answers 400 with a problem for a %s", async (_, parameters) => {
    await pactum
      .spec()
      .get(system.url("edge", `/api/logs?${parameters}`))
      .withBearerToken(viewer.token)
      .expectStatus(400)
      .expectHeaderContains("content-type", "application/problem+json")
      .expectJsonLike({ status: 400 });
  });
});

describe("log ingest @req:B1", () => {
  it("takes the good records of a batch and names the bad ones", async () => {
    const word = uniqueWord();
    const answer = await editor.call("/api/logs?wait=true", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ records: [logRecord({ message: word })] }),
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it("refuses an empty batch, one of 1001 records, and one without records", async () => {
    for (const body of [{ records: [] }, { records: Array(1001).fill(logRecord({ message: "x" })) }, {}]) {
      const answer = await editor.call("/api/logs", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(400);
    }
  });

  it("refuses a viewer with 403", async () => {
    const answer = await viewer.call("/api/logs", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ records: [logRecord({ message: "x" })] }),
    });
    expect(answer.status).toBe(403);
  });
});
