import type { Classified, HttpEndpoint } from "./classify.ts";

/** The first configuration, as a person would write it. */
export function configText(project: string, composeFiles: readonly string[], found: Classified): string {
  const suites = [
    `    // Something answers on each published port.\n    smoke: { runner: "smoke" },`,
    ...(found.http.length > 0 ? [loadText(found.http)] : []),
    ...crashText(found),
    ...(found.databases.length > 0
      ? [
          `    // Dumps each database, restores it into a second, isolated system and compares every row.\n    drill: { runner: "drill", databases: ${list(found.databases)} },`,
        ]
      : []),
  ];
  return `import { defineConfig } from "gauntlet";

export default defineConfig({
  project: "${project}",
  environment: {
    composeFiles: ${list(composeFiles)},
  },
  suites: {
${suites.join("\n")}
  },
  profiles: {
    pr: {},
    nightly: { extends: "pr" },
  },
});
`;
}

function loadText(http: Classified["http"]): string {
  const urls = http.map((endpoint) => `\n        ${urlText(endpoint)},`).join("");
  return `    // Ramps up to a few users; replace it by a script of your own with \`script: "load.k6.ts"\`.
    load: {
      runner: "k6",
      urls: [${urls}
      ],
      durationSeconds: 10,
      virtualUsers: 3,
    },`;
}

/** A service is asked itself where it answers; one that publishes nothing shows in how the system answers. */
function crashText({ crashable, http, remarks }: Classified): string[] {
  const notes = remarks.map((remark) => `    // ${remark}`);
  const suites: string[] = [];
  const hidden = crashable.filter((name) => !http.some(({ service }) => service === name));
  for (const service of crashable.filter((name) => !hidden.includes(name))) {
    const probe = http.find((endpoint) => endpoint.service === service);
    const isOnly = crashable.length === 1;
    if (probe) suites.push(suiteText(isOnly ? "chaos" : `chaos-${suiteName(service)}`, [service], probe));
  }
  if (hidden.length > 0 && http[0]) suites.push(suiteText("chaos", hidden, http[0]));
  if (suites.length === 0) return notes;
  const head = "    // The process is killed; measured is how long the system takes to be back.";
  return [[head, ...notes, ...suites].join("\n")];
}

function suiteText(name: string, crash: readonly string[], probe: HttpEndpoint): string {
  const key = /^[a-z]+$/.test(name) ? name : JSON.stringify(name);
  return `    ${key}: { runner: "chaos", crash: ${list(crash)}, probe: ${urlText(probe)} },`;
}

function suiteName(service: string): string {
  return service.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
}

function urlText({ service, target, path }: HttpEndpoint): string {
  return `{ service: ${JSON.stringify(service)}, target: ${target}, path: ${JSON.stringify(path)} }`;
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
}
