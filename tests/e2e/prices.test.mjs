// Journeys of prices: a cart that says why it costs what it does, campaigns of HQ and of a store, coupons, flash sales, add-ons and gifts.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PHONE, URL_, awake, chinaMinute, discountLine, faults, goods, logInCustomer, look, money, open, openCart, payAtSandbox, priced, settled, shot, staff, tab, typed, unfit, untilText,
} from "./kit.mjs";

/** Goods that are no part of these carts: flash sales have prices of their own, and some are sold so near their floor that not all of a campaign fits. */
const ASIDE = /^sku_(cherry-tomato|potato|waxberry|loquat|peach|eggs|pork-slice|chicken-breast)(-\d)?$/;

/** Fresh goods of a store, of which there is room for every campaign above the floor, dearest first. */
async function fresh(store) {
  const all = (await goods(store, (n) => n >= 8)).filter((g) => g.category === "fresh" && !g.flagship && g.was == null && !ASIDE.test(g.sku));
  assert.ok(all.length > 0, `${store} has fresh goods`);
  return all.sort((a, b) => b.price - a.price);
}

/** A cart whose goods come as near to this sum as they can, and stay below it: half of what is there of each, at most. */
function basket(all, below) {
  const lines = [];
  let sum = 0;
  for (const g of all) {
    const quantity = Math.min(8, Math.floor(g.available / 2), Math.floor((below - 1 - sum) / g.price));
    if (quantity < 1) continue;
    lines.push({ sku: g.sku, quantity });
    sum += quantity * g.price;
  }
  return { lines, sum };
}

const total = (page) => page.locator(".bar .sum .price").innerText();
const texts = async (page, what) => (await page.locator(what).allInnerTexts()).map((t) => t.replace(/\s+/g, " "));

/** Opens a cart until a campaign is in it: what HQ approves reaches stores a moment later. */
async function untilDiscount(page, store, lines, title) {
  const until = Date.now() + 30_000;
  for (;;) {
    await openCart(page, store, lines);
    if (await discountLine(page, title).first().waitFor({ timeout: 1_500 }).then(() => true, () => false)) return;
    if (Date.now() > until) assert.fail(`no “${title}” in the cart of ${store}: ${await texts(page, ".cells.sums .cell")}`);
  }
}

test("a cart says what is missing for a campaign, leads to more goods, gets cheaper, and costs at last what it said", async () => {
  const store = "sto_cd01";
  const all = await fresh(store);
  const { lines, sum } = basket(all, 30_000);
  assert.ok(sum >= 20_000, `the demo chain fills a cart: ${sum}`);
  const { context, page } = await open(PHONE);
  await openCart(page, store, lines);
  assert.equal(await total(page), money(sum), "nothing is taken off yet");
  const near = page.locator(".cell.missed", { hasText: "满300减50" });
  await near.waitFor().catch(async () => assert.fail(`the cart is silent about 满300减50: ${await texts(page, ".cells.sums .cell")}`));
  assert.ok((await near.innerText()).includes(`还差 ${typed(30_000 - sum)} 元`), await near.innerText());
  assert.equal(await discountLine(page, "满300减50").count(), 0);
  await look(page, "prices-near-miss");
  await near.getByRole("link", { name: "去凑单" }).click();
  await page.waitForURL((u) => u.pathname.startsWith(`/s/${store}`) && !u.pathname.endsWith("/cart"));
  await awake(page);
  await shot(page, "prices-more-goods");
  // Whatever stands there and costs enough: one of it.
  const cards = page.locator("main li.card:not(.gone)");
  const costs = await cards.evaluateAll((found) => found.map((c) => [c.querySelector("[data-add]")?.dataset.add, Number(c.querySelector(".price")?.textContent.replace(/[¥,]/g, "")) * 100]));
  const at = costs.findIndex(([sku, cost]) => sku && cost >= 30_000 - sum);
  assert.ok(at >= 0, `the page that fills a cart has goods for ${30_000 - sum} fen: ${JSON.stringify(costs)}`);
  const [more] = costs[at];
  const before = await page.evaluate((s) => JSON.parse(localStorage.getItem(`ld-cart-${s}`)).reduce((n, l) => n + l.quantity, 0), store);
  await cards.nth(at).locator("[data-add]").click();
  await page.waitForFunction(([s, n]) => JSON.parse(localStorage.getItem(`ld-cart-${s}`)).reduce((all, l) => all + l.quantity, 0) === n + 1, [store, before]);
  await page.goto(`${URL_}/s/${store}/cart`);
  await settled(page);
  await discountLine(page, "满300减50").waitFor().catch(async () => assert.fail(`with ${more} it is no cheaper: ${await texts(page, ".cells.sums .cell")}`));
  const off = Number((await discountLine(page, "满300减50").innerText()).match(/−¥(\d+\.\d\d)/)[1]);
  // What was added may be sold so near its floor that a little of it does not fit.
  assert.ok(off > 45 && off <= 50, `50 are taken off, or what the floor leaves: ${off}`);
  assert.equal(await near.count(), 0, "what applies is not missing");
  await look(page, "prices-cheaper");

  await logInCustomer(page, `/s/${store}/checkout`, "老周");
  await priced(page);
  await discountLine(page, "满300减50").waitFor();
  const said = await total(page);
  await shot(page, "prices-checkout");
  await page.getByRole("button", { name: "提交订单" }).click();
  await payAtSandbox(page);
  await untilText(page, "门店正在备货");
  const paid = await page.locator("main .cell", { has: page.getByText(/^(合计|应付)$/) }).locator(".price").first().innerText();
  assert.equal(paid, said, "what the checkout said is what was paid");
  assert.ok((await discountLine(page, "满300减50").first().innerText()).includes(`−¥${off.toFixed(2)}`), "and the order says why");
  await shot(page, "prices-order");
  await context.close();
});

