export { type HeldLock, type LockOptions, lockHolder, tryLock, waitForLock } from "./lock.ts";
export { isAlive, type ProcessIdentity, processIdentity, thisProcess } from "./process-identity.ts";
export { statePath } from "./state-path.ts";
export { writeFileAtomic } from "./write-file-atomic.ts";
