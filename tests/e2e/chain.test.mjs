// Journeys of a chain: HQ's library and rules, what stores do within them, and what customers see of it. Each has stores and goods of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, PHONE, URL_, asked, awake, chinaDay, enter, faults, look, money, open, opened, quoted, shot, shownPrice, staff, typed, unfit, untilPrice } from "./kit.mjs";

/** A picture of one point, and a page of nothing: what a person would choose from a disk. */
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

/** Rows of a store's prices that fit, in whatever page of its list. */
async function pricesThat(page, store, fits) {
  const found = [];
  let cursor = "";
  for (let i = 0; i < 20; i++) {
    const list = await asked(page, `/api/v1/stores/${store}/prices${cursor}`);
    found.push(...list.rows.filter(fits));
    if (!list.next || found.length >= 5) break;
    cursor = `?cursor=${encodeURIComponent(list.next)}`;
  }
  assert.ok(found.length > 0, `${store} has no goods with such a price`);
  return found;
}

/** Nobody has set a price of it, and its store may, and may go below that only with HQ's word. */
const free = (r) => !r.flagship && !r.own && !r.waiting && (r.timed ?? []).length === 0 && r.price === r.hq && r.floor < r.least && r.least < r.hq;

/** Opens the line of a SKU on the page that says why it costs what it does, and fills its price in. */
async function fillPrice(page, store, row, price, why) {
  await page.goto(`${URL_}/console/s/${store}/listings/${row.sku}/why`);
  await awake(page);
  await page.getByRole("button", { name: `改价 ${row.title}` }).click();
  await page.getByLabel("门店价（元）").fill(typed(price));
  await page.getByLabel("原因").first().fill(why);
}

test("HQ launches a product for a region: its stores sell it at the region's price, others at HQ's", async () => {
  const [code, name] = [`e2e-oolong-${Date.now().toString(36)}`, "桂花乌龙冷萃茶包"];
  const { context, page } = await staff("merch");
  await page.goto(`${URL_}/console/hq/products`);
  await page.getByRole("link", { name: "新建商品" }).click();
  await page.waitForURL("**/products/new");
  await awake(page);
  const form = page.getByRole("region", { name: "商品", exact: true });
  await form.getByLabel("商品编码").fill(`spu_${code}`);
  await form.getByLabel("商品名称").fill(name);
  await form.getByRole("combobox", { name: /^类目/ }).selectOption("snacks");
  await form.getByLabel("规格名称").fill("12 包");
  await form.getByLabel("规格编码").fill(`sku_${code}`);
  await form.getByLabel("建议售价（元）").fill("19.90");
  await form.getByLabel("最低售价（元）").fill("15");
  await form.getByLabel("区域价（reg_…=价格）").fill("reg_east-sh=17.50");
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await page.waitForURL(`**/console/hq/products/spu_${code}`);
  await awake(page);
  // What is not ready is a draft: it says what is missing, where it is missing.
  const status = form.getByRole("group", { name: "状态" });
  await status.getByRole("button", { name: "在售" }).click();
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await form.getByRole("alert").filter({ hasText: "上架前请至少放一张图片" }).first().waitFor();
  await look(page, "chain-product-draft");
  await form.locator("label.tall", { hasText: "图片地址" }).locator("textarea").fill("/pictures/spu_tea-milk.svg");
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await form.getByText("已保存，门店页面、试算和下单立即按此执行").waitFor();
  await shot(page, "chain-product-on");
  await context.close();

  const { context: phones, page: phone } = await open(PHONE);
  for (const [store, price, was] of [["sto_sh09", "¥17.50", "区域价"], ["sto_hz03", "¥19.90", "总部建议价"]]) {
    const manager = await staff(`${store.replace("sto_", "")}-manager`);
    const row = manager.page.locator("tr", { hasText: `sku_${code}` });
    await opened(manager.page, `${URL_}/console/s/${store}/assortment?q=${encodeURIComponent(name)}`, () => row, `${store} is offered what HQ has launched`);
    await row.getByText("未上架", { exact: true }).waitFor();
    await awake(manager.page);
    assert.equal((await phone.goto(`${URL_}/s/${store}/p/sku_${code}`)).status(), 404);
    assert.equal(await shownPrice(phone).count(), 0, "what a store has not taken is not in its shop");
    await row.getByRole("checkbox").check();
    await manager.page.getByRole("button", { name: "上架所选" }).click();
    await row.getByText("已上架", { exact: true }).waitFor();
    await untilPrice(phone, store, `sku_${code}`, price);
    await shot(phone, `chain-launched-${store}`);
    // Whoever asks why reads it from the level that counts.
    await manager.page.goto(`${URL_}/console/s/${store}/listings/sku_${code}/why`);
    const steps = manager.page.getByRole("region", { name: "价格由来" });
    await steps.getByRole("row").filter({ hasText: was }).filter({ has: manager.page.locator(".badge", { hasText: "当前" }) }).waitFor();
    await manager.context.close();
  }
  await phones.close();
});

