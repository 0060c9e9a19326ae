import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { loadConfig } from "./config.ts";
import { ConfigContext } from "./config-context.ts";
import { SessionProvider } from "./session/session-context.tsx";
import { createSessionStore } from "./session/session-store.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/header.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

const config = loadConfig((input, init) => window.fetch(input, init));
const store = createSessionStore(tabStorage(), Date.now);

createRoot(root).render(
  <StrictMode>
    <ConfigContext value={config}>
      <SessionProvider store={store}>
        <App />
      </SessionProvider>
    </ConfigContext>
  </StrictMode>,
);

function tabStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
