import { check } from "k6";
import http from "k6/http";

/** The built-in load check: ramps up, holds, ramps down over the URLs it is given, each answer below 500. */
interface Settings {
  urls: string[];
  durationSeconds: number;
  virtualUsers: number;
}

const settings: Settings = JSON.parse(__ENV["GAUNTLET_LOAD"] ?? "{}");
const rampSeconds = Math.max(1, Math.round(settings.durationSeconds / 5));

export const options = {
  stages: [
    { duration: `${rampSeconds}s`, target: settings.virtualUsers },
    {
      duration: `${Math.max(1, settings.durationSeconds - 2 * rampSeconds)}s`,
      target: settings.virtualUsers,
    },
    { duration: `${rampSeconds}s`, target: 0 },
  ],
  thresholds: { checks: ["rate>0.99"], http_req_failed: ["rate<0.01"] },
};

http.setResponseCallback(http.expectedStatuses({ min: 100, max: 499 }));

export default function visit(): void {
  for (const url of settings.urls) {
    const response = http.get(url, { tags: { name: url.replace(/^https?:\/\/[^/]+/, "") } });
    check(response, { "answers below 500": (answer) => answer.status > 0 && answer.status < 500 });
  }
}
