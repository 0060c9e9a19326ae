import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { unavailable } from "../problems.ts";
import { withRetries } from "../retry.ts";

/** Bytes on disk, measured: what it takes to send them again and to have the other side check them. */
export interface StoredBytes {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Bytes by key. Every method repeats what fails in passing and then throws a 503 problem. */
export interface ObjectStore {
  readonly bucket: string;
  put(key: string, bytes: StoredBytes, mimeType: string): Promise<void>;
  /** Undefined where there is no such object. */
  get(key: string): Promise<Readable | undefined>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  keys(): AsyncIterable<string>;
  /** Makes the bucket where there is none. Called by `put` when nobody did. */
  prepare(): Promise<void>;
  ping(): Promise<void>;
  close(): void;
}

/** 50 MB to a disk that others write to as well. */
const putTimeoutMs = 20_000;

export function openObjects(config: Config, metrics: Metrics, log: Log): ObjectStore {
  const bucket = config.S3_BUCKET;
  const client = new S3Client({
    endpoint: config.S3_ENDPOINT,
    region: config.S3_REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: config.secrets.s3_access_key, secretAccessKey: config.secrets.s3_secret_key },
    // Otherwise it warns on the console, in a shape that is not ours, of what we report anyway.
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    // Retries are ours: the SDK cannot open a file stream anew.
    maxAttempts: 1,
    // We send and check sha256 ourselves; the SDK's default would add trailers to streamed bodies.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  let prepared: Promise<void> | undefined;

  async function call<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const onRetry = (error: unknown, attempt: number) => {
      metrics.storeRetries.inc({ store: "objects" });
      log.warn(
        { store: "objects", operation, attempt, error: String(error) },
        "object storage failed; trying again",
      );
    };
    try {
      return await withRetries({ attempts: 3, backoffMs: 100, isWorthRetrying: isPassing, onRetry }, work);
    } catch (error) {
      if (isMissing(error)) throw error;
      throw unavailable("objects", error);
    }
  }

  function prepare(): Promise<void> {
    prepared ??= call("prepare", async () => {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket }));
      } catch (error) {
        if (!isMissing(error)) throw error;
        await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(ignoreExistingBucket);
      }
    });
    // A failure is not remembered: the next caller tries again.
    prepared.catch(() => {
      prepared = undefined;
    });
    return prepared;
  }

  return {
    bucket,
    prepare,
    async put(key, { path, size, sha256 }, mimeType) {
      await prepare();
      const checksum = Buffer.from(sha256, "hex").toString("base64");
      await call("put", () =>
        client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: createReadStream(path),
            ContentLength: size,
            ContentType: mimeType,
            ChecksumSHA256: checksum,
          }),
          { requestTimeout: putTimeoutMs },
        ),
      );
    },
    async get(key) {
      try {
        const { Body } = await call("get", () =>
          client.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
        );
        return Body as Readable | undefined;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async remove(key) {
      try {
        await call("remove", () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
    async *keys() {
      let token: string | undefined;
      do {
        const page = await call("list", () =>
          client.send(
            new ListObjectsV2Command({ Bucket: bucket, ...(token && { ContinuationToken: token }) }),
          ),
        );
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
    ping: async () => void (await call("ping", () => client.send(new HeadBucketCommand({ Bucket: bucket })))),
    close: () => client.destroy(),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
}

function ignoreExistingBucket(error: unknown): void {
  // Another replica was faster.
  if (!(error instanceof S3ServiceException && error.name.startsWith("BucketAlready"))) throw error;
}

/**
 * Refusals (4xx) stay refusals however often one asks, save "slow down"; after a timeout the caller has waited long
 * enough. Everything else may pass.
 */
function isPassing(error: unknown): boolean {
  // By its message: the SDK gives broken connections the name TimeoutError, too.
  if (error instanceof Error && /requestTimeout/.test(error.message)) return false;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === undefined || status >= 500 || status === 429;
}
