// next.config.mjs
const { ATTHENE_BASE_URL = "http://localhost:8484/api/v1" } = process.env;

export default {
  trailingSlash: true, // as the paths of the API have it
  rewrites: async () => [
    { source: "/api/v1/:path*/", destination: `${ATTHENE_BASE_URL}/:path*/` },
    { source: "/ws/amas/", destination: new URL("/ws/amas/", ATTHENE_BASE_URL).href },
  ],
};
