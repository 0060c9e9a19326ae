import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Clock } from "#core/clock";
import { type ProcessIdentity, thisProcess } from "#core/state";
import { ChaosError } from "./errors.ts";

const recordSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  event: z.enum(["intent", "applied", "healed"]),
  at: z.string(),
  scenario: z.string(),
  service: z.string(),
  fault: z.looseObject({ kind: z.string() }),
  /** The incarnation that was to be hit. */
  incarnation: z.object({ containerId: z.string(), startedAt: z.string() }),
  owner: z.object({ pid: z.number(), startTicks: z.number() }),
});

export type LedgerRecord = z.infer<typeof recordSchema>;

/** A fault that was at least intended and has not been healed, as the ledger knows it. */
export type OpenFault = Omit<LedgerRecord, "v" | "event" | "at"> & {
  wasApplied: boolean;
  owner: ProcessIdentity;
};

export type FaultIntent = Pick<LedgerRecord, "scenario" | "service" | "fault" | "incarnation">;

export interface LedgerEntry {
  readonly id: string;
  applied(): Promise<void>;
  healed(): Promise<void>;
}

/** Writes the intent and returns once it is on the disk: only then may the side effect happen. Throws ChaosError. */
export async function recordIntent(file: string, intent: FaultIntent, clock: Clock): Promise<LedgerEntry> {
  const shared = { ...intent, id: randomUUID(), owner: thisProcess() };
  const write = (event: LedgerRecord["event"]) =>
    append(file, { v: 1, event, at: new Date(clock.now()).toISOString(), ...shared });
  await write("intent");
  return { id: shared.id, applied: () => write("applied"), healed: () => write("healed") };
}

/** Marks a fault of an earlier process as healed. */
export async function recordHealed(file: string, fault: OpenFault, clock: Clock): Promise<void> {
  const { wasApplied: _, ...shared } = fault;
  await append(file, { v: 1, event: "healed", at: new Date(clock.now()).toISOString(), ...shared });
}

/**
 * Faults without a `healed` line, oldest first. A missing file holds none. A line torn by a crash is skipped safely:
 * a torn intent had no side effect yet, and any other torn line leaves its fault open.
 */
export async function readOpenFaults(file: string): Promise<OpenFault[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ChaosError(`cannot read the fault ledger ${file}`, { code: "LEDGER_UNREADABLE", cause });
  }
  const faults = new Map<string, OpenFault>();
  for (const record of text.split("\n").flatMap(parseRecord)) {
    const { v: _v, event, at: _at, ...shared } = record;
    if (event === "healed") faults.delete(record.id);
    else faults.set(record.id, { ...shared, wasApplied: event === "applied" });
  }
  return [...faults.values()];
}

function parseRecord(line: string): LedgerRecord[] {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

async function append(file: string, record: LedgerRecord): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, "a+");
    try {
      await handle.appendFile(`${(await endsTorn(handle)) ? "\n" : ""}${JSON.stringify(record)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new ChaosError(`cannot write the fault ledger ${file}: ${(cause as Error).message}`, {
      code: "LEDGER_UNWRITABLE",
      hint: "free space or choose another run folder; no fault is applied without its line in the ledger",
      cause,
    });
  }
}

/** A line that an earlier crash tore must not swallow the next one. */
async function endsTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
