import { expect, test } from "./page.js";

const ATTACKER = "http://attacker.example/"; // another site, played by the test; what it loads of the emulator is real

/** A page of another site, which runs `script` with the emulator's address; what that returns. */
async function attack(page, url, script) {
  await page.route(ATTACKER, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>attacker</title><body>" }));
  await page.goto(ATTACKER);
  return page.evaluate(script, url);
}

test.beforeEach(({ complaints }) => {
  complaints.push(/./); // the browser says of each attack why it came to nothing
});

for (const path of ["/__emulator/", "/api/v1/docs/", "/"]) {
  test(`a page of another site cannot frame ${path}`, async ({ page, world }) => {
    const seen = await attack(page, world.url + path, (url) => new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.onload = () => {
        let readable = true;
        try {
          readable = frame.contentDocument !== null;
        } catch {
          readable = false;
        }
        resolve({ readable });
      };
      frame.src = url;
      document.body.append(frame);
    }));
    expect(seen).toEqual({ readable: false });
    for (const frame of page.frames().slice(1)) await expect(frame.locator("#page, main")).toHaveCount(0);
  });
}

for (const path of ["/__emulator/", "/__emulator/inspector/app.js", "/__emulator/state", "/__emulator/sessions", "/__emulator/configurations"]) {
  test(`a page of another site reads nothing of ${path}`, async ({ page, world }) => {
    const seen = await attack(page, world.url + path, async (url) => {
      const found = {};
      for (const mode of ["cors", "no-cors"]) {
        try {
          const answer = await fetch(url, { mode, credentials: "include" });
          found[mode] = [answer.type, answer.status, await answer.text()].join(" ").trim();
        } catch {
          found[mode] = "blocked";
        }
      }
      return found;
    });
    expect(["blocked", "opaque 0"]).toContain(seen.cors);
    expect(["blocked", "opaque 0"]).toContain(seen["no-cors"]);
  });
}

test("a page of another site cannot load the page's modules", async ({ page, world }) => {
  const seen = await attack(page, `${world.url}/__emulator/inspector/`, async (url) => {
    const tried = await Promise.allSettled([import(`${url}app.js`), import(`${url}vendor/preact.mjs`)]);
    const script = await new Promise((resolve) => {
      const element = document.createElement("script");
      element.onload = () => resolve("loaded");
      element.onerror = () => resolve("blocked");
      element.src = `${url}start.js`;
      document.body.append(element);
    });
    return [...tried.map((one) => one.status), script];
  });
  expect(seen).toEqual(["rejected", "rejected", "blocked"]);
});

test("whoever opens the page in a window has no handle of it", async ({ page, world }) => {
  const opened = page.context().waitForEvent("page");
  await attack(page, `${world.url}/__emulator/#/requests`, (url) => {
    document.body.innerHTML = "<button>open</button>";
    document.querySelector("button").onclick = () => {
      window.handle = window.open(url);
    };
  });
  await page.getByRole("button", { name: "open" }).click();
  const inspector = await opened;
  await expect(inspector.getByRole("heading", { level: 1 })).toHaveText("Requests");
  expect(await inspector.evaluate(() => window.opener)).toBe(null);
  await expect.poll(() => page.evaluate(() => window.handle.closed)).toBe(true);
});

test("a link that is opened does nothing by itself", async ({ page, world }) => {
  const before = await world.control("GET", "/scripts");
  const script = encodeURIComponent("then:\n  reply: Evil\n");
  for (const hash of [`#/world/scripts?new=1&script=${script}`, "#/world/faults?new=1&fault=status%3A%20503", "#/world/namespaces", `#/reference/runtime.execute`, "#/playground"]) {
    await world.open(hash);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  expect(await world.control("GET", "/scripts")).toEqual(before);
  expect(await world.control("GET", "/faults")).toEqual([]);
  expect(await world.control("GET", "/journal")).toEqual([]);
});

test("forms of another site change nothing", async ({ page, world }) => {
  await world.call("GET", "/sessions/");
  for (const path of ["/reset", "/clear", "/scenarios/busy", "/gates/x/open", "/snapshots/x/restore", "/gates/x/answer"]) {
    await attack(page, world.url, () => {});
    await page.evaluate((url) => {
      const form = document.createElement("form");
      Object.assign(form, { method: "POST", action: url, enctype: "text/plain" });
      form.innerHTML = `<input name='{"reply": "' value='"}'>`;
      document.body.append(form);
      form.submit();
    }, `${world.url}/__emulator${path}?namespace=${world.namespace}`);
    await expect(page.locator("body")).toContainText("The control plane does not answer to pages of another");
  }
  expect(await world.control("GET", "/sessions/session_abc123")).toMatchObject({ message_count: 2 });
});

test("a name that an attacker points at this machine reaches neither the page nor what it shows", async ({ page, world }) => {
  const rebound = world.url.replace(/127\.0\.0\.1|localhost/, "rebound.example");
  for (const path of ["/__emulator/", "/__emulator/inspector/app.js", "/__emulator/state", "/__emulator/sessions", "/api/v1/docs/", "/"]) {
    const answer = await page.goto(rebound + path);
    expect(answer.status(), path).toBe(403);
    expect(await page.content()).not.toContain("test-key");
  }
});
