import type { Readable } from "node:stream";

export interface StoredObject {
  sizeBytes: number;
  /** Of the stored bytes, hexadecimal. */
  sha256: string;
}

/** Where recovery points live. Names are `<recovery point>/<object>`. Whole objects only: a write is all or nothing. */
export interface Repository {
  /** Random, made with the repository; bound into every object. */
  readonly id: string;
  /** Replaces nothing: rejects when the object exists. On failure or abort nothing is stored. */
  write(name: string, content: Readable, signal?: AbortSignal): Promise<StoredObject>;
  /** Throws BackupError when there is no such object. */
  read(name: string): Promise<Readable>;
  /** Names of all objects, sorted. */
  list(): Promise<string[]>;
  /** Removes a recovery point with all its objects. Idempotent. */
  remove(recoveryPoint: string): Promise<void>;
}
