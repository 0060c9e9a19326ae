import { beforeAll, describe, expect, it } from "vitest";
import { groundTruth, login, type Session, search, system, tenants } from "../support/observastack.ts";

let session: Session;
beforeAll(async () => {
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
    const truth = await groundTruth();
    const { from, to } = truth.window;
    const seeded = truth.tenants[tenants.ours]?.logs;
    const { total } = await search(session, { from, to, limit: "1" });
    expect(total).toBe(seeded?.total);
    const errors = await search(session, { from, to, level: "error", limit: "1" });
    expect(errors.total).toBe(seeded?.byLevel["error"]);
  });
});