test("a store's own campaign is in nobody's cart before HQ has approved it, and then it is", async () => {
  const [store, title] = ["sto_cd07", "玉林生鲜周末七折"];
  const [good] = await fresh(store);
  const lines = [{ sku: good.sku, quantity: 1 }];
  const { context, page } = await staff("cd07-manager");
  await page.goto(`${URL_}/console/s/${store}/campaigns`);
  await page.getByRole("link", { name: "新建活动" }).click();
  await page.waitForURL("**/campaigns/new");
  await awake(page);
  const form = page.getByRole("region", { name: "活动内容" });
  await form.getByLabel("活动名称").fill(title);
  await form.getByRole("combobox", { name: "活动类型" }).selectOption("percent");
  await form.getByLabel("打几折").fill("7");
  await form.getByLabel("开始", { exact: true }).fill(chinaMinute(Date.now() - 3_600_000));
  await form.getByLabel("结束", { exact: true }).fill(chinaMinute(Date.now() + 20 * 86_400_000));
  await form.getByRole("button", { name: "保存草稿" }).click();
  await page.waitForURL("**/campaigns/cmp_*");
  const campaign = new URL(page.url()).pathname.split("/").pop();
  await awake(page);
  await page.getByRole("button", { name: "提交审核" }).click();
  await page.locator(".badge", { hasText: "待审核" }).first().waitFor();
  await shot(page, "prices-own-waits");

  const { context: phones, page: phone } = await open(PHONE);
  await openCart(phone, store, lines);
  assert.equal(await discountLine(phone, title).count(), 0, "nothing unapproved is charged");
  const full = await total(phone);
  assert.ok(!(await (await phone.request.get(`${URL_}/s/${store}/p/${good.sku}`)).text()).includes(title), "nor shown");

  const hq = await staff("marketing");
  await hq.page.goto(`${URL_}/console/hq/campaigns?state=review`);
  await hq.page.getByRole("link", { name: title, exact: true }).click();
  await hq.page.waitForURL(`**/campaigns/${campaign}`);
  await awake(hq.page);
  await look(hq.page, "prices-own-review");
  await hq.page.getByRole("button", { name: "批准", exact: true }).click();
  await hq.page.locator(".badge", { hasText: "进行中" }).first().waitFor();
  await untilDiscount(phone, store, lines, title);
  assert.notEqual(await total(phone), full);
  await shot(phone, "prices-own-runs");
  // The store ends it: it is over for its customers, and not to be had again.
  await page.reload();
  await awake(page);
  await page.getByRole("button", { name: "结束", exact: true }).click();
  await page.getByRole("button", { name: "确认结束，不能恢复" }).click();
  await page.locator(".badge", { hasText: "已结束" }).first().waitFor();
  for (const c of [context, phones, hq.context]) await c.close();
});

