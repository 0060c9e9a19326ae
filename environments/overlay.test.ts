import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ComposeModel } from "./model.ts";
import { composeOverlay } from "./overlay.ts";
import { modelOf } from "./testing/model-of.ts";

const labels = { "dev.gauntlet.environment": "e1" };

function overlayOf(model: ComposeModel, more: Partial<Parameters<typeof composeOverlay>[1]> = {}) {
  return composeOverlay(model, { project: "gauntlet-e1", labels, ports: [], ...more });
}

describe("the overlay @req:A1", () => {
  it("reads as a whole like this", () => {
    const model = modelOf({
      services: {
        web: {
          image: "w",
          container_name: "fixed",
          ports: [{ target: 80, published: "80" }],
          restart: "always",
        },
        db: { image: "d" },
      },
      networks: { default: {}, front: { name: "front" } },
      volumes: { data: { name: "data" } },
    });
    const overlay = overlayOf(model, {
      ports: [{ service: "web", target: 80, protocol: "tcp", port: 20_001, count: 1 }],
      images: new Map([["db", "gauntlet-build/db:1"]]),
    });
    expect(overlay.warnings).toEqual([]);
    expect(overlay.text).toMatchInlineSnapshot(`
      "services:
        web:
          container_name: !reset null
          ports: !override
            - mode: ingress
              host_ip: 127.0.0.1
              target: 80
              published: "20001"
              protocol: tcp
          labels: &a1
            dev.gauntlet.environment: e1
        db:
          image: gauntlet-build/db:1
          labels: *a1
      networks:
        default:
          name: gauntlet-e1_default
          labels: *a1
        front:
          name: gauntlet-e1_front
          labels: *a1
      volumes:
        data:
          name: gauntlet-e1_data
          labels: *a1
      "
    `);
  });

  it("gives replicas adjacent ports, and takes away ports nobody reserved", () => {
    const model = modelOf({
      services: {
        web: { image: "w", ports: [{ target: 80 }], scale: 3 },
        host: { image: "h", ports: [{ target: 1 }] },
      },
    });
    const { text } = overlayOf(model, {
      ports: [{ service: "web", target: 80, protocol: "tcp", port: 20_001, count: 3 }],
    });
    expect(text).toContain("published: 20001-20003");
    expect(text).toContain("ports: !override []");
  });

  it("makes every network internal when isolated, but one to the published services", () => {
    const model = modelOf({
      services: {
        web: { image: "w", ports: [{ target: 80 }], networks: { back: null } },
        db: { image: "d", networks: { back: null } },
      },
      networks: { back: {} },
    });
    const { text } = overlayOf(model, {
      isIsolated: true,
      ports: [{ service: "web", target: 80, protocol: "tcp", port: 20_001, count: 1 }],
    });
    const { services, networks } = parse(text, { logLevel: "silent" });
    expect(networks.back.internal).toBe(true);
    expect(networks.gauntlet_edge.internal).toBeUndefined();
    expect(services.web.networks).toEqual({ back: null, gauntlet_edge: null });
    expect(services.db.networks).toBeUndefined();
  });

  it("drops a fixed subnet unless an address in it is asked for, which it warns about", () => {
    const networks = { n: { ipam: { config: [{ subnet: "10.0.0.0/24" }] } } };
    const free = overlayOf(modelOf({ services: { a: { image: "a", networks: { n: null } } }, networks }));
    expect(free.text).toContain("ipam: !reset null");
    const fixed = overlayOf(
      modelOf({ services: { a: { image: "a", networks: { n: { ipv4_address: "10.0.0.9" } } } }, networks }),
    );
    expect(fixed.text).not.toContain("ipam");
    expect(fixed.warnings).toEqual([expect.stringContaining('network "n" has fixed addresses')]);
  });

  it("warns about what an environment shares with the machine", () => {
    const { warnings } = overlayOf(
      modelOf({
        services: {
          a: {
            image: "a",
            network_mode: "host",
            volumes: [{ type: "bind", source: "/srv", target: "/data" }],
          },
        },
      }),
    );
    expect(warnings).toEqual([expect.stringContaining("/srv"), expect.stringContaining("host's network")]);
  });
});
