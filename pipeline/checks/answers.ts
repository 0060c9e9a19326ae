import { request } from "node:http";
import { connect } from "node:net";

export interface Answer {
  isAnswering: boolean;
  /** What was seen, as a phrase. */
  seen: string;
}

const patienceMs = 250;

/**
 * Whether something lives behind a published port. HTTP: any status below 500. Otherwise: a connection that stays
 * open for 250 ms or says something; one that closes at once is only the engine's port forwarding with nothing behind.
 */
export async function answers(
  address: { host: string; port: number; path: string },
  timeoutMs = 5000,
): Promise<Answer> {
  const held = await holdsConnection(address, timeoutMs);
  if (!held.isAnswering) return held;
  const status = await httpStatus(address, timeoutMs);
  if (status === undefined) return held;
  return { isAnswering: status < 500, seen: `HTTP ${status}` };
}

function holdsConnection({ host, port }: { host: string; port: number }, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (isAnswering: boolean, seen: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ isAnswering, seen });
    };
    let timer = setTimeout(() => end(false, `no connection within ${timeoutMs} ms`), timeoutMs);
    socket.on("connect", () => {
      clearTimeout(timer);
      timer = setTimeout(() => end(true, "accepts connections"), patienceMs);
    });
    socket.on("data", () => end(true, "speaks first"));
    socket.on("error", (error) => end(false, error.message));
    socket.on("close", () => end(false, "accepts and closes at once: nothing listens behind the port"));
  });
}

/** Undefined when it does not speak HTTP. */
function httpStatus(
  { host, port, path }: { host: string; port: number; path: string },
  timeoutMs: number,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request({ host, port, path, timeout: timeoutMs, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(undefined));
    sent.on("close", () => resolve(undefined));
    sent.end();
  });
}
