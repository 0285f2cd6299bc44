// How orval's functions send a request: to the address and with the key that the program is given.
declare const process: { argv: string[] };
const [baseUrl, key] = process.argv.slice(2);

export async function request<T>(path: string, options: RequestInit): Promise<T> {
  const headers = new Headers(options.headers);
  headers.set("x-api-key", key);
  const response = await fetch(baseUrl + path, { ...options, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, data: text ? JSON.parse(text) : undefined } as T;
}
