export { type CleanupFailure, type CleanupOptions, CleanupStack } from "./cleanup-stack.ts";
export { type Interruption, interruptSignal } from "./interruption.ts";
