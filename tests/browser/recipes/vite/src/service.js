// Where the service is: as `atthene-emulator env --prefix VITE_` has said, or behind the proxy of the page itself.
export const baseUrl = import.meta.env.VITE_ATTHENE_BASE_URL ?? "/api/v1";
export const headers = import.meta.env.VITE_ATTHENE_API_KEY ? { "x-api-key": import.meta.env.VITE_ATTHENE_API_KEY } : {};
