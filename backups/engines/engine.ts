import type { Readable } from "node:stream";
import type { Target } from "#core/ports";
import type { Digest } from "../digest.ts";

export interface EngineCapabilities {
  /** Data and digest come from one instant, whatever is written meanwhile. */
  isPointInTime: boolean;
  /** A restore that fails leaves the target as it was. */
  isRestoreAtomic: boolean;
}

export interface Capture {
  /** Ends normally only when everything was captured; errors otherwise. */
  readonly stream: Readable;
  /** After the stream ended. Rejects when the capture failed. */
  readonly finished: Promise<CaptureEnd>;
}

export interface CaptureEnd {
  /** Of what is in the stream. */
  digest: Digest;
  toolVersions: Record<string, string>;
  /** The instant the data is of, milliseconds since the Unix epoch. */
  consistentAtMs: number;
}

export interface EngineIo {
  signal?: AbortSignal;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
}

/** How one kind of store is backed up. Everything acts through the target's `exec`; nothing is installed there. */
export interface BackupEngine<Source> {
  readonly name: string;
  readonly capabilities: EngineCapabilities;
  capture(source: Source, target: Target, io: EngineIo): Promise<Capture>;
  /**
   * Makes the store exactly what `stream` holds, whatever services wrote into it before: what is there now is gone
   * afterwards. Consumes the stream to its end or rejects with BackupError.
   */
  restore(source: Source, target: Target, stream: Readable, io: EngineIo): Promise<void>;
  digest(source: Source, target: Target, io: EngineIo): Promise<Digest>;
}
