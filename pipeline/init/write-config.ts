import type { Classified } from "./classify.ts";

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
  const urls = http
    .map(({ service, target }) => `\n        { service: "${service}", target: ${target}, path: "/" },`)
    .join("");
  return `    // Ramps up to a few users; replace it by a script of your own with \`script: "load.k6.ts"\`.
    load: {
      runner: "k6",
      urls: [${urls}
      ],
      durationSeconds: 10,
      virtualUsers: 3,
    },`;
}

function crashText({ crashable, http, remarks }: Classified): string[] {
  const notes = remarks.map((remark) => `    // ${remark}`);
  const probe = http[0];
  if (crashable.length === 0 || probe === undefined) return notes;
  return [
    `    // Kills each process and measures how long the system takes to be back.\n${[...notes, ""].join("\n")}    chaos: {
      runner: "chaos",
      crash: ${list(crashable)},
      probe: { service: "${probe.service}", target: ${probe.target}, path: "/" },
    },`,
  ];
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
}
