import { createHash, randomBytes } from "node:crypto";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "vitest";
import { login, type Session, system, upload } from "../support/observastack.ts";

interface StoredFile {
  id: string;
  bucket: string;
  key: string;
  sha256: string;
  size: number;
}

const storage = new S3Client({
  endpoint: system.url("objects"),
  region: "us-east-1",
  forcePathStyle: true,
  credentials: {
    accessKeyId: system.secret("s3_access_key"),
    secretAccessKey: system.secret("s3_secret_key"),
  },
});

const hasObject = (file: StoredFile) =>
  storage.send(new HeadObjectCommand({ Bucket: file.bucket, Key: file.key })).then(
    () => true,
    () => false,
  );

let editor: Session;
beforeAll(async () => {
  editor = await login("editor");
});

describe("from upload to storage @req:B3 @req:G8", () => {
  it("keeps the very bytes in the object store, under the key it tells", async () => {
    const bytes = randomBytes(100_000);
    const file = (await (
      await upload(editor, "bytes.bin", bytes, "application/octet-stream")
    ).json()) as StoredFile;
    const object = await storage.send(new GetObjectCommand({ Bucket: file.bucket, Key: file.key }));
    const stored = await object.Body?.transformToByteArray();
    expect(
      createHash("sha256")
        .update(stored as Uint8Array)
        .digest("hex"),
    ).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(file.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("removes the object with the file", async () => {
    const file = (await (await upload(editor, "short-lived.txt", "x")).json()) as StoredFile;
    expect(await hasObject(file)).toBe(true);
    expect((await editor.call(`/api/files/${file.id}`, { method: "DELETE" })).status).toBe(204);
    expect(await hasObject(file)).toBe(false);
  });

  it("leaves nothing in the bucket when an upload is refused", async () => {
    const viewer = await login("viewer");
    const before = await objectCount();
    await upload(viewer, "refused.txt", "x");
    expect(await objectCount()).toBe(before);
  });

  it("shows the bucket to nobody without a signature", async () => {
    const answer = await fetch(system.url("objects", "/uploads?list-type=2"));
    expect(answer.status).toBe(403);
  });
});

async function objectCount(): Promise<number> {
  const { KeyCount } = await storage.send(new ListObjectsV2Command({ Bucket: "uploads" }));
  return KeyCount ?? 0;
}
