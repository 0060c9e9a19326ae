import { createSocket } from "node:dgram";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { statePath, waitForLock } from "#core/state";
import { describeFileError, EnvironmentError } from "./errors.ts";
import { type Lease, leaseState } from "./lease.ts";

export interface PortRange {
  from: number;
  /** Included. */
  to: number;
}

export interface ReserveOptions {
  /** Where to begin looking; spreads environments over the range. */
  startAt?: number;
  range?: PortRange;
  signal?: AbortSignal;
  /** Told which ports of the range something else listens on. */
  onOccupied?: (port: number) => void;
}

const defaultRange: PortRange = { from: 20_000, to: 29_999 };

/**
 * Reserves blocks of adjacent host ports, one block for each entry of `sizes`, and returns the first port of each.
 * A port is free when no live lease holds its file below `statePath("ports")` and TCP and UDP can be bound on loopback.
 * Kept until `releasePorts`, or until the lease ends.
 */
export async function reservePorts(
  sizes: readonly number[],
  lease: Lease,
  options: ReserveOptions = {},
): Promise<number[]> {
  if (sizes.length === 0) return [];
  const range = options.range ?? defaultRange;
  const folder = statePath("ports");
  try {
    await mkdir(folder, { recursive: true });
    await using _lock = await waitForLock(join(folder, "reserving.lock"), {
      purpose: "reserving ports",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const taken = await portsTaken(folder);
    const search = { range, taken, next: options.startAt ?? range.from, onOccupied: options.onOccupied };
    const firsts: number[] = [];
    for (const size of sizes) firsts.push(await findBlock(size, search));
    await Promise.all(
      firsts.flatMap((first, index) =>
        Array.from({ length: sizes[index] ?? 1 }, (_, offset) =>
          writeFile(portFile(folder, first + offset), JSON.stringify(lease)),
        ),
      ),
    );
    return firsts;
  } catch (error) {
    throw describeFileError(error, folder);
  }
}

/** Frees every port that this lease holds. Idempotent. */
export async function releasePorts(leaseId: string): Promise<void> {
  const folder = statePath("ports");
  for (const [file, lease] of await readReservations(folder)) {
    if (lease?.id === leaseId) await rm(join(folder, file), { force: true });
  }
}

/** Frees the ports of leases that have ended; returns how many. */
export async function releaseStalePorts(options: { dryRun?: boolean } = {}): Promise<number> {
  const folder = statePath("ports");
  const stale = (await readReservations(folder)).filter(([, lease]) => isOver(lease));
  if (!options.dryRun) await Promise.all(stale.map(([file]) => rm(join(folder, file), { force: true })));
  return stale.length;
}

async function portsTaken(folder: string): Promise<Set<number>> {
  await releaseStalePorts();
  return new Set((await readReservations(folder)).map(([file]) => Number.parseInt(file, 10)));
}

async function readReservations(folder: string): Promise<[string, Lease | undefined][]> {
  const files = await readdir(folder).catch(() => [] as string[]);
  return Promise.all(
    files
      .filter((file) => /^\d+\.json$/.test(file))
      .map(async (file): Promise<[string, Lease | undefined]> => {
        try {
          return [file, JSON.parse(await readFile(join(folder, file), "utf8")) as Lease];
        } catch {
          return [file, undefined];
        }
      }),
  );
}

/** Unreadable counts as over: the port is still tried by binding it. */
function isOver(lease: Lease | undefined): boolean {
  if (!lease?.owner) return true;
  return leaseState(lease) === "ended";
}

interface Search {
  range: PortRange;
  taken: Set<number>;
  next: number;
  onOccupied: ((port: number) => void) | undefined;
}

async function findBlock(size: number, search: Search): Promise<number> {
  const { from, to } = search.range;
  const span = to - from + 1;
  let length = 0;
  for (let step = 0; step < span + size; step++) {
    const port = from + ((((search.next - from) % span) + span) % span);
    search.next = port + 1;
    if (port === from) length = 0;
    length = (await isFree(port, search)) ? length + 1 : 0;
    if (length < size) continue;
    const first = port - size + 1;
    for (let one = first; one <= port; one++) search.taken.add(one);
    return first;
  }
  throw new EnvironmentError(`no ${size} adjacent free ports left between ${from} and ${to}`, {
    code: "NO_FREE_PORTS",
    hint: "`gauntlet env ls` shows what runs; `gauntlet env gc` frees what nobody holds",
  });
}

async function isFree(port: number, search: Search): Promise<boolean> {
  if (search.taken.has(port)) return false;
  const canBind = (await canBindTcp(port)) && (await canBindUdp(port));
  if (!canBind) search.onOccupied?.(port);
  return canBind;
}

function canBindTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBindUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function portFile(folder: string, port: number): string {
  return join(folder, `${port}.json`);
}
