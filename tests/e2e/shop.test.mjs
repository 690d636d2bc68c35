// Browser journeys of the shop's frame: both ways, the cart at the foot, a list that goes on, another store, with and without scripts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { URL_, PHONE, api, awake, faults, goods, look, logInCustomer, open, shot, unfit, wrongs } from "./kit.mjs";

const STORE = "sto_sh01";
const bar = (page) => page.getByRole("complementary", { name: "购物车" });
const cart = (page, store = STORE) => page.evaluate((s) => JSON.parse(localStorage.getItem(`ld-cart-${s}`) ?? "[]"), store);

/** Lays lines into the cart of a store on this device. */
async function lay(page, lines, store = STORE) {
  await page.goto(`${URL_}/s/${store}`);
  await page.evaluate(([s, lines]) => localStorage.setItem(`ld-cart-${s}`, JSON.stringify(lines)), [store, lines]);
}

test("the way that is chosen is kept on every page, and what it promises changes with it", async () => {
  const { context, page } = await open(PHONE);
  await page.goto(`${URL_}/s/${STORE}`);
  await awake(page);
  const ways = page.getByRole("navigation", { name: "自提或外送" });
  assert.match(await page.locator(".vow").innerText(), /可取/);
  assert.equal(await ways.getByRole("link", { name: "自提" }).getAttribute("aria-current"), "true");
  await look(page, "shop-home");
  await ways.getByRole("link", { name: "外送" }).click();
  await page.waitForURL(`${URL_}/s/${STORE}`);
  assert.match(await page.locator(".vow").innerText(), /送达.*配送费 ¥/);
  await page.getByRole("navigation", { name: "商品分类" }).getByRole("link").first().click();
  await page.waitForURL("**/c/**");
  await awake(page);
  assert.match(await page.locator(".vow").innerText(), /送达/);
  // The head stays in sight, and nothing that is tapped in it is smaller than a finger.
  await page.evaluate(() => scrollTo(0, 600));
  await page.waitForTimeout(200);
  assert.equal(Math.round((await page.locator(".shop-head").boundingBox()).y), 0);
  for (const at of await page.locator(".shop-head a, .shop-head button").all()) {
    const box = await at.boundingBox();
    assert.ok(box.height >= 44 && box.width >= 44, `${await at.innerText()}: ${box.width} × ${box.height}`);
  }
  await context.close();
});

test("the cart at the foot counts, opens, is changed and emptied without leaving the page", async () => {
  const { context, page } = await open(PHONE);
  const [a, b] = (await goods(STORE, (n) => n >= 8)).filter((g) => g.price > 100);
  await lay(page, [{ sku: a.sku, quantity: 2 }, { sku: b.sku, quantity: 1 }, { sku: "sku_sold-no-more", quantity: 1 }]);
  const category = (await api(`/api/v1/stores/${STORE}/home`)).categories[0].key;
  await page.goto(`${URL_}/s/${STORE}/c/${category}`);
  await awake(page);
  const sum = bar(page).locator(".sums .price");
  await sum.waitFor();
  await bar(page).getByRole("link", { name: "去结算" }).waitFor();
  await bar(page).locator("summary").click();
  await bar(page).getByText("已选 3 件").waitFor();
  await bar(page).getByText("失效商品 1 种").waitFor();
  await look(page, "shop-cart-open");
  const was = await sum.innerText();
  await bar(page).getByRole("button", { name: /多一件$/ }).first().click();
  await page.waitForFunction((was) => document.querySelector(".cartbar .sums .price").textContent !== was, was);
  assert.equal((await cart(page)).find((l) => l.sku === a.sku).quantity, 3);
  assert.equal(await bar(page).locator(".half").evaluate((d) => d.open), true, "it stays open while it is changed");
  // Not ticked is not paid, and stays in the cart.
  await bar(page).getByRole("checkbox").nth(1).click();
  await bar(page).getByText("已选 3 件").waitFor();
  assert.equal((await cart(page)).length, 3);
  await bar(page).getByRole("button", { name: "移除失效商品" }).click();
  await bar(page).getByText(/^失效商品 /).waitFor({ state: "detached" });
  assert.equal((await cart(page)).length, 2);
  // Escape closes it and gives the keyboard back.
  await page.keyboard.press("Escape");
  assert.equal(await bar(page).locator(".half").evaluate((d) => d.open && document.activeElement.tagName !== "SUMMARY"), false);
  await bar(page).locator("summary").click();
  page.once("dialog", (d) => d.accept());
  await bar(page).getByRole("button", { name: "清空" }).click();
  await page.waitForFunction(() => !document.querySelector(".cartbar").classList.contains("on"));
  assert.deepEqual(await cart(page), []);
  await context.close();
});

