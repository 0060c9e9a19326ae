import { beforeAll, describe, expect, it } from "vitest";
import { login, type Session, search } from "../support/observastack.ts";

/** Runs against the restored environment: people can log in, and what they had is there and whole. */
let session: Session;
beforeAll(async () => {
  session = await login("editor");
});

describe("a restored system serves @req:E9", () => {
  it("knows its people and their roles", async () => {
    const me = (await (await session.call("/api/auth/me")).json()) as { roles: string[] };
    expect(me.roles).toContain("editor");
  });

  it("gives back every file it lists, byte for byte", async () => {
    const { items } = (await (await session.call("/api/files?limit=50&offset=0")).json()) as {
      items: { id: string; sha256: string }[];
    };
    expect(items.length).toBeGreaterThan(0);
    for (const file of items) {
      const answer = await session.call(`/api/files/${file.id}`);
      expect(answer.status).toBe(200);
      const digest = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
      expect(Buffer.from(digest).toString("hex")).toBe(file.sha256);
    }
  });

  it("answers a search", async () => {
    expect((await search(session, { query: "anything" })).total).toBeGreaterThanOrEqual(0);
  });
});
