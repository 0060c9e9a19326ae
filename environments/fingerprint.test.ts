import { expect, it } from "vitest";
import { canonicalJson, type FingerprintInput, fingerprintOf } from "./fingerprint.ts";
import { modelOf } from "./testing/model-of.ts";

function inputOf(port: string, more: Partial<FingerprintInput> = {}): FingerprintInput {
  return {
    model: modelOf({
      services: {
        web: {
          image: "w",
          environment: { URL: `http://127.0.0.1:${port}` },
          ports: [{ target: 80, published: port }],
        },
      },
    }),
    imageIds: { web: "sha256:1" },
    engine: { version: "1", apiVersion: "1", kernel: "k", cpuModel: "c", cpuCount: 2 },
    variables: { A: "secret" },
    volatile: new Map([[port, "<port>"]]),
    ...more,
  };
}

it("@req:A2 leaves out ports and ids, and holds no value anyone could read", () => {
  expect(fingerprintOf(inputOf("20001"))).toBe(fingerprintOf(inputOf("20002")));
  expect(fingerprintOf(inputOf("20001"))).toMatch(/^[0-9a-f]{64}$/);
});

it("@req:A2 differs with image, definition, variables and machine", () => {
  const base = inputOf("20001");
  const others = [
    inputOf("20001", { imageIds: { web: "sha256:2" } }),
    inputOf("20001", { variables: { A: "other" } }),
    inputOf("20001", { variables: { B: "secret" } }),
    inputOf("20001", { engine: { ...base.engine, cpuCount: 4 } }),
    inputOf("20001", { model: modelOf({ services: { web: { image: "w", environment: { URL: "x" } } } }) }),
  ];
  expect(new Set([base, ...others].map(fingerprintOf)).size).toBe(6);
});

it("sorts keys at every depth but keeps lists as they are", () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
});
