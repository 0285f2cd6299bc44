// vite.config.ts
import { defineConfig, loadEnv } from "vite";

/** What the development server passes on, with the key that pages do not need to know. */
export function proxy(mode: string) {
  const { ATTHENE_BASE_URL = "http://localhost:8484/api/v1", ATTHENE_API_KEY = "test-key" } =
    loadEnv(mode, process.cwd(), "ATTHENE_"); // of the environment, else of .env.local
  const service = {
    target: new URL(ATTHENE_BASE_URL).origin,
    changeOrigin: true, // the service is asked by its own name, not by that of the page
    headers: { "x-api-key": ATTHENE_API_KEY },
  };
  return { "/api/v1": service, "/ws/amas": { ...service, ws: true, rewriteWsOrigin: true } };
}

export default defineConfig(({ mode }) => ({
  plugins: [], // yours, such as react()
  server: { proxy: proxy(mode) },
}));
