// 我的: who a member is, what they agreed to, where they live, how type looks, and what became of their orders.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PHONE, URL_, asked, awake, faults, goods, logInCustomer, look, open, paidPickup, putIntoCart, shot, staff, unfit, untilText, wrongs } from "./kit.mjs";

const STORE = "sto_sh05";
/** Open around the clock, whenever this runs. */
const ALWAYS_OPEN = "sto_sh01";

test("a member finds orders, addresses, documents and the store's service behind one tab, and changes what is theirs", async () => {
  const { page, context } = await open(PHONE);
  await logInCustomer(page, `/s/${STORE}`, "小满");
  await page.goto(`${URL_}/me`);
  await awake(page);
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "小满");
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "我的" }).waitFor();
  await look(page, "me");

  // Another name, and back.
  const fold = page.locator("summary", { hasText: "修改昵称" });
  for (const name of ["小满不满", "小满"]) {
    const field = page.getByRole("textbox", { name: "昵称" });
    if (!(await field.isVisible())) await fold.click();
    await field.fill(name);
    await page.getByRole("button", { name: "保存" }).click();
    await page.waitForFunction((name) => document.querySelector("h1")?.textContent === name, name);
    await awake(page);
  }

  // The address book: a new one, another, the usual one, gone again.
  for (const [street, district] of [["幸福里 88 弄 7 号", "上海市静安区"], ["漕溪北路 1 号", "上海市徐汇区"]]) {
    await page.goto(`${URL_}/me/addresses?new=1`);
    await awake(page);
    await page.getByLabel("收货人").fill("欧阳测试");
    await page.getByLabel("手机号").fill("13987650123");
    await page.getByLabel("区县").fill(district);
    await page.getByLabel("街道门牌").fill(street);
    await page.getByRole("button", { name: "保存" }).click();
    await page.waitForURL(`${URL_}/me/addresses`);
    await page.getByText(street).waitFor();
  }
  await awake(page);
  await look(page, "me-addresses");
  const rows = page.locator(".addresses > li");
  assert.match(await rows.first().innerText(), /漕溪北路/);
  await rows.nth(1).getByRole("button", { name: "设为默认" }).click();
  await page.waitForFunction(() => document.querySelector(".addresses > li")?.textContent.includes("幸福里"));
  await awake(page);
  page.on("dialog", (d) => d.accept());
  for (const left of [1, 0]) {
    await rows.first().getByRole("button", { name: "删除" }).click();
    await page.waitForFunction((left) => document.querySelectorAll(".addresses > li").length === left, left);
    await awake(page);
  }
  await page.getByText("还没有收货地址").waitFor();
  await page.goto(`${URL_}/me/addresses?new=1`);
  await awake(page);
  await page.getByLabel("收货人").fill("欧阳测试");
  await page.getByLabel("手机号").fill("1398765012");
  await page.getByLabel("区县").fill("上海市静安区");
  await page.getByLabel("街道门牌").fill("幸福里 1 号");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("alert").getByText("手机号").waitFor();
  await look(page, "me-address-refused");

  // Larger type, on every page of this device.
  await page.goto(`${URL_}/me`);
  await page.getByRole("link", { name: /大字版/ }).click();
  await page.waitForFunction(() => document.body.classList.contains("large"));
  await look(page, "me-large");
  await page.goto(`${URL_}/s/${STORE}`);
  assert.ok(await page.evaluate(() => document.body.classList.contains("large")));
  await page.goto(`${URL_}/me/type?size=plain`);
  await page.waitForURL(`${URL_}/me`);
  assert.ok(!(await page.evaluate(() => document.body.classList.contains("large"))));

  // What the store does its business by.
  await page.getByRole("link", { name: /门店资质/ }).click();
  await page.getByText("营业执照").waitFor();
  await look(page, "licences");
  await context.close();
});

