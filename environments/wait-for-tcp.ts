import { connect } from "node:net";
import type Docker from "dockerode";
import { systemClock } from "#core/clock";

const retryMs = 40;

/**
 * Resolves once something accepts connections on `target` inside the container. Asks the container's own address first:
 * the engine's proxy on the published port accepts even when nobody listens behind it. Rejects when `signal` aborts.
 */
export async function waitForTcp(
  docker: Docker,
  container: string,
  target: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { inside, outside } = await addressesOf(docker, container, target);
    const answers = await Promise.all([
      ...inside.map((host) => accepts(host, target)),
      ...outside.map(holds),
    ]);
    if (answers.some(Boolean)) return;
    await systemClock.sleep(retryMs, signal);
  }
}

async function addressesOf(docker: Docker, container: string, target: number) {
  const { NetworkSettings, HostConfig } = await docker.getContainer(container).inspect();
  if (HostConfig.NetworkMode === "host") return { inside: ["127.0.0.1"], outside: [] };
  const inside = Object.values(NetworkSettings.Networks).flatMap(({ IPAddress }) => IPAddress || []);
  const bindings = NetworkSettings.Ports[`${target}/tcp`] ?? [];
  return { inside, outside: bindings.map((binding) => Number(binding.HostPort)) };
}

function accepts(host: string, port: number): Promise<boolean> {
  return probe(host, port, (socket, answer) => {
    socket.once("connect", () => answer(true));
  });
}

/** The proxy hangs up at once when the connection behind it is refused, so one that stays open is a real one. */
function holds(port: number): Promise<boolean> {
  return probe("127.0.0.1", port, (socket, answer) => {
    socket.once("connect", () => setTimeout(() => answer(true), 150));
    socket.once("data", () => answer(true));
    socket.once("end", () => answer(false));
  });
}

function probe(
  host: string,
  port: number,
  watch: (socket: ReturnType<typeof connect>, answer: (isUp: boolean) => void) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.setTimeout(500, () => answer(false));
    socket.once("error", () => answer(false));
    watch(socket, answer);
  });
}
