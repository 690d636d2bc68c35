// What the browser journeys share: a browser, people who log in, goods, and what went wrong on a page.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

export const URL_ = process.env.LIANDIAN_URL ?? "http://127.0.0.1:7400";
export const SANDBOX = process.env.LIANDIAN_SANDBOX ?? "http://127.0.0.1:7404";
export const SHOTS = process.env.LIANDIAN_SHOTS ?? "screenshots";
export const PASSWORD = "liandian-demo";
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: "zh-CN" };
export const DESK = { viewport: { width: 1280, height: 800 }, locale: "zh-CN" };

// Runs in the page's own world, past its content policy.
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
export const faults = [];

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await chromium.launch({
    executablePath: (process.env.LIANDIAN_CHROMIUM ?? "chromium").includes("/") ? process.env.LIANDIAN_CHROMIUM : `/usr/bin/${process.env.LIANDIAN_CHROMIUM ?? "chromium"}`,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});
after(async () => {
  await browser?.close();
});

export async function open(kind, more = {}) {
  const context = await browser.newContext({ ...kind, ...more });
  return { context, page: await tab(context) };
}

/** One more page of somebody's browser. */
export async function tab(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(Number(process.env.LIANDIAN_PATIENCE ?? 20_000));
  page.on("pageerror", (e) => faults.push(`${page.url()}: ${e.message}`));
  page.on("console", (m) => {
    // A refused request is told to the person; the browser prints it as well.
    if (m.type() === "error" && !/Failed to load resource/.test(m.text())) faults.push(`${page.url()}: ${m.text()}`);
  });
  return page;
}

/** A picture for people. It proves nothing, so that a machine too busy to draw one fails no journey. */
export const shot = (page, name) => page.screenshot({ path: `${SHOTS}/${name}.png` }).catch((e) => console.error(`no picture ${name}: ${e.message.split("\n")[0]}`));
export const awake = (page) => page.waitForFunction(() => document.documentElement.dataset.awake !== undefined);