test("a franchise store discounts inside its limit at once; beyond it the shop waits for HQ", async () => {
  const store = "sto_sh11";
  const { context, page } = await staff("sh11-manager");
  const [row] = await pricesThat(page, store, free);
  const { context: phones, page: phone } = await open(PHONE);
  await untilPrice(phone, store, row.sku, money(row.hq));

  await fillPrice(page, store, row, row.least, "社区开放日");
  await page.getByRole("status").filter({ hasText: "保存后立即生效" }).waitFor();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByText("已生效，顾客现在看到新价格。").waitFor();
  await untilPrice(phone, store, row.sku, money(row.least));

  // Below what HQ lets nobody sell there is nothing to ask for; between the two it is asked.
  await page.getByLabel("门店价（元）").fill(typed(row.floor - 1));
  await page.getByRole("status").filter({ hasText: "低于最低售价" }).waitFor();
  assert.ok(await page.getByRole("button", { name: "保存", exact: true }).isDisabled(), "below the floor nothing can be saved");
  await page.getByLabel("门店价（元）").fill(typed(row.floor));
  await page.getByRole("status").filter({ hasText: "批准之前仍按当前价格销售" }).waitFor();
  await look(page, "chain-price-beyond");
  await page.getByLabel("原因").first().fill("临期清货");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByText(/已提交总部审批/).waitFor();
  await page.goto(`${URL_}/console/s/${store}/requests`);
  await page.locator("li.card", { hasText: "临期清货" }).getByText("待审批").first().waitFor();
  await phone.reload();
  assert.equal(await shownPrice(phone).innerText(), money(row.least), "nothing is charged that HQ has not approved");

  const hq = await staff("merch");
  await hq.page.goto(`${URL_}/console/hq/requests?store=${store}`);
  await awake(hq.page);
  const card = hq.page.locator("li.card", { hasText: "临期清货" });
  const values = (await card.locator(".values").innerText()).replace(/\s+/g, " ");
  assert.ok(values.includes(money(row.floor)) && values.includes(money(row.least)), `what was and what shall be stand side by side: ${values}`);
  await card.getByRole("checkbox").check();
  await look(hq.page, "chain-inbox");
  await hq.page.getByRole("button", { name: /^批准所选（1）$/ }).click();
  await card.waitFor({ state: "detached" });
  await untilPrice(phone, store, row.sku, money(row.floor));
  await shot(phone, "chain-price-approved");
  await page.reload();
  await page.locator("li.card", { hasText: "临期清货" }).getByText("已批准").first().waitFor();
  for (const c of [context, phones, hq.context]) await c.close();
});

