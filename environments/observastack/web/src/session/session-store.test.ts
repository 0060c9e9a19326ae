import { expect, test } from "vitest";
import { createSessionStore } from "./session-store.ts";

function memoryStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: (index) => [...kept.keys()][index] ?? null,
    removeItem: (key) => kept.delete(key),
    setItem: (key, value) => kept.set(key, value),
  };
}

const now = Date.parse("2026-03-14T09:00:00Z");
const session = {
  token: "t1",
  expiresAt: "2026-03-14T09:15:00Z",
  user: { id: "u", username: "viewer", displayName: "Vera", roles: ["viewer"], tenant: "acme" },
};

test("a session is there again after a reload, and gone after signing out", () => {
  const storage = memoryStorage();
  createSessionStore(storage, () => now).begin(session);
  const reloaded = createSessionStore(storage, () => now);
  expect(reloaded.get().session).toEqual(session);
  reloaded.end("signed-out");
  expect(storage.length).toBe(0);
  expect(createSessionStore(storage, () => now).get()).toEqual({ session: null, notice: null });
});

test("a session that ran out while the tab was away asks for a new login and says why", () => {
  const storage = memoryStorage();
  createSessionStore(storage, () => now).begin(session);
  const late = createSessionStore(storage, () => now + 16 * 60_000);
  expect(late.get()).toEqual({ session: null, notice: "expired" });
  expect(storage.length).toBe(0);
});

test("the refusal of an older token leaves the session alone", () => {
  const store = createSessionStore(null, () => now);
  store.begin(session);
  store.refuse("t0");
  expect(store.get().session).toEqual(session);
  store.refuse("t1");
  expect(store.get()).toEqual({ session: null, notice: "expired" });
});

test("what others wrote into the storage is not taken for a session", () => {
  const storage = memoryStorage();
  for (const text of ["{", "null", '{"token":"x"}']) {
    storage.setItem("observastack.session", text);
    expect(createSessionStore(storage, () => now).get().session).toBeNull();
  }
});