export async function api(path) {
  const answer = await fetch(`${URL_}${path}`);
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/** SKUs of a store with this many units, from its first pages. */
export async function goods(store, fits) {
  const found = [];
  let cursor = "";
  for (let i = 0; i < 15; i++) {
    const page = await api(`/api/v1/stores/${store}/listings${cursor}`);
    found.push(...page.items.filter((g) => fits(g.available)));
    if (!page.next) break;
    cursor = `?cursor=${encodeURIComponent(page.next)}`;
  }
  assert.ok(found.length > 0, `${store} has no such goods`);
  return found;
}

export async function logInCustomer(page, to, who = "小林") {
  await page.goto(`${SANDBOX}/wechat?to=${encodeURIComponent(to)}`);
  await page.getByRole("button", { name: who, exact: true }).click();
  await page.waitForURL(`${URL_}${to}`);
}

export async function staff(username, kind = DESK) {
  const { context, page } = await open(kind);
  await page.goto(`${URL_}/console/login`);
  await page.getByLabel("账号").fill(username);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  try {
    await page.waitForURL((u) => !u.pathname.endsWith("/login"));
  } catch (e) {
    throw new Error(`${username} stays at the login, which says: ${await page.locator("main").innerText()}`, { cause: e });
  }
  return { context, page };
}

/** Logs in where one is, with a password of one's own. */
export async function enter(page, username, password) {
  await page.goto(`${URL_}/console/login`);
  await page.getByLabel("账号").fill(username);
  await page.getByLabel("密码").fill(password);
  await page.getByRole("button", { name: "登录" }).click();
}

export async function putIntoCart(page, store, sku, times = 1) {
  await page.goto(`${URL_}/s/${store}/p/${sku}`);
  await awake(page);
  for (let i = 1; i < times; i++) await page.getByRole("button", { name: "多一件" }).click();
  await page.getByRole("button", { name: "加入购物车" }).click();
  await page.getByRole("button", { name: "已加入" }).waitFor();
}

export async function payAtSandbox(page) {
  await page.waitForURL(`${SANDBOX}/pay**`);
  await page.getByRole("button", { name: "确认支付" }).click();
  await page.waitForURL(`${URL_}/orders/**`);
  return new URL(page.url()).pathname.split("/").pop();
}

/** Somewhere in Jing'an, as a phone measures it (WGS-84). */
export const HOME = { latitude: 31.2276, longitude: 121.4417 };
export const BEIJING = { latitude: 39.9073, longitude: 116.4545 };

export async function standAt(page, place) {
  await page.context().grantPermissions(["geolocation"]);
  await page.context().setGeolocation(place);
}

/** Fills the form of a delivery or a parcel, the place being measured. */
export async function fillAddress(page, street, place = HOME) {
  await standAt(page, place);
  await page.getByLabel("收货人").fill("欧阳测试");
  await page.getByLabel("手机号").fill("13987650123");
  await page.getByRole("button", { name: "用我的位置" }).click();
  await page.getByText("距门店").waitFor();
  await page.waitForFunction(() => document.querySelector("input[list]").value !== "");
  await page.getByLabel("地址", { exact: true }).fill(street);
}

export const priced = (page) => page.waitForFunction(() => [...document.querySelectorAll("button")].some((b) => b.textContent === "提交订单" && !b.disabled));
/** What axe finds wrong with a page, in words. */
export async function wrongs(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} — ${n.failureSummary?.split("\n")[1]?.trim()}`));
}

/** Types as a scanner does: a whole code within 50 ms, then Enter. */
export async function scanCode(page, code) {
  await page.keyboard.type(code, { delay: 50 / code.length });
  await page.keyboard.press("Enter");
}

/** Taps a step until it can be taken back: a tap in the moment in which the list moves is not taken at its word. */
export async function tapStep(page, button, back) {
  for (let tries = 0; tries < 5; tries++) {
    await page.waitForTimeout(600);
    await button.click();
    if (await back.waitFor({ timeout: 1_500 }).then(() => true, () => false)) return;
  }
  await back.waitFor();
}

/** Lets every answer of the JSON routes take this long. */
export const slow = (page, ms) =>
  page.route("**/api/v1/**", async (route) => {
    await new Promise((go) => setTimeout(go, ms));
    await route.continue();
  });

/** An order of this store that waits for its goods, paid by the demo customer. */
export async function paidPickup(store, sku, quantity = 1) {
  const { context, page } = await open(PHONE);
  await logInCustomer(page, `/s/${store}`);
  await putIntoCart(page, store, sku, quantity);
  await page.goto(`${URL_}/s/${store}/checkout`);
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((b) => b.textContent === "提交订单" && !b.disabled));
  await page.getByRole("button", { name: "提交订单" }).click();
  const order = await payAtSandbox(page);
  await untilText(page, "门店正在备货");
  return { context, page, order };
}

export const untilText = (page, text, ms = 30_000) => page.getByText(text, { exact: false }).first().waitFor({ timeout: ms });

/** Opens an address until something is on its page: what one page saves may reach another a moment later. */
export async function opened(page, address, found, what, ms = 30_000) {
  const until = Date.now() + ms;
  for (;;) {
    await page.goto(address);
    if (await found().first().isVisible()) return;
    if (Date.now() > until) throw new Error(`${what}: not on ${address} after ${ms} ms, which says: ${(await page.locator("body").innerText()).slice(0, 600)}`);
    await page.waitForTimeout(400);
  }
}

/** What a store asks for a SKU, as its page shows it. */
export const shownPrice = (page) => page.locator(".pricing .price");

/** Waits until a store's page shows this price. */
export const untilPrice = (page, store, sku, price) =>
  opened(page, `${URL_}/s/${store}/p/${sku}`, () => shownPrice(page).filter({ hasText: price }), `${store} sells ${sku} at ${price}`);

/** Fen as pages write them. */
export const money = (fen) => `¥${(fen / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",")}`;
/** Fen as people type them. */
export const typed = (fen) => (fen / 100).toFixed(2);

/** A moment by China's clock, as a field for dates and times has it. */
export const chinaMinute = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16);
/** Its day. */
export const chinaDay = (ms) => chinaMinute(ms).slice(0, 10);

/** Asks the API as whoever is logged in on this page. */
export async function asked(page, path, body) {
  const { status, text } = await page.evaluate(
    async ([path, body]) => {
      const more = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
      const answer = await fetch(path, more);
      return { status: answer.status, text: await answer.text() };
    },
    [path, body],
  );
  assert.ok(status < 300, `${path} answers ${status}: ${text}`);
  return JSON.parse(text);
}

/** A quote as nobody in particular asks for it. */
export async function quoted(store, lines, fulfilment = "pickup") {
  const ask = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ store, fulfilment, lines }) };
  const answer = await fetch(`${URL_}/api/v1/quotes`, ask);
  assert.equal(answer.status, 200, `a quote of ${store} is answered`);
  return answer.json();
}

/** Lays lines into the cart of a store on this device, and opens it. */
export async function openCart(page, store, lines) {
  if (!page.url().startsWith(`${URL_}/s/${store}`)) await page.goto(`${URL_}/s/${store}`);
  await page.evaluate(([store, lines]) => localStorage.setItem(`ld-cart-${store}`, JSON.stringify(lines)), [store, lines]);
  await page.goto(`${URL_}/s/${store}/cart`);
  await settled(page);
}

/** Waits until a cart is priced by the server, and not by what the page knew before. */
export async function settled(page) {
  await page.locator(".cells.sums").waitFor();
  await page.locator(".bar:not(.busy) .sum").waitFor();
}

/** What a campaign takes off a priced cart, as its line. */
export const discountLine = (page, title) => page.locator(".cell.off", { hasText: title });

/** What axe found in states that pages have only while somebody is at work on them; the last test of a file says so. */
export const unfit = [];

/** A picture of such a state, and what axe finds in it. */
export async function look(page, name) {
  await shot(page, name);
  unfit.push(...(await wrongs(page)).map((w) => `${name} ${w}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) unfit.push(`${name} is ${wide} px wider than the window`);
}
