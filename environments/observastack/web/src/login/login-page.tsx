import { type FormEvent, useRef, useState } from "react";
import { toApiError } from "../api/api-error.ts";
import { readSession } from "../api/shapes.ts";
import { useSession } from "../session/session-context.tsx";
import type { SessionNotice } from "../session/session-store.ts";
import { Logo } from "../ui/icons.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
import { ThemeToggle } from "../ui/theme-toggle.tsx";
import { LogArt } from "./log-art.tsx";
import { PasswordField, TextField } from "./login-fields.tsx";
import "./login.css";

type FieldName = "tenant" | "username" | "password";

const MISSING: Record<FieldName, string> = {
  tenant: "Enter your tenant.",
  username: "Enter your username.",
  password: "Enter your password.",
};

const NOTICES: Record<SessionNotice, string> = {
  expired: "Your session has ended. Sign in to go on where you were.",
  "signed-out": "You have signed out.",
};

export default function LoginPage() {
  const { client, store, notice } = useSession();
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState<readonly FieldName[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function signIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const entered = readFields(new FormData(event.currentTarget));
    const empty = (Object.keys(MISSING) as FieldName[]).filter((name) => entered[name] === "");
    setMissing(empty);
    setFailure(null);
    if (empty[0]) {
      focusField(empty[0]);
      return;
    }
    setBusy(true);
    try {
      store.begin(readSession(await client.json("/api/auth/login", { method: "POST", json: entered })));
    } catch (error) {
      const { kind, message } = toApiError(error);
      setFailure(kind === "unauthorized" ? "Tenant, username or password is not right." : message);
      setBusy(false);
      focusField("password");
    }
  }

  function focusField(name: FieldName): void {
    const field = form.current?.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.focus();
  }

  const missingText = (name: FieldName) => (missing.includes(name) ? MISSING[name] : null);
  return (
    <div className="login">
      <LogArt />
      <main className="login-side">
        <div className="login-top">
          <span className="brand">
            <Logo />
            <span>ObservaStack</span>
          </span>
          <ThemeToggle />
        </div>
        <div className="login-box">
          <PageHeading title="Sign in" />
          {failure ? (
            <p className="notice notice-bad" role="alert">
              {failure}
            </p>
          ) : notice ? (
            <p className="notice" role={notice === "expired" ? "alert" : "status"}>
              {NOTICES[notice]}
            </p>
          ) : null}
          <form ref={form} onSubmit={signIn} noValidate aria-label="Sign in" aria-busy={isBusy}>
            <TextField
              name="tenant"
              label="Tenant"
              autoComplete="organization"
              error={missingText("tenant")}
            />
            <TextField
              name="username"
              label="Username"
              autoComplete="username"
              error={missingText("username")}
            />
            <PasswordField name="password" label="Password" error={missingText("password")} />
            <button type="submit" className="button button-main" disabled={isBusy}>
              {isBusy ? "Signing in…" : "Sign in"}
            </button>
          </form>
        </div>
      </main>
    </div>
  );
}

function readFields(data: FormData): Record<FieldName, string> {
  const text = (name: FieldName) => String(data.get(name) ?? "");
  return { tenant: text("tenant").trim(), username: text("username").trim(), password: text("password") };
}
