import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureTestImage, testImage } from "../../environments/testing/test-image.ts";
import type { Bench } from "../measure.ts";
import { leftAfterKill } from "./left-after-kill.ts";
import { upAndDown } from "./up-and-down.ts";

/** A chain of three: each waits until the one before is healthy. Health is asked for twice a second. */
const chain = `
x-service: &service
  image: ${testImage}
  command: sleep 1000
  volumes: ["data:/data"]
  healthcheck: { test: ["CMD", "true"], interval: 500ms }
services:
  store: { <<: *service, ports: ["80"] }
  api: { <<: *service, depends_on: { store: { condition: service_healthy } } }
  edge: { <<: *service, depends_on: { api: { condition: service_healthy } } }
volumes: { data: {} }
`;

/** Against Docker Compose on the same file, and what is left when the owner is killed. */
export const environments: Bench = async (options) => {
  await ensureTestImage();
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-bench-"));
  const file = join(folder, "compose.yaml");
  try {
    await writeFile(file, chain);
    return [
      ...(await upAndDown(file, { ...options, rounds: options.isQuick ? 2 : 10 })),
      ...(await leftAfterKill(file, { ...options, points: options.isQuick ? 3 : 20 })),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
