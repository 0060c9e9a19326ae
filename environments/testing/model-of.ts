import { type ComposeModel, parseModel } from "../model.ts";

/** A model as Compose would print it, from the parts a test is about. */
export function modelOf(parts: Record<string, unknown>): ComposeModel {
  return parseModel({ name: "gauntlet-e1", services: {}, ...parts });
}
