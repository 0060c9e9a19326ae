import { z } from "zod";
import type { Fault } from "../fault.ts";
import { containerCrash } from "./container-crash.ts";
import { noop } from "./noop.ts";

/** Every fault there is, by the `kind` a scenario names. */
export const faults = {
  "container.crash": containerCrash,
  noop,
} as const;

export const faultSettingsSchema = z.discriminatedUnion("kind", [containerCrash.schema, noop.schema]);

export type FaultSettings = z.infer<typeof faultSettingsSchema>;

/** The fault that a scenario's settings are for. */
export function faultOf(settings: FaultSettings): Fault<FaultSettings> {
  return faults[settings.kind] as Fault<FaultSettings>;
}

/** As faultOf, for what another version may have written: undefined for an unknown kind or settings that do not fit. */
export function readFault(
  written: unknown,
): { fault: Fault<FaultSettings>; settings: FaultSettings } | undefined {
  const settings = faultSettingsSchema.safeParse(written);
  return settings.success ? { fault: faultOf(settings.data), settings: settings.data } : undefined;
}
