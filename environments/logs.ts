import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type Docker from "dockerode";
import { callEngine } from "./engine.ts";
import { describeFileError } from "./errors.ts";
import type { ProjectContainer } from "./project-containers.ts";

/** The last `count` lines a container wrote, standard output and error as they came. */
export async function tailOfLog(docker: Docker, container: string, count = 20): Promise<string> {
  const raw = await callEngine(`read the log of ${container}`, () =>
    docker.getContainer(container).logs({ stdout: true, stderr: true, tail: count, follow: false }),
  );
  return decodeLog(raw as Buffer).trimEnd();
}

/** Writes `<folder>/<service>.log` for every service; replicas of one follow each other in the same file. */
export async function collectLogs(
  docker: Docker,
  containers: readonly ProjectContainer[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const services = Map.groupBy(containers, (container) => container.service);
  await Promise.all(
    [...services].map(async ([service, replicas]) => {
      const path = join(folder, `${service}.log`);
      const file = createWriteStream(path);
      try {
        for (const container of replicas) {
          if (replicas.length > 1) file.write(`--- ${container.name}\n`);
          await copyLog(docker, container.id, file);
        }
        file.end();
        await finished(file);
      } catch (error) {
        file.destroy();
        throw describeFileError(error, path);
      }
    }),
  );
}

/** Takes the frames of a container without a terminal apart; text of one with a terminal has none and is returned as it is. */
export function decodeLog(raw: Buffer): string {
  const frames: Buffer[] = [];
  const rest = eachFrame(raw, (payload) => frames.push(payload));
  return frames.length === 0 && rest.length > 0
    ? raw.toString("utf8")
    : Buffer.concat(frames).toString("utf8");
}

async function copyLog(docker: Docker, container: string, file: NodeJS.WritableStream): Promise<void> {
  const { Config } = await callEngine(`inspect ${container}`, () => docker.getContainer(container).inspect());
  const stream = await callEngine(`read the log of ${container}`, () => openLog(docker, container));
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let isFull = false;
    const write = (payload: Buffer) => {
      isFull = !file.write(payload) || isFull;
    };
    if (Config.Tty) write(chunk);
    else rest = eachFrame(Buffer.concat([rest, chunk]), write);
    if (isFull) await new Promise((resolve) => file.once("drain", resolve));
  }
}

/** The client streams only logs it follows, and those never end; a long log must not be held in memory either. */
function openLog(docker: Docker, container: string): Promise<Readable> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/containers/${container}/logs?`,
        method: "GET",
        isStream: true,
        statusCodes: { 200: true, 404: "no such container", 500: "server error" },
        options: { stdout: true, stderr: true },
      },
      (error: unknown, stream: unknown) => (error ? reject(error) : resolve(stream as Readable)),
    );
  });
}

/** Calls back for each whole frame and returns what is left over. A frame: stream number, 3 zero bytes, length, payload. */
function eachFrame(data: Buffer, onPayload: (payload: Buffer) => void): Buffer {
  let offset = 0;
  while (data.length - offset >= 8 && isFrameHeader(data.subarray(offset))) {
    const end = offset + 8 + data.readUInt32BE(offset + 4);
    if (end > data.length) break;
    onPayload(data.subarray(offset + 8, end));
    offset = end;
  }
  return data.subarray(offset);
}

function isFrameHeader(data: Buffer): boolean {
  return data.length >= 8 && (data[0] ?? 9) <= 2 && data[1] === 0 && data[2] === 0 && data[3] === 0;
}
