import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { callEngine, engineLost } from "./engine.ts";

/** One change of one container, as the engine reports it. */
export interface ContainerEvent {
  action: "start" | "die" | "healthy" | "unhealthy" | "pause" | "unpause" | "oom" | "destroy";
  containerId: string;
  containerName: string;
  service: string;
  /** Milliseconds since the Unix epoch, by the engine's clock. */
  atMs: number;
  exitCode: number | undefined;
}

export interface EventStream extends Disposable {
  /** Listens until `signal` aborts. */
  listen(listener: (event: ContainerEvent) => void, signal: AbortSignal): void;
  /** Aborts with the reason when the engine goes away; never for our own closing. */
  readonly lost: AbortSignal;
}

/**
 * The single events stream of a Compose project; everything that waits for containers listens here. Nothing that happens
 * after the promise resolves is missed. Does not keep the process alive.
 */
export async function openEventStream(docker: Docker, project: string): Promise<EventStream> {
  const stream = (await callEngine("follow the engine's events", () =>
    docker.getEvents({
      filters: {
        type: ["container"],
        label: [`com.docker.compose.project=${project}`],
        event: ["start", "die", "health_status", "pause", "unpause", "oom", "destroy"],
      },
    }),
  )) as Readable;
  (stream as Readable & { socket?: { unref(): void } }).socket?.unref();
  const emitter = new EventEmitter().setMaxListeners(0);
  const lost = new AbortController();
  let isClosed = false;
  const onLost = (cause?: unknown) => {
    if (!isClosed) lost.abort(engineLost("follow its events", cause));
  };
  stream.once("error", onLost).once("end", onLost).once("close", onLost);
  const decode = lineDecoder((line) => {
    const event = parseEvent(line);
    if (event) emitter.emit("event", event);
  });
  stream.on("data", decode);
  return {
    lost: lost.signal,
    listen(listener, signal) {
      if (signal.aborted) return;
      emitter.on("event", listener);
      signal.addEventListener("abort", () => emitter.off("event", listener), { once: true });
    },
    [Symbol.dispose]() {
      isClosed = true;
      stream.destroy();
    },
  };
}

/** Undefined for what is of no interest or not understood. */
export function parseEvent(line: string): ContainerEvent | undefined {
  let raw: RawEvent;
  try {
    raw = JSON.parse(line) as RawEvent;
  } catch {
    return undefined;
  }
  const action = actions.get(raw.Action ?? "");
  const attributes = raw.Actor?.Attributes ?? {};
  const service = attributes["com.docker.compose.service"];
  if (!action || !raw.Actor?.ID || service === undefined) return undefined;
  return {
    action,
    containerId: raw.Actor.ID,
    containerName: attributes["name"] ?? "",
    service,
    atMs: raw.timeNano === undefined ? Date.now() : Math.floor(raw.timeNano / 1e6),
    exitCode: attributes["exitCode"] === undefined ? undefined : Number(attributes["exitCode"]),
  };
}

interface RawEvent {
  Action?: string;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
  timeNano?: number;
}

const actions: ReadonlyMap<string, ContainerEvent["action"]> = new Map([
  ["start", "start"],
  ["die", "die"],
  ["health_status: healthy", "healthy"],
  ["health_status: unhealthy", "unhealthy"],
  ["pause", "pause"],
  ["unpause", "unpause"],
  ["oom", "oom"],
  ["destroy", "destroy"],
]);

function lineDecoder(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = "";
  const decoder = new TextDecoder();
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) onLine(line);
  };
}
