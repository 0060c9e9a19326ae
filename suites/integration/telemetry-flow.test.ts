import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { login, type Session, search, system, tenants } from "../support/observastack.ts";

interface GroundTruth {
  counts: { logs: Record<string, number> };
}

let truth: GroundTruth;
let session: Session;
beforeAll(async () => {
  const file = Object.values(system.environment.groundTruth).find((path) =>
    path.endsWith("ground-truth.json"),
  );
  truth = JSON.parse(await readFile(file as string, "utf8")) as GroundTruth;
  session = await login("viewer");
});

const prometheus = async (query: string) => {
  const answer = await fetch(system.url("prometheus", `/api/v1/query?${new URLSearchParams({ query })}`));
  const body = (await answer.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return body.data.result;
};

describe("from service to store @req:B3 @req:G4", () => {
  it("has Prometheus scrape the gateway and the api", async () => {
    await expect
      .poll(
        async () =>
          (await prometheus('up{job=~"api|gateway"} == 1')).map((series) => series.metric["job"]).sort(),
        { timeout: 20_000 },
      )
      .toEqual(["api", "gateway"]);
  });

  it("counts a request in the gateway's metrics by route, method and status", async () => {
    await session.call("/api/logs?limit=1");
    const text = await (await fetch(system.url("gateway", "/metrics"))).text();
    expect(text).toMatch(/http_requests_total\{[^}]*method="GET"[^}]*status="200"[^}]*\}/);
    expect(text).toContain("http_request_duration_seconds_bucket");
  });

  it("holds every seeded log of the tenant, neither more nor fewer @req:C6", async () => {
    const expected = truth.counts.logs[tenants.ours] as number;
    const { total } = await search(session, {
      query: "",
      to: new Date(Date.parse(system.environment.anchor) - 1).toISOString(),
      limit: "1",
    });
    expect(total).toBe(expected);
  });
});