test("a store's own product comes with its document, and is sold when HQ has read it", async () => {
  const [store, name] = ["sto_hz09", `滨江糖炒栗子${Date.now() % 10_000}`];
  const { context, page } = await staff("hz09-manager");
  await page.goto(`${URL_}/console/s/${store}/local-products`);
  await awake(page);
  await page.getByText("添加本地商品", { exact: true }).click();
  const form = page.getByRole("region", { name: "本地商品", exact: true });
  await form.getByLabel("商品名称").fill(name);
  await form.getByRole("combobox", { name: "类目" }).selectOption("snacks");
  await form.getByLabel("描述").fill("门口大锅现炒，趁热吃。");
  await form.getByLabel(/^添加图片/).setInputFiles({ name: "栗子.png", mimeType: "image/png", buffer: PNG });
  await form.getByAltText("第 1 张图片").waitFor();
  await form.getByLabel("规格名称").fill("500g");
  await form.getByLabel("售价（元）").fill("18.80");
  await form.getByLabel("重量（克）").fill("500");
  await form.getByRole("button", { name: "添加资质" }).click();
  await form.getByLabel("类型", { exact: true }).fill("食品经营许可证");
  await form.getByLabel("编号", { exact: true }).fill("JY13301080099999");
  await form.getByLabel(/^有效期至/).fill(chinaDay(Date.now() + 300 * 86_400_000));
  await form.getByRole("group", { name: "资质文件" }).locator("input[type=file]").setInputFiles({ name: "许可证.pdf", mimeType: "application/pdf", buffer: PDF });
  await form.getByRole("link", { name: "查看文件" }).waitFor();
  await look(page, "chain-local-form");
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await page.waitForURL("**/local-products/spu_local-hz09-*");
  await awake(page);
  await page.getByRole("button", { name: "提交总部审核" }).click();
  await page.getByText("等待总部审核").first().waitFor();
  await page.getByRole("button", { name: "撤回申请" }).waitFor();

  const { context: phones, page: phone } = await open(PHONE);
  const shop = `${URL_}/s/${store}/search?q=${encodeURIComponent(name)}`;
  await phone.goto(shop);
  assert.equal(await phone.locator("li.card", { hasText: name }).count(), 0, "what HQ has not reviewed is not in the shop");

  const hq = await staff("merch");
  await hq.page.goto(`${URL_}/console/hq/local-products`);
  await awake(hq.page);
  const waiting = hq.page.getByRole("region", { name, exact: true });
  await waiting.getByText("食品经营许可证 JY13301080099999").first().waitFor();
  const paper = await waiting.getByRole("link", { name: "查看文件" }).getAttribute("href");
  assert.equal((await hq.page.request.get(new URL(paper, URL_).href)).status(), 200, "HQ reads the document");
  assert.notEqual((await phone.request.get(new URL(paper, URL_).href)).status(), 200, "nobody else does");
  await look(hq.page, "chain-local-review");
  await waiting.getByRole("button", { name: "通过", exact: true }).click();
  await waiting.waitFor({ state: "detached" });
  await opened(phone, shop, () => phone.locator("li.card", { hasText: name }), "the approved product is found in its shop");
  assert.ok((await phone.locator("li.card", { hasText: name }).innerText()).includes("¥18.80"));
  await shot(phone, "chain-local-sold");
  await page.reload();
  await page.locator("main").getByText("在售", { exact: true }).first().waitFor();
  for (const c of [context, phones, hq.context]) await c.close();
});

test("a holiday that HQ sets closes the shop for its days, and what is taken back opens it", async () => {
  const [store, why] = ["sto_hz10", "店庆盘点"];
  const { context, page } = await staff("admin");
  await page.goto(`${URL_}/console/hq/stores/${store}`);
  await awake(page);
  const form = page.getByRole("region", { name: "营业安排" });
  const days = form.locator("li.papers");
  const had = await days.count();
  await form.getByRole("button", { name: "添加一段" }).click();
  await days.nth(had).getByLabel("从", { exact: true }).fill(chinaDay(Date.now()));
  await days.nth(had).getByLabel("到", { exact: true }).fill(chinaDay(Date.now() + 3 * 86_400_000));
  await days.nth(had).getByLabel("说明", { exact: true }).fill(why);
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await form.getByText("已保存，找店、试算和下单立即按此执行。").waitFor();
  await look(page, "chain-holiday");

  const { context: phones, page: phone } = await open(PHONE);
  const told = () => phone.locator(".notice", { hasText: `今日休息（${why}）` });
  await opened(phone, `${URL_}/s/${store}`, told, "the shop says that it is closed, and why");
  await shot(phone, "chain-holiday-shop");
  const [good] = (await asked(phone, `/api/v1/stores/${store}/listings`)).items;
  const lines = [{ sku: good.sku, quantity: 1 }];
  const refused = (await quoted(store, lines)).refusal;
  assert.equal(refused?.code, "store_closed", `no order is taken for days on which nobody is there: ${JSON.stringify(refused)}`);
  assert.ok(refused.detail.includes(why), refused.detail);

  await days.nth(had).getByRole("button", { name: "删除这一段" }).click();
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await form.getByText("已保存，找店、试算和下单立即按此执行。").waitFor();
  await opened(phone, `${URL_}/s/${store}`, () => phone.locator("main").filter({ hasNotText: why }), "the shop is open as ever");
  assert.equal((await quoted(store, lines)).refusal ?? null, null, "its customers may order again");
  for (const c of [context, phones]) await c.close();
});

