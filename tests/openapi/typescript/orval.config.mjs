export default {
  atthene: {
    input: "openapi.json",
    output: { target: "orval/atthene.ts", client: "fetch", override: { mutator: { path: "request.ts", name: "request" } } },
  },
};
