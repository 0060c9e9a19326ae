import { beforeAll, describe, expect, it } from "vitest";
import { login, type Session, tenants, uniqueWord, upload } from "../support/observastack.ts";

interface StoredFile {
  id: string;
  originalName: string;
  mimeType: string;
  size: number;
  bucket: string;
  key: string;
}

let editor: Session;
beforeAll(async () => {
  editor = await login("editor");
});

describe("files @req:B1 @req:G8", () => {
  it("gives back what was uploaded, with its type and name", async () => {
    const content = `content of ${uniqueWord()}`;
    const uploaded = await upload(editor, "grüße report.txt", content);
    expect(uploaded.status).toBe(201);
    const file = (await uploaded.json()) as StoredFile;
    expect(file).toMatchObject({ mimeType: "text/plain", size: content.length, bucket: "uploads" });
    const download = await editor.call(`/api/files/${file.id}`);
    expect(download.status).toBe(200);
    expect(download.headers.get("content-type")).toContain("text/plain");
    expect(download.headers.get("content-disposition")).toContain("report.txt");
    expect(await download.text()).toBe(content);
  });

  it("lists by limit and offset with the total", async () => {
    for (let n = 0; n < 3; n++) await upload(editor, `${uniqueWord()}.txt`, "x");
    const page = (await (await editor.call("/api/files?limit=2&offset=0")).json()) as {
      total: number;
      items: StoredFile[];
    };
    expect(page.items).toHaveLength(2);
    expect(page.total).toBeGreaterThanOrEqual(3);
    const next = (await (await editor.call("/api/files?limit=2&offset=2")).json()) as { items: StoredFile[] };
    const ids = new Set(page.items.map((file) => file.id));
    expect(next.items.every((file) => !ids.has(file.id))).toBe(true);
  });

  it("is gone after DELETE, for good", async () => {
    const file = (await (await upload(editor, "gone.txt", "x")).json()) as StoredFile;
    expect((await editor.call(`/api/files/${file.id}`, { method: "DELETE" })).status).toBe(204);
    expect((await editor.call(`/api/files/${file.id}`)).status).toBe(404);
    expect((await editor.call(`/api/files/${file.id}`, { method: "DELETE" })).status).toBe(404);
  });

  it("takes 50 MB and answers 413 to one byte more", async () => {
    const limit = 50 * 1024 * 1024;
    const kept = await upload(editor, "limit.bin", new Uint8Array(limit), "application/octet-stream");
    expect(kept.status).toBe(201);
    const file = (await kept.json()) as StoredFile;
    await editor.call(`/api/files/${file.id}`, { method: "DELETE" });
    const refused = await upload(editor, "over.bin", new Uint8Array(limit + 1), "application/octet-stream");
    expect(refused.status).toBe(413);
  });

  it("refuses a viewer's upload, a request without a file, and an id that is none", async () => {
    const viewer = await login("viewer");
    expect((await upload(viewer, "x.txt", "x")).status).toBe(403);
    expect((await editor.call("/api/files/upload", { method: "POST", body: new FormData() })).status).toBe(
      400,
    );
    expect([400, 404]).toContain((await editor.call("/api/files/not-an-id")).status);
  });

  it("does not exist for another tenant", async () => {
    const file = (await (await upload(editor, "ours.txt", "ours")).json()) as StoredFile;
    const stranger = await login("admin", tenants.theirs);
    expect((await stranger.call(`/api/files/${file.id}`)).status).toBe(404);
    expect((await stranger.call(`/api/files/${file.id}`, { method: "DELETE" })).status).toBe(404);
    expect((await editor.call(`/api/files/${file.id}`)).status).toBe(200);
  });
});
