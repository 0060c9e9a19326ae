import { describe, expect, it } from "vitest";
import { declaredOf, driftOf } from "./drift.ts";
import type { ProjectContainer } from "./project-containers.ts";

const container = (name: string, more: Partial<ProjectContainer> = {}): ProjectContainer => ({
  id: name,
  name,
  service: name,
  number: 1,
  state: "running",
  imageId: "sha256:1",
  configHash: "h",
  labels: {},
  ...more,
});

describe("drift @req:A2", () => {
  const declared = declaredOf([container("web"), container("job", { state: "exited" })], new Set(["job"]));

  it("is silent when all is as it was started, one-shots ended included", () => {
    expect(driftOf(declared, [container("web"), container("job", { state: "exited" })])).toEqual([]);
  });

  it("names each thing that differs", () => {
    const now = [
      container("web", { imageId: "sha256:2", configHash: "i", state: "paused" }),
      container("stranger"),
    ];
    expect(driftOf(declared, now)).toEqual([
      'service "web" has another configuration',
      'service "web" runs another image: sha256:2, not sha256:1',
      "container web is paused",
      "container job is gone",
      "container stranger was not there at the start",
    ]);
  });
});
