import { beforeAll, describe, expect, it } from "vitest";
import {
  groundTruth,
  ingest,
  login,
  logRecord,
  type Session,
  search,
  system,
  tenants,
  uniqueWord,
  upload,
} from "../support/observastack.ts";
import { tokenLike } from "../support/tokens.ts";

let ours: Session;
let theirs: Session;
beforeAll(async () => {
  ours = await login("admin", tenants.ours);
  theirs = await login("admin", tenants.theirs);
});

describe("tenant isolation @req:B7", () => {
  it("keeps logs from other tenants, whatever is searched", async () => {
    const word = uniqueWord("canary");
    await ingest(ours, [logRecord({ message: word, attributes: { secret: word } })]);
    expect((await search(ours, { query: word })).total).toBe(1);
    for (const query of [word, `${word.slice(0, 12)}*`, "*", `tenant:${tenants.ours}`, `message:${word}`]) {
      const page = await search(theirs, { query, limit: "200" });
      expect(JSON.stringify(page.items)).not.toContain(word);
    }
  });

  it("shows no seeded canary of one tenant to the other", async () => {
    const truth = await groundTruth();
    const canary = truth.tenants[tenants.ours]?.canary ?? "";
    expect(canary).toBeTruthy();
    expect((await search(ours, { query: canary })).total).toBeGreaterThan(0);
    expect((await search(theirs, { query: canary })).total).toBe(0);
  });

  it("ignores a tenant that a request claims for itself", async () => {
    const word = uniqueWord("claimed");
    const answer = await theirs.call("/api/logs?wait=true", {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant": tenants.ours, "x-tenant-id": tenants.ours },
      body: JSON.stringify({ records: [logRecord({ message: word, attributes: { tenant: tenants.ours } })] }),
    });
    expect(answer.status).toBe(202);
    expect((await search(ours, { query: word })).total).toBe(0);
    expect((await search(theirs, { query: word })).total).toBe(1);
  });

  it("does not accept a page cursor of another tenant as a way in", async () => {
    const word = uniqueWord("cursor");
    await ingest(
      ours,
      Array.from({ length: 3 }, (_, n) => logRecord({ message: `${word} ${n}` })),
    );
    const { nextCursor } = await search(ours, { query: word, limit: "1" });
    const answer = await theirs.call(
      `/api/logs?${new URLSearchParams({ query: word, cursor: nextCursor as string })}`,
    );
    expect(await answer.text()).not.toContain(word);
  });

  it("answers 404, not 403, to a file of another tenant: its existence is no one's business", async () => {
    const file = (await (await upload(ours, "private.txt", "x")).json()) as { id: string };
    expect((await theirs.call(`/api/files/${file.id}`)).status).toBe(404);
  });

  it("refuses a token whose tenant does not exist", async () => {
    const forged = tokenLike(ours.token, { tenant: "../acme" });
    const answer = await fetch(system.url("edge", "/api/logs"), {
      headers: { authorization: `Bearer ${forged}` },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});
