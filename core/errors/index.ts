export { describeError, type ErrorDescription, errorCodeOf, exitCodeForError } from "./describe.ts";
export { GauntletError, type GauntletErrorOptions, UsageError } from "./gauntlet-error.ts";
