// Where the service is: tests say it in `window.ATTHENE`, `vite` is told by variables, as `atthene-emulator env` prints them.

declare global {
  interface Window {
    ATTHENE?: { baseUrl: string; apiKey: string };
  }
}

export const { baseUrl, apiKey } = window.ATTHENE ?? {
  baseUrl: import.meta.env.VITE_ATTHENE_BASE_URL ?? "http://localhost:8484/api/v1",
  apiKey: import.meta.env.VITE_ATTHENE_API_KEY ?? "test-key",
};

/** The live socket; browsers cannot send a header with it. */
export function socketUrl(): string {
  const url = new URL("/ws/amas/", baseUrl);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("authorization", `Bearer ${apiKey}`);
  return url.href;
}