test("a table with bad rows names each by line and column, and the good ones are taken", async () => {
  const code = `e2e-row-${Date.now().toString(36)}`;
  const table = [
    "规格编码,商品名称,规格,类目,建议售价,最低售价,条码,状态",
    `${code}-1,话梅条,80g,休闲零食,9.90,7.00,,草稿`,
    `${code}-2,芒果条,80g,没有的类目,9.90,7.00,,草稿`,
    `${code}-3,山楂条,80g,休闲零食,九块九,7.00,,草稿`,
    `${code}-4,杨梅条,80g,休闲零食,9.90,7.00,6901234567890,草稿`,
    `${code}-1,话梅条,160g,休闲零食,17.90,15.00,,草稿`,
    `${code}-5,陈皮条,80g,休闲零食,11.90,8.00,,草稿`,
  ];
  const { context, page } = await staff("merch");
  await page.goto(`${URL_}/console/hq/product-imports`);
  await awake(page);
  await page.getByLabel("CSV 文件").setInputFiles({ name: "零食.csv", mimeType: "text/csv", buffer: Buffer.from(`${table.join("\r\n")}\r\n`) });
  await page.getByRole("button", { name: "上传并检查" }).click();
  await page.waitForURL("**/product-imports/imp_*");
  await awake(page);
  const faulty = page.getByRole("region", { name: "表格里的问题" }).locator("tbody tr");
  await faulty.first().waitFor();
  const named = await faulty.evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent.trim())));
  const wrong = (line, column, word) => assert.ok(named.some((r) => r[0] === line && r[1] === column && r[2].includes(word)), `line ${line} ${column} “${word}”: ${JSON.stringify(named)}`);
  wrong("3", "第 4 列 类目", "没有的类目");
  wrong("4", "第 5 列 建议售价", "九块九");
  wrong("5", "第 7 列 条码", "6901234567890");
  wrong("6", "第 1 列 规格编码", "第 2 行");
  assert.equal(named.length, 4, `no row is blamed that is right: ${JSON.stringify(named)}`);
  await page.getByText("有问题的行不会导入，其余 2 个商品可以导入。").waitFor();
  assert.equal((await page.request.get(`${URL_}/console/hq/products/spu_${code}-1`)).status(), 404, "looking takes nothing");
  await look(page, "chain-import-faults");
  await page.getByRole("button", { name: "导入这些商品" }).click();
  await page.getByText(/^2 \/ 2：新建 2，修改 0/).waitFor({ timeout: 40_000 });
  await look(page, "chain-import-done");
  for (const n of [1, 5]) assert.equal((await page.request.get(`${URL_}/console/hq/products/spu_${code}-${n}`)).status(), 200, `row ${n} is a product`);
  for (const n of [2, 3, 4]) assert.equal((await page.request.get(`${URL_}/console/hq/products/spu_${code}-${n}`)).status(), 404, `row ${n} is none`);
  await context.close();
});

