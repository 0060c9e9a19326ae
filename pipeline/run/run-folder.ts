import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GauntletError } from "#core/errors";
import { type ProcessIdentity, thisProcess, writeFileAtomic } from "#core/state";
import { exitCodes, type Verdict } from "#core/verdict";

/** `run.json`: how far the run is, for those who look from outside or after a crash. */
export interface RunState {
  v: 1;
  id: string;
  profile: string;
  owner: ProcessIdentity;
  startedAt: string;
  /** Renewed every five seconds while the run lives. */
  heartbeatAt: string;
  /** `lost`: its process ended without a word. */
  state: "running" | "finished" | "failed" | "lost";
  verdict?: Verdict;
  stages: { name: string; startedAt: string; durationMs: number }[];
  durationMs?: number;
}

const heartbeatMs = 5000;

/** `.gauntlet/runs/<id>/`; DESIGN §3 lists what lies in it. */
export class RunFolder {
  readonly id: string;
  readonly path: string;
  readonly state: RunState;
  #heartbeat: NodeJS.Timeout | undefined;

  private constructor(id: string, path: string, profile: string, startedAt: string) {
    this.id = id;
    this.path = path;
    this.state = {
      v: 1,
      id,
      profile,
      owner: thisProcess(),
      startedAt,
      heartbeatAt: startedAt,
      state: "running",
      stages: [],
    };
  }

  /** Throws GauntletError (exit 6) when the folder cannot be written. */
  static async create(runsFolder: string, profile: string, startMs: number): Promise<RunFolder> {
    const id = `${timestamp(startMs)}-${randomBytes(2).toString("hex")}`;
    const path = join(runsFolder, id);
    try {
      makeFolder(join(path, "bundles"));
    } catch (error) {
      throw asRunFolderError(error, path);
    }
    const folder = new RunFolder(id, path, profile, new Date(startMs).toISOString());
    await folder.save().catch((error) => {
      throw asRunFolderError(error, path);
    });
    folder.#heartbeat = setInterval(() => void folder.save().catch(() => undefined), heartbeatMs);
    folder.#heartbeat.unref();
    return folder;
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  bundle(suite: string): string {
    return this.file("bundles", suite);
  }

  async writeJson(name: string, value: unknown): Promise<string> {
    const path = this.file(name);
    await mkdir(this.path, { recursive: true });
    await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
    return path;
  }

  async save(): Promise<void> {
    this.state.heartbeatAt = new Date().toISOString();
    await this.writeJson("run.json", this.state);
  }

  async finish(state: "finished" | "failed", verdict: Verdict | undefined): Promise<void> {
    clearInterval(this.#heartbeat);
    this.state.state = state;
    if (verdict !== undefined) this.state.verdict = verdict;
    this.state.durationMs = Date.now() - Date.parse(this.state.startedAt);
    await this.save();
  }
}

/** One by one: where none can be made, as in /proc, Node's `recursive` never ends. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** What a failed write into the run folder means for a person (exit 6); returns all other errors as they are. */
export function asRunFolderError(error: unknown, path: string): unknown {
  if (error instanceof GauntletError || !(error instanceof Error) || !("syscall" in error)) return error;
  const isFull = ["ENOSPC", "EDQUOT"].includes(String((error as NodeJS.ErrnoException).code));
  return new GauntletError(
    `cannot write the run folder ${path}: ${isFull ? "the disk is full" : error.message}`,
    {
      code: isFull ? "DISK_FULL" : "REPORT_FOLDER",
      hint: isFull
        ? "remove old runs beside it, or choose another disk with --output DIR"
        : "make it writable, or choose another with --output DIR",
      exitCode: exitCodes.reporting,
      cause: error,
    },
  );
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}
