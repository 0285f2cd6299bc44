// cypress/e2e/chat.cy.js
const world = (...method) => cy.task("world", method);

describe("chat", () => {
  let chat;
  beforeEach(() => { cy.task("newWorld").then((made) => { chat = made; }); });
  afterEach(() => { world("close"); });

  it("shows a scripted answer", () => {
    world("script", "It rains.");
    cy.visit("/", { onBeforeLoad: (page) => { page.CHAT = chat; } }); // however your app is told
    cy.get("textarea").type("How is the weather?{enter}");
    cy.get("[role=log]").should("contain", "It rains.");
  });

  it("says that the service is overloaded", () => {
    world("fault", { operation: "runtime.execute", status: 503 });
    cy.visit("/", { onBeforeLoad: (page) => { page.CHAT = chat; } });
    cy.get("textarea").type("Hello{enter}");
    cy.get("[role=alert]").should("contain", "overloaded");
  });
});
