import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    // The page runs under `default-src 'self'`: an asset inlined as a data: URL would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // light-dark() is used as it is; these are the first versions that know it.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
  },
});
