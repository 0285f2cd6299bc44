const { newWorld } = require("./atthene.cjs");

let world;

module.exports = {
  e2e: {
    baseUrl: "http://localhost:5173", // your app
    setupNodeEvents(on) {
      on("task", {
        newWorld: async () => {
          world = await newWorld();
          return { baseUrl: world.baseUrl, apiKey: world.apiKey };
        },
        control: ({ method, path, body }) => world.control(method, path, body),
        closeWorld: () => world.close(),
      });
    },
  },
};
