import { createContext } from "react";
import type { WebConfig } from "./config.ts";

/** A promise, so that reading it costs the first paint nothing; read it with `use` below a Suspense. */
export const ConfigContext = createContext<Promise<WebConfig>>(
  Promise.resolve({ defects: new Set<string>() }),
);
