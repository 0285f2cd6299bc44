/** The page of an emulator that was started with a control token, which the test knows. */

import { expect, test } from "@playwright/test";

const EMULATOR = process.env.ATTHENE_EMULATOR_URL;
const TOKEN = process.env.CONTROL_TOKEN;

const dialog = (page) => page.getByRole("dialog", { name: "The control token" });

async function enter(page, token) {
  await dialog(page).getByLabel("Token or key").fill(token);
  await dialog(page).getByRole("button", { name: "Open" }).click();
}

const made = async () => {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  return (await fetch(`${EMULATOR}/__emulator/namespaces`, { method: "POST", headers, body: "{}" })).json();
};

test("the token is asked for once, and opens every view", async ({ page }) => {
  await page.goto(`${EMULATOR}/__emulator/`);
  await enter(page, TOKEN);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  for (const name of ["Sessions", "Agents", "Playground", "Control", "Reference", "Requests"]) {
    await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(dialog(page)).toBeHidden();
    await expect(page.getByRole("alert")).toHaveCount(0);
  }
});

test("it is kept nowhere, so a reload asks again", async ({ page, context }) => {
  await page.goto(`${EMULATOR}/__emulator/`);
  await enter(page, TOKEN);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state]))).not.toContain(TOKEN);
  expect(await context.cookies()).toEqual([]);
  await page.reload();
  await expect(dialog(page)).toBeVisible();
});

test("a wrong one is refused, and asked for again", async ({ page }) => {
  await page.goto(`${EMULATOR}/__emulator/`);
  await enter(page, "guessed");
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page)).toContainText("That one was refused");
  await enter(page, TOKEN);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
});

test("the key of a namespace opens that one, and no other", async ({ page }) => {
  const { name, api_key: key } = await made();
  await page.goto(`${EMULATOR}/__emulator/#/sessions?namespace=${name}`);
  await enter(page, key);
  await expect(page.getByRole("link", { name: "session_abc123" })).toBeVisible();
  await page.goto(`${EMULATOR}/__emulator/#/sessions?namespace=default`);
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "session_abc123" })).toHaveCount(0);
  await fetch(`${EMULATOR}/__emulator/namespaces/${name}`, { method: "DELETE", headers: { authorization: `Bearer ${TOKEN}` } });
});

test("the start page shows no keys", async ({ page }) => {
  await page.goto(EMULATOR);
  await expect(page.getByText("the seed has them")).toBeVisible();
  await expect(page.getByText("test-key")).toHaveCount(0);
});
