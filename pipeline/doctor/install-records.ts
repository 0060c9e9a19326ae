import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { statePath, writeFileAtomic } from "#core/state";
import { DoctorError } from "./errors.ts";

const recordSchema = z.discriminatedUnion("kind", [
  /** `names` came new; `requested` of them were asked for, the others are what they depend on. */
  z.strictObject({
    kind: z.literal("packages"),
    names: z.array(z.string()),
    requested: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal("file"), path: z.string(), sha256: z.string() }),
  z.strictObject({ kind: z.literal("folder"), path: z.string() }),
  z.strictObject({ kind: z.literal("image"), reference: z.string(), id: z.string() }),
  z.strictObject({ kind: z.literal("engine"), pid: z.number(), startTicks: z.number() }),
  z.strictObject({ kind: z.literal("unit"), name: z.string() }),
  z.strictObject({ kind: z.literal("mount"), path: z.string() }),
]);

/** One thing doctor put on this machine. Written down before, or at the moment when, it is made. */
export type InstallRecord = z.infer<typeof recordSchema>;

const fileSchema = z.strictObject({ v: z.literal(1), records: z.array(recordSchema) });

/** What doctor has installed and not yet removed, oldest first. */
export interface InstallRecords {
  list(): Promise<readonly InstallRecord[]>;
  add(record: InstallRecord): Promise<void>;
  /** Forgets one, by content. */
  remove(record: InstallRecord): Promise<void>;
}

/** Kept in a JSON file; callers hold doctor's lock, so there is one writer, whose own calls are put in a row here. */
export function openInstallRecords(path = statePath("doctor.json")): InstallRecords {
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  const change = (edit: (records: InstallRecord[]) => InstallRecord[]) =>
    inTurn(async () => {
      const records = edit(await readRecords(path));
      if (records.length === 0) await rm(path, { force: true });
      else await writeFileAtomic(path, `${JSON.stringify({ v: 1, records }, null, 2)}\n`);
    });
  return {
    list: () => inTurn(() => readRecords(path)),
    add: (record) => change((records) => [...records.filter((known) => !isSame(known, record)), record]),
    remove: (record) => change((records) => records.filter((known) => !isSame(known, record))),
  };
}

async function readRecords(path: string): Promise<InstallRecord[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const parsed = fileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.records;
  // Guessing would remove what is not ours, or forget what is.
  throw new DoctorError(
    `${path} is not a record of what doctor installed: ${z.prettifyError(parsed.error)}`,
    {
      code: "DOCTOR_RECORDS_BROKEN",
      hint: `look into ${path}, remove by hand what it names, then delete it`,
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSame(a: InstallRecord, b: InstallRecord): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
