import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Clock } from "#core/clock";
import type { SinkIo } from "../sinks/sink.ts";

export interface ReceivedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Requests under way when this one arrived, itself included. */
  inFlight: number;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Receiver extends AsyncDisposable {
  url: string;
  port: number;
  requests: ReceivedRequest[];
}

/** A small HTTP server on loopback that answers as told and keeps what it was sent. */
export async function startReceiver(
  answer: (request: ReceivedRequest, index: number) => Answer | Promise<Answer>,
): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  let inFlight = 0;
  const server = createServer(async (message, response) => {
    inFlight++;
    const body = await buffer(message).catch(() => undefined);
    // The sender gave up midway.
    if (body === undefined) {
      inFlight--;
      return;
    }
    const received: ReceivedRequest = {
      path: message.url ?? "",
      headers: message.headers,
      inFlight,
      body,
    };
    const index = requests.push(received) - 1;
    const { status, headers, body: text = "" } = await answer(received, index);
    inFlight--;
    response.writeHead(status, headers).end(typeof text === "string" ? text : JSON.stringify(text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sleeps without waiting and remembers for how long it should have. */
export function impatientIo(nowMs = 0): SinkIo & { slept: number[]; controller: AbortController } {
  const slept: number[] = [];
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms) => {
      slept.push(ms);
    },
  };
  const controller = new AbortController();
  return { clock, signal: controller.signal, slept, controller };
}