test("one coupon in two tabs: the first order has it, the second is told, and nobody uses it twice", async () => {
  const [coupon, who] = ["全国满100减10", "阿珍"];
  const { context, page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_cd01/coupons", who);
  await awake(page);
  const offer = page.locator("li.offer", { hasText: coupon });
  await offer.getByRole("button", { name: "立即领取" }).click();
  await offer.getByRole("button", { name: "已领取" }).waitFor();
  await look(page, "prices-coupon-claimed");
  await page.goto(`${URL_}/coupons`);
  assert.equal(await page.locator("li.offer", { hasText: coupon }).count(), 1, "she holds one");

  // Two shops at once, each with a cart that fits: both carts say that they use it.
  const tabs = [];
  for (const store of ["sto_cd01", "sto_hz01"]) {
    const at = tabs.length ? await tab(context) : page;
    const { lines, sum } = basket(await fresh(store), 14_000);
    assert.ok(sum >= 10_000, `${store}: ${sum}`);
    await openCart(at, store, lines);
    await at.goto(`${URL_}/s/${store}/checkout`);
    await priced(at);
    await at.locator("#coupons summary", { hasText: "已用 1 张，−¥10.00" }).waitFor();
    tabs.push(at);
  }
  const [first, second] = tabs;
  await first.getByRole("button", { name: "提交订单" }).click();
  await payAtSandbox(first);
  await untilText(first, "门店正在备货");
  await second.getByRole("button", { name: "提交订单" }).click();
  const told = second.getByRole("alert").filter({ hasText: /\S/ }).first();
  await told.waitFor();
  assert.match(await told.innerText(), /优惠券|应付金额已变为/, "she is told before she pays more");
  await look(second, "prices-coupon-gone");
  assert.ok(!second.url().includes("/pay"), "no order was placed at a price that holds no more");
  await second.locator("#coupons summary").filter({ hasNotText: "已用" }).waitFor();
  await second.goto(`${URL_}/coupons?tab=used`);
  await second.getByRole("link", { name: "已使用 1" }).waitFor();
  assert.equal(await second.locator("li.offer", { hasText: coupon }).count(), 1, "it is used, once");
  await context.close();
});

test("flash sales tick by the server's clock, an add-on is taken for little, and a gift is named", async (t) => {
  const store = "sto_hz01";
  const { context, page } = await open(PHONE);
  await page.goto(`${URL_}/s/${store}/flash`);
  await awake(page);
  const running = page.locator("section.session", { hasText: "正在抢" });
  const clocks = page.getByRole("timer");
  if (await clocks.count()) {
    const was = await clocks.first().textContent();
    assert.match(was, /\d\d:\d\d:\d\d$/);
    await page.waitForFunction((was) => document.querySelector("time[role=timer]").textContent !== was, was);
  } else t.diagnostic("no flash sale is near at this hour");
  await look(page, "prices-flash");
  if (await running.locator("[data-add]").count()) {
    const item = running.locator("li.card", { has: page.locator("[data-add]") }).first();
    const [sku, price] = [await item.locator("[data-add]").getAttribute("data-add"), await item.locator(".end .price").innerText()];
    await item.locator("[data-add]").click();
    await page.waitForFunction(([s, sku]) => JSON.parse(localStorage.getItem(`ld-cart-${s}`) ?? "[]").some((l) => l.sku === sku), [store, sku]);
    await page.goto(`${URL_}/s/${store}/cart`);
    await settled(page);
    assert.equal(await total(page), price, "the flash page's price is the cart's");
  } else t.diagnostic("no flash sale runs at this hour");

  const { lines, sum } = basket(await fresh(store), 14_000);
  assert.ok(sum >= 9_900, `${store}: ${sum}`);
  await openCart(page, store, lines);
  const without = await texts(page, ".cells.sums .cell");
  assert.ok(without.some((l) => /赠品：.*豆浆.*×1/.test(l)), `the gift is named: ${without}`);
  await page.getByRole("heading", { name: "加价换购" }).waitFor();
  const add = page.getByRole("button", { name: /^加 \S+ 元换购/ }).first();
  const label = await add.getAttribute("aria-label");
  const cost = Math.round(Number(label.match(/加 (\S+) 元/)[1]) * 100);
  await look(page, "prices-add-on");
  await add.click();
  await page.waitForFunction((n) => document.querySelectorAll("ul.lines li.line").length === n, lines.length + 1);
  await discountLine(page, "加价换购").waitFor();
  await page.waitForFunction((shown) => document.querySelector(".bar .sum .price").textContent === shown, money(sum + cost));

  await logInCustomer(page, `/s/${store}/checkout`, "米粒");
  await priced(page);
  const said = await total(page);
  await page.getByRole("button", { name: "提交订单" }).click();
  await payAtSandbox(page);
  await untilText(page, "门店正在备货");
  const order = (await page.locator("main").innerText()).replace(/\s+/g, " ");
  assert.ok(/赠品：.*豆浆/.test(order) && order.includes(said), `the order says what it came with: ${order.slice(0, 900)}`);
  await look(page, "prices-order-gift");
  await context.close();
});

test("no page of these journeys raised an error, and axe finds nothing in the states that they were in", () => {
  assert.deepEqual(faults, []);
  assert.deepEqual([...new Set(unfit)], []);
});
