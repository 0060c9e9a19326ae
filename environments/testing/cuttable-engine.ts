import { rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

export interface CuttableEngine extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly address: string;
  /** Drops every connection and answers no more. */
  cut(): void;
  mend(): void;
}

/** A socket in front of the real engine that can be cut, so that it looks as if the engine had stopped. */
export async function cuttableEngine(folder: string): Promise<CuttableEngine> {
  const path = join(folder, "engine.sock");
  const real = (process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock").replace("unix://", "");
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) return void client.destroy();
    const engine = connect({ path: real, allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(engine).pipe(client);
    client.on("close", () => engine.destroy());
    engine.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `unix://${path}`,
    cut() {
      isCut = true;
      drop();
    },
    mend() {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      drop();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}
