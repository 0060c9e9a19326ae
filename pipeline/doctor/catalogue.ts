import { baseImage } from "./base-image.ts";
import { chromium } from "./chromium.ts";
import { buildx, compose } from "./cli-plugin.ts";
import { engine } from "./engine.ts";
import { k6 } from "./k6.ts";
import type { Need } from "./need.ts";
import type { NeedName } from "./needs.ts";

export type NeedCatalogue = Readonly<Record<NeedName, Need>>;

export const catalogue: NeedCatalogue = {
  engine,
  compose,
  buildx,
  "base-image": baseImage,
  k6,
  chromium,
};
