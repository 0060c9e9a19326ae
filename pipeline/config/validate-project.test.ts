import { expect, it } from "vitest";
import { smallConfig } from "../testing/small-config.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { validateProject } from "./validate-project.ts";

const config = {
  ...smallConfig,
  environment: { composeFiles: ["compose.yaml"], variables: { SHOP_TAG: "1" } },
  suites: {
    chaos: { runner: "chaos", scenario: "crash.yaml" },
    drill: { runner: "drill", policy: "policy.yaml" },
  },
};

const files = {
  "gauntlet.config.ts": `export default ${JSON.stringify(config)};`,
  "compose.yaml":
    'services:\n  web: { image: "web:${SHOP_TAG:?}" }\nsecrets:\n  t: { file: "${GAUNTLET_SECRETS_DIR:?}/t" }\n',
  "crash.yaml": `{ version: 1, kind: ChaosScenario, name: crash, targets: { services: [web] },
  steadyState: { probe: { service: web } }, method: [{ phase: crash, fault: { kind: container.crash } }],
  expect: { recoversWithinMs: 1000 } }`,
  "policy.yaml": `{ version: 1, kind: BackupPolicy, name: data, encryption: { key: "secret:key" },
  sources: [{ name: files, engine: files, service: web, path: /data }] }`,
};

it("is silent about a project whose files are all sound @req:A7", async () => {
  await using folder = await temporaryFolder(files);
  expect(await validateProject(folder.path)).toMatchObject({
    suites: ["chaos", "drill"],
    services: ["web"],
  });
});

it.each([
  ["crash.yaml", "version: 1\nkind: ChaosScenario\nname: 3\n", "crash.yaml:3:"],
  ["policy.yaml", "version: 1\nkind: BackupPolicy\nnam: x\n", "policy.yaml:3:"],
  ["compose.yaml", "services:\n  web: { imagee: x }\n", "imagee"],
])("finds what is wrong in %s", async (name, content, message) => {
  await using folder = await temporaryFolder({ ...files, [name]: content });
  await expect(validateProject(folder.path)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(message),
  });
});
