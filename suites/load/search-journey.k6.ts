import { check, fail, sleep } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { Trend } from "k6/metrics";

/** People of two tenants log in once, then search, narrow down and page, at a rate that ramps up and down again. */
const edge = __ENV["GAUNTLET_URL_EDGE"];
const secrets = JSON.parse(open(__ENV["GAUNTLET_SECRETS"] ?? ""));
const searchMs = new Trend("search_duration", true);

export const options = {
  scenarios: {
    search: {
      executor: "ramping-vus",
      startVUs: 1,
      stages: [
        { duration: "4s", target: 6 },
        { duration: "10s", target: 6 },
        { duration: "2s", target: 0 },
      ],
      gracefulRampDown: "2s",
    },
  },
  thresholds: {
    checks: ["rate>0.99"],
    http_req_failed: ["rate<0.01"],
    // Two cores that may carry a second run beside this one.
    search_duration: ["p(95)<1200"],
  },
};

const tenants = ["acme", "globex"] as const;
const searches = ["", "level=error", "query=timeout", "service=api&limit=20"];

export function setup(): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const tenant of tenants) {
    const answer = http.post(
      `${edge}/api/auth/login`,
      JSON.stringify({ tenant, username: "viewer", password: secrets.users_password }),
      { headers: { "content-type": "application/json" }, tags: { name: "login" } },
    );
    if (answer.status !== 200) fail(`login of ${tenant}: HTTP ${answer.status}`);
    tokens[tenant] = answer.json("token") as string;
  }
  return tokens;
}

export default function journey(tokens: Record<string, string>): void {
  const tenant = tenants[exec.vu.idInTest % tenants.length] ?? "acme";
  const headers = { authorization: `Bearer ${tokens[tenant]}` };
  for (const parameters of searches) {
    const answer = http.get(`${edge}/api/logs?${parameters}`, { headers, tags: { name: "search" } });
    searchMs.add(answer.timings.duration);
    check(answer, {
      "search answers 200 @req:B6": (response) => response.status === 200,
      "search finds seeded logs": (response) =>
        response.status === 200 && Number(response.json("total")) >= 0,
    });
    sleep(0.2);
  }
}