test("a category goes on with the next page and the next category, its rail follows, and the way back finds it again", async () => {
  const { context, page } = await open(PHONE);
  const { categories } = await api(`/api/v1/stores/${STORE}/home`);
  await page.goto(`${URL_}/s/${STORE}/c/${categories[0].key}`);
  await awake(page);
  const parts = () => page.locator("[data-list] .part");
  const until = Date.now() + 30_000;
  while ((await parts().count()) < 2) {
    assert.ok(Date.now() < until, "the list goes on");
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.waitForTimeout(150);
  }
  assert.equal(await page.locator("h1").count(), 1);
  await parts().nth(1).evaluate((p) => scrollTo(0, p.offsetTop + 20));
  const lit = page.locator(`.side [data-cat="${categories[1].key}"]`);
  await page.waitForFunction((key) => document.querySelector(`.side [data-cat="${key}"]`).hasAttribute("aria-current"), categories[1].key);
  // The rail leads back without a page being loaded.
  await page.locator(`.side [data-cat="${categories[0].key}"]`).click();
  await page.waitForFunction((key) => document.querySelector(`.side [data-cat="${key}"]`).hasAttribute("aria-current"), categories[0].key);
  assert.ok(page.url().endsWith(`/c/${categories[0].key}`));
  await lit.click();
  await page.waitForTimeout(300);
  const added = parts().nth(1).locator("[data-add]").first();
  if (await added.isVisible()) {
    await added.click();
    await page.waitForFunction((key) => document.querySelector(`.side [data-cat="${key}"]`).dataset.n === "1", categories[1].key);
  }
  await look(page, "shop-category");
  const y = await page.evaluate(() => scrollY);
  await parts().nth(1).locator("li.card .name").first().click();
  await page.waitForURL("**/p/sku_**");
  await awake(page);
  await page.goBack();
  await page.waitForURL(`**/c/${categories[0].key}`);
  await page.waitForFunction(() => document.querySelectorAll("[data-list] .part").length >= 2);
  await page.waitForFunction((y) => Math.abs(scrollY - y) < 200, y);
  await context.close();
});

test("a product is bought at once, and only it, with the rest waiting in the cart", async () => {
  const { context, page } = await open(PHONE);
  await logInCustomer(page, `/s/${STORE}`);
  const [a, b] = await goods(STORE, (n) => n >= 8);
  await page.evaluate(([s, lines]) => localStorage.setItem(`ld-cart-${s}`, JSON.stringify(lines)), [STORE, [{ sku: a.sku, quantity: 1 }]]);
  await page.goto(`${URL_}/s/${STORE}/p/${b.sku}`);
  await awake(page);
  assert.equal(await page.locator(".tabs").count(), 0, "its foot is its own");
  await page.getByRole("link", { name: "客服" }).waitFor();
  await page.getByRole("heading", { name: "商品介绍" }).waitFor();
  await look(page, "shop-product");
  await page.getByRole("button", { name: "立即购买" }).click();
  await page.waitForURL(`**/s/${STORE}/checkout`);
  await page.getByRole("button", { name: "提交订单" }).waitFor();
  assert.equal(await page.evaluate((s) => localStorage.getItem(`ld-off-${s}`), STORE), a.sku);
  await context.close();
});

test("whoever changes the store takes the goods along, and is told what is not sold there", async () => {
  const { context, page } = await open(PHONE);
  const [a] = await goods(STORE, (n) => n >= 5);
  await lay(page, [{ sku: a.sku, quantity: 2 }, { sku: "sku_sold-no-more", quantity: 1 }]);
  await page.goto(`${URL_}/s/${STORE}`);
  await awake(page);
  await page.getByRole("banner").getByRole("link", { name: /换门店/ }).click();
  await page.waitForURL("**/?of=**");
  await awake(page);
  await page.getByText(/自提：最快/).first().waitFor();
  await look(page, "shop-switch");
  const other = page.locator("a.shop[data-store=sto_sh02]").first();
  await other.click();
  await page.waitForURL("**/s/sto_sh02");
  await page.getByText("已带来 2 种商品").waitFor();
  assert.equal((await cart(page, "sto_sh02")).find((l) => l.sku === a.sku).quantity, 2);
  await shot(page, "shop-switched");
  await page.goto(URL_);
  await page.getByText("常去的门店").waitFor();
  await context.close();
});

test("without scripts the frame is links: a way, a list by pages, the cart", async () => {
  const { context, page } = await open(PHONE, { javaScriptEnabled: false });
  await page.goto(`${URL_}/s/${STORE}`);
  await page.getByRole("navigation", { name: "自提或外送" }).getByRole("link", { name: "外送" }).click();
  assert.match(await page.locator(".vow").innerText(), /送达/);
  await page.getByRole("link", { name: "看购物车" }).click();
  await page.waitForURL(`**/s/${STORE}/cart`);
  await page.goBack();
  await page.getByRole("navigation", { name: "商品分类" }).getByRole("link").first().click();
  await page.waitForURL("**/c/**");
  const first = page.url();
  await page.locator("a[rel=next]").click();
  assert.notEqual(page.url(), first);
  assert.ok((await page.locator("li.card").count()) > 0);
  await context.close();
});

test("nothing is wider than a small phone, and axe finds nothing on any page with the frame", async () => {
  const { categories } = await api(`/api/v1/stores/${STORE}/home`);
  const [good] = await goods(STORE, (n) => n >= 5);
  const found = [];
  for (const store of [STORE, "sto_sh02"]) {
    for (const width of [320, 390, 768]) {
      const { context, page } = await open({ ...PHONE, viewport: { width, height: 800 } });
      await lay(page, [{ sku: good.sku, quantity: 1 }], store);
      for (const path of ["", `/c/${categories[0].key}`, `/search?q=${encodeURIComponent("奶")}`, `/p/${good.sku}`, "/cart", "/flash", "/coupons"]) {
        const answer = await page.goto(`${URL_}/s/${store}${path}`);
        if (answer.status() === 404) continue;
        await awake(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) found.push(`${store}${path} at ${width}: ${wide} px too wide`);
        if (width === 390) found.push(...(await wrongs(page)).map((w) => `${store}${path} ${w}`));
      }
      await context.close();
    }
  }
  assert.deepEqual(found, []);
});

test("no state of these pages was unfit, and none raised an error", () => {
  assert.deepEqual([unfit, faults], [[], []]);
});
