// cypress.config.cjs
module.exports = {
  e2e: {
    baseUrl: "http://localhost:5173", // your app
    async setupNodeEvents(on) {
      const { attach } = await import("atthene-emulator");
      const emulator = await attach();
      let world;
      on("task", {
        newWorld: async () => {
          world = await emulator.newWorld();
          return { baseUrl: world.baseUrl, apiKey: world.apiKey };
        },
        world: async ([method, ...values]) => (await world[method](...values)) ?? null,
      });
    },
  },
};