test("what was agreed to is taken back with one tap, asked for before the next order, and older versions can be read", async () => {
  const { page, context } = await open(PHONE);
  await logInCustomer(page, `/s/${STORE}`, "陈叔");
  const [good] = await goods(STORE, (n) => n >= 8);
  await putIntoCart(page, STORE, good.sku);
  await page.goto(`${URL_}/me/consents`);
  await awake(page);
  await look(page, "consents");
  await page.getByRole("button", { name: "撤回隐私政策" }).click();
  await page.getByText("未同意").waitFor();
  await page.goto(`${URL_}/s/${STORE}/checkout`);
  await awake(page);
  await page.getByRole("heading", { name: "请先确认" }).waitFor();
  await look(page, "consent-first");
  assert.equal(await page.locator("#consent > a").count(), 1, "only what is not agreed to");
  await page.getByRole("button", { name: "我已阅读并同意，继续" }).click();
  await page.getByRole("heading", { name: "确认订单" }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/s/${STORE}/checkout`);
  const list = await asked(page, "/api/v1/me/consents");
  const privacy = list.consents.find((c) => c.kind === "privacy");
  assert.deepEqual(privacy.history.slice(0, 2).map((h) => h.given), [true, false]);

  await page.goto(`${URL_}/legal/privacy`);
  await look(page, "privacy");
  await page.getByRole("link", { name: /第 1 版/ }).click();
  await page.getByText("这不是现行版本").waitFor();
  await context.close();
  // They can be read by whoever runs no scripts and is nobody in particular.
  const plain = await open(PHONE, { javaScriptEnabled: false });
  await plain.page.goto(`${URL_}/legal/agreement`);
  await plain.page.getByText("现行").first().waitFor();
  await plain.context.close();
});

test("HQ announces another version, and nobody is asked before it is in force", async () => {
  const { page, context } = await staff("admin");
  await page.goto(`${URL_}/console/hq/legal`);
  await awake(page);
  await page.getByText("发布新版本").first().click();
  await page.getByLabel("文件").selectOption("agreement");
  const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("生效日期（空为立即生效）").fill(day);
  await page.getByLabel(/^正文/).fill(`第三版。\n\n${"双方按约定履行各自的责任。".repeat(8)}`);
  page.on("dialog", (d) => d.accept());
  await page.getByRole("button", { name: "发布", exact: true }).click();
  await page.getByRole("link", { name: "用户服务协议 第 3 版" }).waitFor();
  await page.getByText("即将生效").waitFor();
  await awake(page);
  await shot(page, "console-legal");
  assert.deepEqual(await wrongs(page), []);
  await context.close();
  const customer = await open(PHONE);
  await logInCustomer(customer.page, `/s/${STORE}`, "阿宁");
  assert.equal((await asked(customer.page, "/api/v1/me/consents")).needed, false);
  await customer.context.close();
});

test("orders are found by tab, by a good's name and by number, and each leads to its next step", async () => {
  const good = (await goods(ALWAYS_OPEN, (n) => n >= 8)).at(-1);
  const { page, context, order } = await paidPickup(ALWAYS_OPEN, good.sku);
  await look(page, "me-order");
  await page.goto(`${URL_}/orders`);
  const slip = page.locator(".slip", { hasText: order.slice(-4).toUpperCase() });
  await slip.waitFor();
  assert.ok((await slip.locator("img").count()) >= 1, "with its pictures");
  await look(page, "me-orders");
  await page.getByRole("navigation", { name: "订单状态" }).getByRole("link", { name: "待取货" }).click();
  await page.waitForURL("**/orders?tab=pickup");
  await slip.waitFor();
  await page.getByRole("searchbox", { name: "搜索订单" }).fill(order.slice(-6));
  await page.keyboard.press("Enter");
  await page.waitForURL((u) => u.searchParams.get("q") === order.slice(-6) && u.searchParams.get("tab") === "pickup");
  assert.equal(await page.locator(".slip").count(), 1);
  await page.getByRole("navigation", { name: "订单状态" }).getByRole("link", { name: "已完成" }).click();
  await page.getByText("没有找到这样的订单").waitFor();
  await page.goto(`${URL_}/me`);
  await page.getByRole("navigation", { name: "订单状态" }).getByRole("link", { name: /待取货/ }).click();
  await slip.click();
  await untilText(page, "门店正在备货");
  assert.match(await page.locator(".status .steps .now small").innerText(), /\d\d-\d\d \d\d:\d\d/, "when it came so far");
  await context.close();
});

test("no page of a member raised an error, and axe finds nothing", () => {
  assert.deepEqual(unfit, []);
  assert.deepEqual(faults, []);
});