test("why a store sells something at its price: each level's value, its rule, who said so and why", async () => {
  const store = "sto_hz11";
  const { context, page } = await staff("hz11-manager");
  const [row] = await pricesThat(page, store, free);
  await fillPrice(page, store, row, row.least, "对面超市同价");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByText("已生效，顾客现在看到新价格。").waitFor();
  await page.goto(`${URL_}/console/s/${store}/prices?q=${encodeURIComponent(row.title.split(" ")[0])}`);
  await page.locator("table.prices").getByRole("link", { name: row.title, exact: true }).first().click();
  await page.waitForURL(`**/listings/${row.sku}/why`);
  await page.getByRole("heading", { name: `${row.title}：为什么卖 ${money(row.least)}` }).waitFor();
  const steps = page.getByRole("region", { name: "价格由来" }).locator("tbody tr");
  const told = await steps.evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent.trim())));
  const level = (title) => told.find((r) => r[0].startsWith(title)) ?? assert.fail(`no ${title}: ${JSON.stringify(told)}`);
  assert.equal(level("总部建议价")[1], money(row.hq));
  const own = level("门店价");
  assert.ok(own[0].includes("当前") && own[1] === money(row.least), own.join(" | "));
  assert.match(own[4], /滨江长河社区店店长.*\d\d:\d\d.*对面超市同价/, "who, when and why");
  assert.match(told.map((r) => r[3]).join(" "), /最大折扣：15%/, "the rule that let it pass");
  assert.equal(level("最低售价")[1], money(row.floor));
  await page.locator("ul.history li", { hasText: "对面超市同价" }).first().waitFor();
  await look(page, "chain-why");
  await context.close();
});

test("a clerk is invited by a link, works, and is gone with the next click when disabled", async () => {
  const [store, name, username, password] = ["sto_sh12", `小周${Date.now() % 1_000}`, `e2e${Date.now() % 1_000_000}`, "a-password-of-her-own"];
  const { context, page } = await staff("sh12-manager");
  await page.goto(`${URL_}/console/s/${store}/staff`);
  await awake(page);
  const form = page.getByRole("region", { name: "邀请员工" });
  await form.getByLabel("姓名").fill(name);
  await form.getByRole("combobox", { name: "角色" }).selectOption({ label: "店员" });
  await form.getByRole("button", { name: "生成邀请链接" }).click();
  const shown = form.getByLabel("只显示这一次");
  await shown.waitFor();
  const link = await shown.inputValue();
  assert.ok(link.startsWith(URL_), `a link that opens here: ${link}`);
  await look(page, "chain-invited");

  const { context: phones, page: clerk } = await open(PHONE);
  await clerk.goto(link);
  await clerk.getByLabel("用户名").fill(username);
  await clerk.getByLabel("新密码").fill(password);
  await clerk.getByLabel("再输入一次").fill(`${password}!`);
  await clerk.getByRole("button", { name: "设置密码" }).click();
  await clerk.getByText("两次输入的密码不一致").waitFor();
  await clerk.getByLabel("再输入一次").fill(password);
  await clerk.getByRole("button", { name: "设置密码" }).click();
  await clerk.getByText(`密码已设置。请用「${username}」登录。`).waitFor();
  await enter(clerk, username, password);
  await clerk.waitForURL(`**/console/s/${store}`);
  await awake(clerk);
  await shot(clerk, "chain-clerk-works");
  // The link was for once.
  const again = await open(DESK);
  await again.page.goto(link);
  assert.equal(await again.page.getByRole("button", { name: "设置密码" }).count(), 0, "a link is used once");
  await again.context.close();

  await page.goto(`${URL_}/console/s/${store}/staff`);
  await page.getByRole("link", { name, exact: true }).click();
  await awake(page);
  await page.getByRole("button", { name: "停用…" }).click();
  await page.getByRole("button", { name: "确认停用，立即结束全部登录" }).click();
  await page.getByText("已保存。刷新页面可以看到修改记录。").waitFor();
  await look(page, "chain-disabled");
  // The board asks by itself, too: it may have noticed before her finger does.
  await clerk.locator(`nav a[href*="/console/s/${store}"]`).filter({ visible: true }).last().click({ timeout: 5_000 }).catch(() => {});
  await clerk.waitForURL("**/console/login**");
  await enter(clerk, username, password);
  await clerk.getByRole("alert").filter({ hasText: /\S/ }).first().waitFor();
  assert.ok(clerk.url().includes("/console/login"), "who is disabled does not come in");
  for (const c of [context, phones]) await c.close();
});

test("no page of these journeys raised an error, and axe finds nothing in the states that they were in", () => {
  assert.deepEqual(faults, []);
  assert.deepEqual([...new Set(unfit)], []);
});
