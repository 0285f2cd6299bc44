const control = (method, path, body) => cy.task("control", { method, path, body });

describe("chat", () => {
  let world;
  before(() => { cy.task("newWorld").then((made) => { world = made; }); });
  beforeEach(() => { control("POST", "/reset"); });
  after(() => { cy.task("closeWorld"); });

  it("shows a scripted answer", () => {
    control("POST", "/scripts", { then: { reply: "It rains." } });
    cy.visit("/", { onBeforeLoad: (page) => { page.CHAT = world; } }); // however your app is told
    cy.get("textarea").type("How is the weather?{enter}");
    cy.get("[role=log]").should("contain", "It rains.");
  });

  it("says that the service is overloaded", () => {
    control("POST", "/faults", { operation: "runtime.execute", status: 503 });
    cy.visit("/", { onBeforeLoad: (page) => { page.CHAT = world; } });
    cy.get("textarea").type("Hello{enter}");
    cy.get("[role=alert]").should("contain", "overloaded");
  });
});
