import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import type { Target, TargetChange } from "#core/ports";
import { freePort } from "./process-service.ts";

export interface ContainerService extends AsyncDisposable {
  readonly target: Target;
  readonly url: string;
}

/** An HTTP server for PID 1 from what the base image has: perl without modules to install. */
const server = `
  use IO::Socket::INET; $SIG{TERM} = sub { exit 0 };
  select(undef, undef, undef, $ARGV[0]);
  my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1) or die $!;
  while (my $c = $s->accept) { sysread $c, my $b, 4096; print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok"; close $c }
`;

/** A container with a restart policy on a fixed host port. `startDelayS`: before it listens. Disposing removes it. */
export async function startContainerService(options: { startDelayS: number }): Promise<ContainerService> {
  const docker = new Docker();
  const port = await freePort();
  const container = await docker.createContainer({
    name: `gauntlet-test-${randomBytes(4).toString("hex")}`,
    Image: "debian:trixie-slim",
    Cmd: ["perl", "-e", server, String(options.startDelayS)],
    Labels: { "gauntlet.test": "chaos" },
    ExposedPorts: { "8080/tcp": {} },
    HostConfig: {
      RestartPolicy: { Name: "unless-stopped" },
      PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] },
    },
  });
  const remove = async () => {
    await container.remove({ force: true, v: true });
  };
  try {
    await container.start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    target: containerTarget(docker, container.id),
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: remove,
  };
}

function containerTarget(docker: Docker, id: string): Target {
  const container = docker.getContainer(id);
  return {
    service: "web",
    labels: {},
    async inspect() {
      const { State: state, RestartCount: restartCount } = await container.inspect();
      return {
        containerId: id,
        startedAt: state.StartedAt,
        isRunning: state.Running && !state.Restarting,
        health: undefined,
        hostPid: state.Pid,
        restartCount,
        exitCode: state.ExitCode,
        wasOomKilled: state.OOMKilled,
      };
    },
    async signalInit(signal) {
      const { State: state } = await container.inspect();
      if (!state.Running) throw new Error("the container is not running");
      process.kill(state.Pid, signal);
    },
    exec: () => Promise.reject(new Error("not part of this service")),
    async *changes(signal) {
      const filters = { container: [id], event: ["die", "start"] };
      const stream = (await docker.getEvents({ filters, abortSignal: signal })) as AsyncIterable<Buffer>;
      for await (const chunk of stream) {
        for (const line of chunk.toString().split("\n").filter(Boolean)) yield changeOf(JSON.parse(line));
      }
    },
  };
}

interface EngineEvent {
  Action: string;
  timeNano: number;
  Actor: { Attributes: Record<string, string> };
}

function changeOf(event: EngineEvent): TargetChange {
  const atMs = Math.round(event.timeNano / 1e6);
  if (event.Action === "start") return { kind: "started", atMs };
  return { kind: "died", atMs, exitCode: Number(event.Actor.Attributes["exitCode"]) };
}
