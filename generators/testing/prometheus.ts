import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runCommand } from "#core/command";

export interface StartedPrometheus extends AsyncDisposable {
  url: string;
  /** Every raw point of what `selector` matches in the window, both ends included. */
  points(selector: string, window: { fromMs: number; toMs: number }): Promise<ReceivedSeries[]>;
}

export interface ReceivedSeries {
  labels: Record<string, string>;
  timestampsMs: number[];
  values: number[];
}

const configuration = `
storage: { tsdb: { out_of_order_time_window: 3h } }
scrape_configs:
  # Its own scrape moves the newest timestamp to now, as in any lasting Prometheus.
  - { job_name: prometheus, scrape_interval: 1s, static_configs: [{ targets: ["localhost:9090"] }] }
`;

/** ObservaStack's Prometheus image with a configuration that takes in what is up to three hours old. */
export async function startPrometheus(): Promise<StartedPrometheus> {
  const image = await prometheusImage();
  // Disposing removes the container; the reaper's image is in no package registry.
  process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer(image)
    .withLabels({ "gauntlet.test": "generators" })
    .withEntrypoint(["prometheus"])
    .withCommand([
      "--config.file=/tmp/prometheus.yml",
      "--storage.tsdb.path=/data",
      "--web.enable-remote-write-receiver",
      "--enable-feature=exemplar-storage",
    ])
    .withCopyContentToContainer([{ content: configuration, target: "/tmp/prometheus.yml" }])
    .withExposedPorts(9090)
    .withWaitStrategy(Wait.forHttp("/-/ready", 9090))
    .withStartupTimeout(60_000)
    .start();
  const url = `http://127.0.0.1:${container.getMappedPort(9090)}`;
  return {
    url,
    async points(selector, { fromMs, toMs }) {
      const seconds = Math.ceil((toMs - fromMs) / 1000) + 1;
      const query = new URLSearchParams({ query: `${selector}[${seconds}s]`, time: String(toMs / 1000) });
      const answer = await fetch(`${url}/api/v1/query?${query}`);
      const { data } = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
      };
      return data.result.map(({ metric, values }) => ({
        labels: metric,
        timestampsMs: values.map(([seconds]) => Math.round(seconds * 1000)),
        values: values.map(([, value]) => Number(value)),
      }));
    },
    async [Symbol.asyncDispose]() {
      await container.stop({ timeout: 1_000 });
    },
  };
}

/** Built once for each form of its Dockerfile. */
async function prometheusImage(): Promise<string> {
  const folder = fileURLToPath(new URL("../../environments/observastack/prometheus", import.meta.url));
  const dockerfile = await readFile(`${folder}/Dockerfile`);
  const image = `gauntlet-test/prometheus:${createHash("sha256").update(dockerfile).digest("hex").slice(0, 12)}`;
  const { exitCode } = await runCommand("docker", ["image", "inspect", image], {
    accept: [0, 1],
    maxOutputChars: 1000,
  });
  if (exitCode === 1) {
    await runCommand("docker", ["build", "--tag", image, folder], { env: { DOCKER_BUILDKIT: "1" } });
  }
  return image;
}
