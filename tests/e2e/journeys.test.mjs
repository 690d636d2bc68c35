// Browser journeys: what customers do on a phone and clerks at a desk, against a running stack. `cargo xtask test e2e` starts one.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { URL_, SANDBOX, PASSWORD, PHONE, DESK, faults, open, shot, awake, api, goods, logInCustomer, staff, putIntoCart, payAtSandbox, BEIJING, standAt, fillAddress, priced, wrongs, scanCode, tapStep, slow, paidPickup, untilText } from "./kit.mjs";

test("a customer finds a store, buys for pickup, and the clerk hands it over once", async () => {
  const { page } = await open(PHONE);
  await page.goto(URL_);
  await page.getByText("静安寺").first().waitFor();
  await shot(page, "01-stores");
  await page.goto(`${URL_}/?lat=31.2237&lng=121.4462`);
  await page.getByRole("link", { name: /静安寺旗舰店/ }).first().click();
  await page.waitForURL("**/s/sto_sh01");
  await shot(page, "02-home");
  const [good] = await goods("sto_sh01", (n) => n >= 5);
  await putIntoCart(page, "sto_sh01", good.sku, 2);
  await shot(page, "03-product");
  await page.goto(`${URL_}/s/sto_sh01/cart`);
  await page.getByRole("link", { name: "去结算" }).waitFor();
  await shot(page, "04-cart");
  await page.getByRole("link", { name: "去结算" }).click();
  await page.waitForURL("**/login?to=**");
  await shot(page, "05-login");
  await logInCustomer(page, "/s/sto_sh01/checkout");
  await page.getByRole("button", { name: "提交订单" }).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((b) => b.textContent === "提交订单" && !b.disabled));
  await shot(page, "06-checkout");
  await page.getByRole("button", { name: "提交订单" }).click();
  await page.waitForURL(`${SANDBOX}/pay**`);
  await shot(page, "07-pay");
  const order = await payAtSandbox(page);
  await untilText(page, "门店正在备货");
  await page.getByLabel("取货二维码").waitFor();
  await shot(page, "08-order");
  const code = (await page.locator(".digits").innerText()).replace(/\s/g, "");

  const { page: desk } = await staff("sh01-clerk");
  await desk.waitForURL("**/console/s/sto_sh01");
  await desk.getByText(order.slice(-4).toUpperCase()).first().waitFor();
  await shot(desk, "09-work");
  // What is still being prepared is handed over only after a question.
  await desk.goto(`${URL_}/console/s/sto_sh01/pickup`);
  await awake(desk);
  await desk.locator("#code").fill(code);
  await desk.keyboard.press("Enter");
  await desk.getByText("这单还在备货").waitFor();
  await shot(desk, "10-ask-first");
  await desk.getByRole("button", { name: "先不交货" }).click();
  await desk.goto(`${URL_}/console/s/sto_sh01`);
  await awake(desk);
  const card = desk.locator(".card", { hasText: order.slice(-4).toUpperCase() });
  await card.getByText("拣货清单").click();
  await card.locator(".picking input").first().check();
  await card.getByText(/^已拣 1 \/ 1 种$/).waitFor();
  await shot(desk, "09-picking");
  await card.getByRole("button", { name: "备货完成" }).click();
  await card.getByRole("button", { name: "撤销" }).waitFor();
  // Sent by itself after ten seconds, or at once when the page is left.
  await desk.goto(`${URL_}/console/s/sto_sh01/pickup`);
  await untilText(page, "到店出示取货码");
  await awake(desk);
  await desk.locator("#code").fill(code);
  await desk.keyboard.press("Enter");
  await desk.getByText("可以交货").waitFor();
  await shot(desk, "10-pickup");
  await desk.locator("#code").fill(code);
  await desk.keyboard.press("Enter");
  await desk.getByText("不能交货").waitFor();
  await untilText(page, "谢谢惠顾");
  // What is done is found again: in the list, by its short code, by its day.
  await desk.goto(`${URL_}/console/s/sto_sh01/orders`);
  await desk.getByRole("link", { name: new RegExp(order.slice(-4), "i") }).waitFor();
  await desk.getByLabel("取货号、收货手机后四位或订单号").fill(order.slice(-4));
  await desk.keyboard.press("Enter");
  await desk.waitForURL("**/orders?q=**");
  await desk.getByRole("link", { name: new RegExp(order.slice(-4), "i") }).waitFor();
  await shot(desk, "11-found");
  await page.goto(`${URL_}/orders`);
  await shot(page, "11-orders");
});

test("what the store lacks comes by transfer, through two stores' hands", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_sh02");
  let source, sku;
  for (const good of await goods("sto_sh02", (n) => n === 0)) {
    const quote = await (
      await fetch(`${URL_}/api/v1/quotes`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ store: "sto_sh02", fulfilment: "pickup", lines: [{ sku: good.sku, quantity: 1 }] }),
      })
    ).json();
    const offer = quote.offers?.find((o) => o.kind === "transfer");
    if (offer) {
      [source, sku] = [offer.source, good.sku];
      break;
    }
  }
  assert.ok(source, "the demo chain offers a transfer");
  await page.goto(`${URL_}/s/sto_sh02/p/${sku}`);
  await awake(page);
  await shot(page, "19-sold-out");
  await page.getByRole("button", { name: "本店售罄，看怎么买到" }).click();
  await page.getByText("可以这样买").waitFor();
  await shot(page, "20-offers");
  await page.getByRole("button", { name: "调货并结算" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((b) => b.textContent === "提交订单" && !b.disabled));
  await page.getByRole("button", { name: "提交订单" }).click();
  await payAtSandbox(page);
  await untilText(page, "调货");
  await shot(page, "21-awaiting");

  const keeper = source.startsWith("loc_wh-") ? (await warehouseKeeper(source)) : source.replace("loc_", "");
  const { page: sender } = await staff(`${keeper}-clerk`);
  await sender.goto(`${URL_}/console/s/sto_${keeper}/transfers`);
  for (const [i, step] of ["接单", "拣货完成", "发出"].entries()) {
    const button = sender.getByRole("button", { name: step, exact: true }).first();
    await button.waitFor();
    await awake(sender);
    await sender.waitForTimeout(800);
    if (i === 0) await shot(sender, "22-transfer-task");
    await button.click();
    await sender.getByRole("button", { name: "撤销" }).waitFor();
    // Whoever leaves meant it.
    await sender.reload();
  }
  const { page: target } = await staff("sh02-clerk");
  await target.goto(`${URL_}/console/s/sto_sh02/transfers`);
  await target.getByRole("button", { name: "收货", exact: true }).first().waitFor();
  await target.waitForTimeout(800);
  await target.getByRole("button", { name: "收货", exact: true }).first().click();
  await shot(target, "23-receive");
  await target.getByRole("button", { name: "数量无误，收货" }).first().click();
  await untilText(page, "到店出示取货码");
  await shot(page, "24-ready");
});

async function warehouseKeeper(location) {
  const keepers = { "loc_wh-sh": "sh01", "loc_wh-cd": "cd01" };
  return keepers[location] ?? location.replace("loc_wh-front-", "");
}

test("more than any store has comes as a parcel from an HQ warehouse, which its keeper ships", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_sh01");
  let keeper;
  for (const good of await goods("sto_sh01", (n) => n >= 1)) {
    const lines = [{ sku: good.sku, quantity: 200 }];
    const ask = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ store: "sto_sh01", fulfilment: "pickup", lines }) };
    const quote = await (await fetch(`${URL_}/api/v1/quotes`, ask)).json();
    const offer = quote.offers?.find((o) => o.kind === "hq_ship");
    if (offer) {
      keeper = await warehouseKeeper(offer.source);
      await page.evaluate((cart) => localStorage.setItem("ld-cart-sto_sh01", cart), JSON.stringify(lines));
      break;
    }
  }
  assert.ok(keeper, "the demo chain ships a parcel");
  await page.goto(`${URL_}/s/sto_sh01/cart`);
  await page.getByText("可以这样买").waitFor();
  await shot(page, "parcel-offer");
  await page.getByRole("button", { name: "快递到家" }).click();
  await page.waitForURL("**/checkout?ship_from=**");
  await awake(page);
  assert.equal(await page.getByRole("radio", { name: "总部直发" }).getAttribute("aria-checked"), "true");
  await fillAddress(page, "幸福里 88 弄 7 号");
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((b) => b.textContent === "提交订单" && !b.disabled));
  await shot(page, "parcel-checkout");
  await page.getByRole("button", { name: "提交订单" }).click();
  const order = await payAtSandbox(page);
  await untilText(page, "总部仓正在打包");
  await shot(page, "parcel-packing");

  const { context, page: desk } = await staff(`${keeper}-clerk`);
  await desk.goto(`${URL_}/console/s/sto_${keeper}/orders/${order}`);
  await desk.getByRole("button", { name: "查看面单" }).click();
  await desk.getByText("13987650123").waitFor();
  await shot(desk, "parcel-label");
  await desk.getByLabel("快递单号").fill("sf 1234 567");
  await desk.getByRole("button", { name: "登记发货" }).click();
  await desk.getByRole("button", { name: "改单号" }).waitFor();
  assert.ok(!(await desk.locator("main").innerText()).includes("13987650123"), "what is shipped needs no label");
  await desk.goto(`${URL_}/console/s/sto_${keeper}/parcels`);
  await desk.getByText(order.slice(-4).toUpperCase()).first().waitFor();
  await shot(desk, "parcels");
  await context.close();

  await untilText(page, "包裹正在路上");
  await page.getByText("SF1234567", { exact: true }).waitFor();
  await awake(page);
  await shot(page, "parcel-shipped");
  page.once("dialog", (d) => d.accept());
  await page.getByRole("button", { name: "确认收货" }).click();
  await untilText(page, "谢谢惠顾");
});

test("a rider brings it", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_sh01");
  const [good] = await goods("sto_sh01", (n) => n >= 5);
  await putIntoCart(page, "sto_sh01", good.sku);
  await page.goto(`${URL_}/s/sto_sh01/checkout`);
  await awake(page);
  await page.getByRole("radio", { name: "同城配送" }).click();
  await fillAddress(page, "幸福里 88 弄 7 号");
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((b) => b.textContent === "提交订单" && !b.disabled));
  await shot(page, "30-delivery-checkout");
  await page.getByRole("button", { name: "提交订单" }).click();
  await payAtSandbox(page);
  await untilText(page, "谢谢惠顾", 60_000);
  const text = await page.locator("main").innerText();
  assert.ok(text.includes("欧阳测试") && text.includes("13987650123") && text.includes("幸福里"), "the buyer reads his own address");
  await shot(page, "31-delivered");
});

test("a customer books a time to fetch it, keeps it over a reload, and the store sees and closes it", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_sh03");
  const [good] = await goods("sto_sh03", (n) => n >= 8);
  await putIntoCart(page, "sto_sh03", good.sku);
  await page.goto(`${URL_}/s/sto_sh03/checkout`);
  await priced(page);
  const line = page.locator("#slots > summary");
  await line.getByText("尽快").waitFor();
  await line.click();
  await page.getByRole("tab", { name: "明天" }).click();
  await page.locator(".slot.off", { hasText: "暂停预约" }).first().waitFor();
  assert.ok(await page.locator(".slot.off input").first().isDisabled(), "what cannot be had cannot be chosen");
  await page.locator(".slot", { hasText: "仅剩 1 单" }).first().waitFor();
  await shot(page, "slots-sheet");
  // The first is as soon as possible.
  const free = page.locator(".slot:not(.off)").nth(1);
  const time = await free.locator("b").innerText();
  await free.locator("input").check();
  assert.deepEqual(await wrongs(page), []);
  await page.getByRole("button", { name: "完成" }).click();
  await line.getByText(time).waitFor();
  await page.reload();
  await priced(page);
  await line.getByText(`明天 ${time}`).waitFor();
  await page.getByRole("button", { name: "提交订单" }).click();
  await payAtSandbox(page);
  await untilText(page, "已预约");
  await untilText(page, time);
  await shot(page, "slots-order");

  const { page: desk } = await staff("sh03-manager");
  await desk.waitForURL("**/console/s/sto_sh03");
  await untilText(desk, `预约`);
  await desk.goto(`${URL_}/console/s/sto_sh03/slots`);
  await awake(desk);
  await desk.locator("section[aria-label='调整时段'] select").first().selectOption({ label: `明天 ${time}` });
  await untilText(desk, "现在已约 1 单");
  await desk.getByLabel("原因").fill("下午少一人备货");
  await shot(desk, "slots-store");
  await desk.getByRole("button", { name: "保存" }).click();
  await desk.locator("tr", { hasText: time }).getByText("1 / 0").first().waitFor();
});

test("back from the payment page the order is there, paid or not, and known within a second", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_sh01");
  const [good] = await goods("sto_sh01", (n) => n >= 8);
  await putIntoCart(page, "sto_sh01", good.sku);
  await page.goto(`${URL_}/s/sto_sh01/checkout`);
  await priced(page);
  await page.getByRole("button", { name: "提交订单" }).click();
  await page.waitForURL(`${SANDBOX}/pay**`);
  // The browser's own way back leads to the order, not to an empty cart.
  await page.goBack();
  await page.waitForURL(`${URL_}/orders/ord_*`);
  await page.getByRole("button", { name: "去付款" }).waitFor();
  await shot(page, "back-unpaid");
  await page.getByRole("button", { name: "去付款" }).click();
  await page.waitForURL(`${SANDBOX}/pay**`);
  const from = Date.now();
  await payAtSandbox(page);
  await untilText(page, "门店正在备货");
  const took = Date.now() - from;
  assert.ok(took < 2_500, `the order was known to be paid after ${took} ms, two page loads included`);
  assert.equal(await page.getByRole("button", { name: "去付款" }).count(), 0);
  await page.getByRole("link", { name: "打电话给门店" }).waitFor();
  await page.getByRole("link", { name: "地图导航" }).waitFor();
  assert.match(await page.locator(".status .promise").innerText(), /^预计 .* 可取$/, "for when it was promised");
  await shot(page, "back-paid");
  const order = page.url();
  await page.getByRole("button", { name: "再来一单" }).click();
  await page.waitForURL("**/s/sto_sh01/cart");
  await page.getByRole("link", { name: "去结算" }).waitFor();
  // Nobody has put it together yet: its customer calls it off, and all of the money goes back.
  await page.goto(order);
  await awake(page);
  page.once("dialog", (d) => d.accept());
  await page.getByRole("button", { name: "取消订单" }).click();
  await untilText(page, "款项已原路退回", 30_000);
  assert.equal(await page.getByRole("button", { name: "取消订单" }).count(), 0);
  await shot(page, "called-off");
});

test("an address is kept: over a reload, for the next order, and until it is removed", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_sh01");
  const [good] = await goods("sto_sh01", (n) => n >= 8);
  await putIntoCart(page, "sto_sh01", good.sku);
  await page.goto(`${URL_}/s/sto_sh01/checkout`);
  await awake(page);
  await page.getByRole("radio", { name: "同城配送" }).click();
  const street = `延安新村 ${Date.now() % 10_000} 号`;
  await fillAddress(page, street);
  await page.getByLabel("手机号").fill("139");
  await priced(page);
  await page.getByRole("button", { name: "提交订单" }).click();
  await page.getByRole("alert").filter({ hasText: "11 位手机号" }).waitFor();
  assert.equal(await page.getByLabel("手机号").getAttribute("aria-invalid"), "true");
  await shot(page, "address-wrong");
  await page.getByLabel("手机号").fill("13987650123");
  // A reload, and a look at the store, lose nothing.
  await page.reload();
  await awake(page);
  assert.equal(await page.getByRole("radio", { name: "同城配送" }).getAttribute("aria-checked"), "true");
  await page.goto(`${URL_}/s/sto_sh01`);
  await page.goto(`${URL_}/s/sto_sh01/checkout`);
  await priced(page);
  assert.equal(await page.getByLabel("地址", { exact: true }).inputValue(), street);
  assert.match(await page.getByLabel("地区").inputValue(), /上海市/);
  // Words that name another place than the one measured are refused, and say so.
  await page.getByLabel("地区").fill("");
  await page.getByLabel("地址", { exact: true }).fill("北京市朝阳区建国路 1 号");
  await page.getByRole("button", { name: "提交订单" }).click();
  await page.getByRole("alert").filter({ hasText: "地址写的是北京市朝阳区" }).waitFor();
  await shot(page, "address-elsewhere");
  await page.getByLabel("地址", { exact: true }).fill(street);
  await page.getByRole("button", { name: "提交订单" }).click();
  await payAtSandbox(page);
  await untilText(page, street);

  // Another visit: the book knows it.
  const { page: later } = await open(PHONE);
  await logInCustomer(later, "/s/sto_sh01");
  await putIntoCart(later, "sto_sh01", good.sku);
  await later.goto(`${URL_}/s/sto_sh01/checkout`);
  await awake(later);
  await later.getByRole("radio", { name: "同城配送" }).click();
  await later.getByRole("button", { name: `删除地址 ${street}` }).waitFor();
  assert.equal(await later.getByLabel("收货人").inputValue(), "欧阳测试");
  await priced(later);
  await shot(later, "address-book");
  later.once("dialog", (d) => d.accept());
  await later.getByRole("button", { name: `删除地址 ${street}` }).click();
  await later.getByRole("button", { name: `删除地址 ${street}` }).waitFor({ state: "detached" });
});

test("out of range is said at the top, with the stores that can", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_hz01");
  const [good] = await goods("sto_hz01", (n) => n >= 5);
  await putIntoCart(page, "sto_hz01", good.sku);
  await page.goto(`${URL_}/s/sto_hz01/checkout`);
  await awake(page);
  await page.getByRole("radio", { name: "同城配送" }).click();
  await fillAddress(page, "南京西路 1 号");
  const told = page.getByRole("alert").first();
  await told.waitFor();
  assert.ok((await told.boundingBox()).y < 500, "above the fold");
  assert.ok(await page.getByRole("button", { name: "提交订单" }).isDisabled());
  await page.getByRole("button", { name: "带上商品去这家" }).first().waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, "out-of-range");
  await page.getByRole("button", { name: "带上商品去这家" }).first().click();
  await page.waitForURL(/\/s\/sto_sh\d+\/cart/);
  await page.getByText("合计").first().waitFor();
  await standAt(page, BEIJING);
});

test("a cart is ticked line by line, is in the first HTML, and survives a lost network", async () => {
  const { page, context } = await open(PHONE);
  const [a, b] = await goods("sto_sh01", (n) => n >= 5);
  const [gone] = await goods("sto_sh01", (n) => n === 0);
  for (const good of [a, b]) await putIntoCart(page, "sto_sh01", good.sku);
  await page.goto(`${URL_}/s/sto_sh01/p/${gone.sku}`);
  await awake(page);
  await page.getByRole("button", { name: "本店售罄，看怎么买到" }).click();
  await page.waitForURL("**/cart");
  const html = await (await page.request.get(`${URL_}/s/sto_sh01/cart`)).text();
  assert.ok(html.includes('id="first"') && html.includes(a.name), "the lines are in the HTML");
  await page.getByRole("button", { name: "先买有货的" }).click();
  await page.getByRole("link", { name: "去结算" }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll("[role=checkbox][aria-checked=false]").length === 1);
  await shot(page, "cart-ticks");
  await page.reload();
  await page.getByRole("link", { name: "去结算" }).waitFor();
  assert.equal(await page.locator("[role=checkbox][aria-checked=false]").count(), 1, "what is not ticked stays so");
  // What the store sells no more, and is not ticked, is named and can be removed.
  await page.evaluate(() => {
    const [cart, off] = ["ld-cart-sto_sh01", "ld-off-sto_sh01"];
    localStorage.setItem(cart, JSON.stringify([...JSON.parse(localStorage.getItem(cart)), { sku: "sku_sold-no-more", quantity: 1 }]));
    localStorage.setItem(off, `${localStorage.getItem(off)} sku_sold-no-more`);
  });
  await page.reload();
  await page.getByText("有 1 种商品本店不再销售").waitFor();
  await page.getByRole("button", { name: "移除失效商品" }).click();
  await page.getByText("有 1 种商品本店不再销售").waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("ld-cart-sto_sh01")).length), 3);
  // The keyboard stays at its button while the line is drawn anew.
  const more = page.getByRole("button", { name: "多一件" }).first();
  await more.focus();
  for (const n of [2, 3]) {
    await page.keyboard.press("Enter");
    await page.waitForFunction((n) => document.querySelector(".lines output").textContent === String(n), n);
    assert.equal(await more.evaluate((e) => e === document.activeElement), true);
  }
  await context.setOffline(true);
  await page.getByRole("button", { name: "多一件" }).first().click();
  await page.getByRole("button", { name: "重试" }).waitFor();
  assert.equal(await page.locator("main ul.lines li").count(), 3, "the lines stay in sight");
  await shot(page, "cart-offline");
  await context.setOffline(false);
  await page.getByRole("button", { name: "重试" }).waitFor({ state: "detached" });
});

test("a cart knows what it costs, campaigns included, before the store answers", async () => {
  const { page, context } = await open(PHONE);
  const good = (await goods("sto_sh01", (n) => n >= 5)).find((g) => g.price > 300 && g.price < 10_000);
  const units = Math.ceil(30_000 / good.price);
  await page.goto(`${URL_}/s/sto_sh01/p/${good.sku}`);
  await page.evaluate((lines) => localStorage.setItem("ld-cart-sto_sh01", JSON.stringify(lines)), [{ sku: good.sku, quantity: units - 1 }]);
  await page.goto(`${URL_}/s/sto_sh01/cart`);
  await page.locator(".missed", { hasText: "满300减50" }).waitFor();
  // From here on the store says nothing.
  let asked = 0;
  await page.route("**/api/v1/quotes*", () => {
    asked += 1;
  });
  await page.getByRole("button", { name: "多一件" }).first().click();
  await page.locator(".cell.off", { hasText: "满300减50" }).waitFor();
  await shot(page, "cart-at-once");
  await page.getByRole("button", { name: "少一件" }).first().click();
  await page.locator(".missed", { hasText: "满300减50" }).waitFor();
  assert.ok(asked >= 2, "it is asked all the same");
  await context.close();
});

test("a clerk counts a category without seeing the record, and the manager approves what differs", async () => {
  const { context, page } = await staff("sh01-clerk");
  await page.goto(`${URL_}/console/s/sto_sh01/stock`);
  await page.locator("main").getByRole("link", { name: "盘点", exact: true }).click();
  await page.getByRole("button", { name: "开始盘点" }).waitFor();
  const scope = page.getByLabel("盘点范围");
  await scope.selectOption({ index: 1 });
  await shot(page, "count-start");
  await page.getByRole("button", { name: "开始盘点" }).click();
  await page.waitForURL("**/counts/cnt_*");
  const total = await page.locator(".count-lines li").count();
  assert.ok(total > 3, "a category has goods");
  const code = (await page.locator(".count-lines li small").first().innerText()).trim();
  const scan = page.getByLabel("条码或商品名");
  await scan.fill(code);
  await scan.press("Enter");
  const number = page.getByLabel("实盘数量");
  await number.waitFor();
  await number.fill("1");
  await shot(page, "count-line");
  await number.press("Enter");
  await page.getByText(/^1 \/ \d+ 种$/).waitFor();
  await page.waitForFunction(() => document.querySelector(".pending")?.textContent === "");
  assert.equal(await page.getByText("盘亏", { exact: false }).filter({ visible: true }).count(), 0, "a blind count tells nobody what is missing");
  await page.getByRole("button", { name: "提交", exact: true }).click();
  await page.getByText(/已盘 1 \/ \d+ 种，还有 \d+ 种没有盘/).waitFor();
  await page.getByRole("button", { name: "确认提交" }).click();
  await page.getByText("待审批").waitFor();
  await page.getByText(/盘亏 \d+/).first().waitFor();
  await shot(page, "count-submitted");
  const path = page.url();
  await context.close();
  const boss = await staff("sh01-manager");
  await boss.page.goto(path);
  await boss.page.getByRole("button", { name: "驳回重盘" }).click();
  await boss.page.getByRole("alert").filter({ hasText: "请填写驳回原因" }).waitFor();
  await boss.page.getByRole("button", { name: "批准", exact: true }).click();
  await boss.page.getByText(/差异金额 [\d,.]+ 元。由 .+ 盘点并提交，由 .+ 批准/).waitFor();
  await shot(boss.page, "count-approve");
  await boss.page.getByRole("button", { name: "确认批准" }).click();
  await boss.page.getByText("已完成").waitFor();
  await shot(boss.page, "count-approved");
  await boss.page.goto(`${URL_}/console/s/sto_sh01/counts`);
  await boss.page.getByText("已完成").first().waitFor();
  await shot(boss.page, "counts");
  await boss.context.close();
});

test("goods that are not on the shelf: the customer is asked and waits for a transfer", async () => {
  const { page } = await open(PHONE);
  await logInCustomer(page, "/s/sto_sh01");
  const [good] = await goods("sto_sh01", (n) => n >= 8);
  await putIntoCart(page, "sto_sh01", good.sku, 2);
  await page.goto(`${URL_}/s/sto_sh01/checkout`);
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((b) => b.textContent === "提交订单" && !b.disabled));
  await page.getByRole("button", { name: "提交订单" }).click();
  const order = await payAtSandbox(page);
  await untilText(page, "门店正在备货");
  const { context, page: desk } = await staff("sh01-clerk");
  await desk.goto(`${URL_}/console/s/sto_sh01/orders/${order}`);
  await desk.getByText("登记缺货").click();
  await desk.getByRole("button", { name: /缺货数量加一/ }).first().click();
  await shot(desk, "short-report");
  await desk.getByRole("button", { name: "通知顾客缺货" }).click();
  await desk.getByText("缺货，等顾客选择").waitFor();
  await shot(desk, "short-waiting");
  await context.close();
  await page.getByText("抱歉，有商品缺货").waitFor({ timeout: 30_000 });
  await awake(page);
  await shot(page, "short-choice");
  await page.getByRole("button", { name: "等调货" }).click();
  await untilText(page, "缺货商品正从");
  await shot(page, "short-transfer");
});

test("a manager scans goods in, and writes off what broke", async () => {
  const [milk] = await goods("sto_sh01", (n) => n >= 5);
  const { context, page } = await staff("sh01-manager");
  const path = `${URL_}/console/s/sto_sh01/stock?q=${encodeURIComponent(milk.sku)}`;
  const onHand = async () => {
    await page.goto(path);
    return Number((await page.locator("table.stock tbody tr").first().locator("td.num").first().innerText()).replaceAll(",", ""));
  };
  const before = await onHand();
  const scan = page.getByLabel("条码或商品名");
  // A scanner types and presses Enter; the second scan counts one up.
  for (let i = 0; i < 2; i++) {
    await scan.fill(milk.sku);
    await scan.press("Enter");
    await page.waitForFunction((n) => document.querySelector(".fact-lines input")?.value === String(n), i + 1);
  }
  // Goods that expire ask for the day when they come in.
  const expires = page.locator(".expiry input");
  if (await expires.count()) await expires.fill("2035-01-01");
  await page.getByLabel("单据号").fill("DN-0042");
  await shot(page, "stock-desk");
  await page.getByRole("button", { name: "登记入库" }).click();
  await page.getByText("已登记入库：1 种商品").waitFor();
  assert.equal(await onHand(), before + 2);
  await page.getByRole("radio", { name: "报损" }).click();
  await scan.fill(milk.sku);
  await scan.press("Enter");
  await page.locator(".fact-lines input").waitFor();
  await page.getByRole("button", { name: "登记报损" }).click();
  await page.getByRole("alert").filter({ hasText: "请填写原因" }).waitFor();
  await page.getByLabel("原因").fill("破损");
  await page.getByRole("button", { name: "登记报损" }).click();
  await page.getByText(/报损 1 件，按零售价 ¥ \d/).waitFor();
  await page.getByRole("button", { name: "确认报损" }).click();
  await page.getByText("已登记报损：1 种商品").waitFor();
  assert.equal(await onHand(), before + 1);
  await page.locator("main").getByRole("link", { name: "流水" }).click();
  await page.getByText("破损").first().waitFor();
  await page.getByText("DN-0042").first().waitFor();
  await shot(page, "stock-movements");
  await context.close();
  const clerk = await staff("sh01-clerk");
  await clerk.page.goto(path);
  assert.equal(await clerk.page.getByRole("radio", { name: "报损" }).count(), 0, "a clerk writes nothing off");
  await clerk.context.close();
});

test("HQ sees stores, orders, stock of one SKU and settlement", async () => {
  const { page } = await staff("admin");
  await page.waitForURL("**/console/hq");
  await page.waitForTimeout(500);
  await shot(page, "40-hq");
  await page.goto(`${URL_}/console/hq/stores`);
  await page.locator("td.what a", { hasText: "静安寺" }).first().waitFor();
  await shot(page, "41-hq-stores");
  await page.goto(`${URL_}/console/hq/stock?q=${encodeURIComponent("牛奶")}`);
  await page.locator("a[href*='/console/hq/stock/sku_']").first().click();
  await page.waitForURL("**/console/hq/stock/sku_**");
  await shot(page, "42-hq-sku");
  // A till sells one: the page shows it without being asked.
  const figures = () => document.querySelector("#live-stock .figures").textContent;
  const before = await page.evaluate(figures);
  const told = await page.evaluate(async (sku) => {
    const sale = { till: "e2e", number: String(Date.now()), sold_at: Date.now(), lines: [{ sku, quantity: 1 }] };
    const body = JSON.stringify({ sales: [sale] });
    return (await fetch("/api/v1/stores/sto_sh01/pos/sales", { method: "POST", headers: { "content-type": "application/json" }, body })).status;
  }, page.url().split("/").pop());
  assert.equal(told, 200);
  await page.waitForFunction((was) => document.querySelector("#live-stock .figures").textContent !== was, before, { timeout: 40_000 });
  await page.goto(`${URL_}/console/hq/settlement`);
  await shot(page, "43-hq-settlement");
  await page.goto(`${URL_}/console/s/sto_sh01/stock`);
  await shot(page, "44-store-stock");
  // What is kept back is set where it stands; the warehouse beside the shelf has a page of its own.
  const kept = page.locator("button.safety").first();
  await kept.click();
  await page.locator("form.safety input").first().fill("4");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("button.safety")?.textContent === "4");
  await page.getByRole("link", { name: "静安寺前置仓" }).click();
  await page.waitForURL("**/stock?location=**");
  await shot(page, "44-warehouse-stock");
  const { page: phone } = await open(PHONE);
  await phone.goto(`${URL_}/console/login`);
  await phone.getByLabel("账号").fill("sh01-clerk");
  await phone.getByLabel("密码").fill(PASSWORD);
  await phone.getByRole("button", { name: "登录" }).click();
  await phone.waitForURL("**/console/s/sto_sh01");
  await phone.waitForTimeout(500);
  await shot(phone, "45-work-phone");
  assert.equal((await phone.goto(`${URL_}/console/hq`)).status(), 403, "a clerk sees nothing of HQ's");
  assert.equal((await phone.goto(`${URL_}/console/s/sto_sh02`)).status(), 404, "nor another store");
  await shot(phone, "46-forbidden");
});

test("everything can be read with scripts switched off", async () => {
  const { page } = await open(PHONE, { javaScriptEnabled: false });
  await page.goto(URL_);
  await page.locator("input[name=q]").fill("徐家汇");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /徐家汇旗舰店/ }).first().click();
  await page.waitForURL("**/s/sto_sh02");
  await page.locator("a[href*='/c/']").first().click();
  await page.waitForURL("**/c/**");
  await page.locator("a[href*='/p/sku_']").first().click();
  await page.waitForURL("**/p/sku_**");
  assert.match(await page.locator("main").innerText(), /¥\d+\.\d\d/);
  await shot(page, "50-no-script");
});

test("a shelf is filled from another store: asked for, sent in part, seen by HQ, received", async () => {
  const [good] = await goods("sto_sh02", (n) => n >= 8);
  const asks = await staff("sh01-clerk");
  await asks.page.goto(`${URL_}/console/s/sto_sh01/transfers`);
  await asks.page.getByText("申请补货").click();
  await asks.page.getByLabel("调出地点").fill("徐家汇旗舰店");
  const scan = asks.page.getByLabel("条码或商品名");
  await scan.fill(good.sku);
  await scan.press("Enter");
  await asks.page.locator(".fact-lines input").first().fill("3");
  await asks.page.getByLabel("留言").fill("周末促销");
  await shot(asks.page, "transfer-ask");
  await asks.page.getByRole("button", { name: "提交调拨单" }).click();
  await asks.page.getByText("已向").waitFor();

  const sends = await staff("sh02-clerk");
  await sends.page.goto(`${URL_}/console/s/sto_sh02/transfers`);
  const task = sends.page.locator(".task", { hasText: "周末促销" });
  await task.getByRole("button", { name: "接单" }).click();
  await task.getByRole("button", { name: "少一件" }).click();
  await task.getByRole("button", { name: "只剩这些" }).click();
  await shot(sends.page, "transfer-accept");
  await task.getByRole("button", { name: "按此数量接单" }).click();
  await task.getByText("申请 3").waitFor();
  for (const step of ["拣货完成", "发出"]) {
    await tapStep(sends.page, task.getByRole("button", { name: step }), task.getByRole("button", { name: "撤销" }));
    await sends.page.reload();
    await awake(sends.page);
  }
  await task.getByText("在途").waitFor();

  const hq = await staff("admin");
  await hq.page.goto(`${URL_}/console/hq/transfers`);
  await hq.page.locator("tr", { hasText: "周末促销" }).getByText("在途").waitFor();
  await shot(hq.page, "hq-transfers");
  await hq.page.goto(`${URL_}/console/hq/exceptions`);
  await hq.page.getByRole("heading", { name: "异常" }).waitFor();
  await shot(hq.page, "hq-exceptions");
  await hq.page.goto(`${URL_}/console/hq/rules`);
  await hq.page.getByLabel("库存预警").fill("5");
  await hq.page.getByLabel("库存预警").blur();
  await hq.page.getByRole("button", { name: "保存" }).click();
  await hq.page.getByText("已保存").waitFor();
  // A wrong value stays as it was typed, with the reason beside it, and nothing is saved.
  await hq.page.getByLabel("库存预警").fill("五");
  await hq.page.getByText("请填写 0 或更大的数字").waitFor();
  await hq.page.getByRole("button", { name: "保存" }).click();
  await hq.page.getByText("尚未保存").waitFor();
  assert.equal(await hq.page.getByLabel("库存预警").inputValue(), "五");
  await shot(hq.page, "hq-rules");

  await asks.page.reload();
  const mine = asks.page.locator(".task", { hasText: "周末促销" });
  await mine.getByRole("button", { name: "收货" }).click();
  await mine.getByRole("button", { name: "数量无误" }).click();
  await mine.getByText("已收货").waitFor();
  await shot(asks.page, "transfer-received");
  await asks.page.goto(`${URL_}/console/s/sto_sh01/stock?show=low`);
  await asks.page.getByRole("link", { name: "缺货与预警" }).waitFor();
  await shot(asks.page, "stock-low");
  await asks.page.goto(`${URL_}/console/s/sto_sh01/stock?show=expiring`);
  await asks.page.getByText("天后到期").first().waitFor();
  await shot(asks.page, "stock-expiring");
  for (const who of [asks, sends, hq]) await who.context.close();
});

test("goods are chosen by name, on the stock page and for a transfer, and the page lives on", async () => {
  const { context, page } = await staff("sh01-manager");
  for (const path of ["stock", "transfers"]) {
    await page.goto(`${URL_}/console/s/sto_sh01/${path}`);
    await awake(page);
    if (path === "transfers") await page.getByText("申请补货").click();
    const scan = page.getByLabel("条码或商品名");
    await scan.fill("牛奶");
    await scan.press("Enter");
    const choice = page.locator(".choose button:not(.small)");
    await choice.nth(1).click();
    const quantity = page.locator(".fact-lines input").first();
    await quantity.waitFor();
    assert.equal(await quantity.inputValue(), "1");
    // The page works on: the number is replaced by what is typed, and the line can go.
    await quantity.click();
    await page.keyboard.type("24", { delay: 120 });
    assert.equal(await quantity.inputValue(), "24");
    if (path === "stock") await shot(page, "choose-by-name");
    await page.getByRole("button", { name: /^移除/ }).click();
    assert.equal(await page.locator(".fact-lines li").count(), 0);
    assert.equal(await page.locator("#fault").count(), 0);
  }
  await context.close();
});

test("a page whose program stops says so, tells the server where, and comes back by a reload", async () => {
  const { context, page } = await open(DESK);
  const before = faults.length;
  await page.goto(`${URL_}/console/login`);
  await page.getByLabel("账号").fill("sh01-clerk");
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await page.waitForURL("**/console/s/sto_sh01");
  // What the server rendered is cut off on its way: the island cannot read it and panics.
  let cut = true;
  await page.route("**/console/s/sto_sh01/stock", async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    await route.fulfill({ response: answer, body: cut ? text.replace(/data-props="[^"]*"/g, 'data-props="{"') : text });
  });
  const told = page.waitForRequest("**/api/v1/page-faults");
  await page.goto(`${URL_}/console/s/sto_sh01/stock`);
  await page.getByRole("alert").filter({ hasText: "页面出错，重新加载" }).waitFor();
  const request = await told;
  assert.equal((await request.response()).status(), 204);
  const body = request.postDataJSON();
  assert.equal(body.page, "/console/s/sto_sh01/stock");
  assert.match(body.at, /^[\w.\/-]+:\d+:\d+$/, "the place in the sources");
  await shot(page, "page-fault");
  cut = false;
  await page.getByRole("button", { name: "重新加载" }).click();
  await awake(page);
  assert.equal(await page.locator("#fault").count(), 0);
  await context.close();
  faults.splice(before);
});

test("a step can be taken back for ten seconds, and a double tap marks one order only", async () => {
  const [good] = await goods("sto_sh01", (n) => n >= 8);
  const first = await paidPickup("sto_sh01", good.sku);
  const second = await paidPickup("sto_sh01", good.sku);
  const { context, page } = await staff("sh01-clerk");
  await page.goto(`${URL_}/console/s/sto_sh01`);
  await awake(page);
  const card = (order) => page.locator("#preparing .card", { hasText: order.slice(-4).toUpperCase() });
  const ready = [];
  page.on("request", (r) => r.url().endsWith("/ready") && ready.push(r.url()));
  const button = card(first.order).getByRole("button", { name: "备货完成" });
  await button.waitFor();
  // A tap in the moment in which the list moves is not taken at its word: then the finger comes again.
  const back = card(first.order).getByRole("button", { name: "撤销" });
  for (let tries = 0; tries < 5 && !(await back.isVisible()); tries++) {
    await page.waitForTimeout(1_000);
    await button.scrollIntoViewIfNeeded();
    const box = await button.boundingBox();
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    await back.waitFor({ timeout: 1_500 }).catch(() => {});
  }
  await back.waitFor();
  assert.equal(await page.getByRole("button", { name: "撤销" }).filter({ visible: true }).count(), 1, "one order is marked");
  await shot(page, "undo");
  await page.waitForTimeout(900);
  // By keyboard: the way back has it already.
  await page.keyboard.press("Enter");
  await button.waitFor();
  await page.waitForTimeout(11_000);
  assert.deepEqual(ready, [], "what was taken back is not sent");
  await button.click();
  await page.waitForFunction((n) => ![...document.querySelectorAll("#preparing .card .code")].some((c) => c.textContent === n), first.order.slice(-4).toUpperCase(), { timeout: 15_000 });
  assert.equal(ready.length, 1);
  // The keyboard goes on where the work goes on.
  await page.waitForFunction(() => document.querySelector("#preparing")?.contains(document.activeElement));
  assert.equal(await card(second.order).count(), 1, "the other order waits as before");
  // A new order is told of: in the title, and in words.
  assert.match(await page.title(), /^\(\d+\) 接单/);
  const third = await paidPickup("sto_sh01", good.sku);
  await page.getByText(/新到 \d+ 单/).waitFor();
  await shot(page, "new-order");
  for (const c of [first, second, third]) await c.context.close();
  await context.close();
});

test("scans come faster than answers, into whatever field, and none is lost", async () => {
  const found = (await goods("sto_sh01", (n) => n >= 1)).slice(0, 6);
  const { context, page } = await staff("sh01-manager");
  const rows = await page.evaluate(async (skus) => {
    const of = async (sku) => (await (await fetch(`/api/v1/stores/sto_sh01/stock?q=${encodeURIComponent(sku)}`)).json()).rows[0];
    return Promise.all(skus.map(of));
  }, found.map((g) => g.sku));
  const codes = rows.map((r) => r.barcode);
  await page.goto(`${URL_}/console/s/sto_sh01/stock`);
  await awake(page);
  await slow(page, 800);
  await page.getByLabel("条码或商品名").focus();
  for (const code of codes) await scanCode(page, code);
  await page.getByText(/正在查找 \d+ 项/).waitFor();
  await shot(page, "scan-queue");
  await page.waitForFunction((n) => document.querySelectorAll(".fact-lines li").length === n, codes.length);
  // A number is replaced by what is typed; a scan into its field counts another line up and leaves the number alone.
  const quantity = (row) => page.locator(`#line-${row.sku} input`).first();
  await quantity(rows[0]).focus();
  await page.keyboard.type("24", { delay: 150 });
  await page.waitForTimeout(300);
  await scanCode(page, codes[1]);
  await page.waitForFunction((sku) => document.querySelector(`#line-${sku} input`).value === "2", rows[1].sku);
  assert.equal(await quantity(rows[0]).inputValue(), "24");
  // A button has the keyboard: the scan finds its field.
  await page.getByRole("button", { name: "添加" }).focus();
  await scanCode(page, codes[2]);
  await page.waitForFunction((sku) => document.querySelector(`#line-${sku} input`).value === "2", rows[2].sku);
  // A reload in the middle.
  await page.reload();
  await awake(page);
  await page.waitForFunction((n) => document.querySelectorAll(".fact-lines li").length === n, codes.length);
  assert.equal(await quantity(rows[0]).inputValue(), "24");
  // A reload while a scan waits for its answer: it is still shown as waiting, and counts once.
  await page.getByLabel("供货方").fill("城西冷链");
  await page.getByLabel("条码或商品名").focus();
  await scanCode(page, codes[4]);
  await page.waitForFunction((sku) => document.querySelector(`#line-${sku} input`).value === "2", rows[4].sku);
  const [other] = (await goods("sto_sh01", (n) => n >= 1)).slice(6, 7);
  const code = await page.evaluate(async (sku) => (await (await fetch(`/api/v1/stores/sto_sh01/stock?q=${encodeURIComponent(sku)}`)).json()).rows[0].barcode, other.sku);
  await page.getByLabel("条码或商品名").focus();
  await scanCode(page, code);
  await page.getByText("正在查找 1 项").waitFor();
  await page.reload();
  await awake(page);
  await page.waitForFunction((sku) => document.querySelector(`#line-${sku} input`)?.value === "1", other.sku);
  await page.waitForFunction(() => document.querySelector(".pending").hidden);
  assert.equal(await page.locator(".fact-lines li").count(), codes.length + 1);
  assert.equal(await page.getByLabel("供货方").inputValue(), "城西冷链");
  // What is wrong stands beside its line, in words.
  await quantity(rows[3]).fill("0");
  await page.getByLabel("单据号").fill("DN-7");
  await page.getByRole("button", { name: "登记入库" }).click();
  await page.locator(`#line-${rows[3].sku}`).getByRole("alert").filter({ hasText: "数量需要是" }).waitFor();
  await shot(page, "line-error");
  // Radio groups by arrow keys.
  await page.getByRole("radio", { name: "入库", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-checked") === "true" && document.activeElement.textContent !== "入库");
  await page.evaluate(() => localStorage.clear());
  await context.close();
});

test("a count at 800 ms latency keeps every entry, also over a reload", async () => {
  const { context, page } = await staff("sh02-clerk");
  await page.goto(`${URL_}/console/s/sto_sh02/counts`);
  await awake(page);
  await page.getByLabel("盘点范围").selectOption({ index: 1 });
  await page.getByRole("button", { name: "开始盘点" }).click();
  await page.waitForURL("**/counts/cnt_*");
  await awake(page);
  const codes = (await page.locator(".count-lines li small").allInnerTexts()).slice(0, 6).map((c) => c.trim());
  await slow(page, 800);
  await page.getByLabel("条码或商品名").focus();
  for (const [i, code] of codes.entries()) {
    await scanCode(page, code);
    await page.keyboard.type(String(i + 3), { delay: 100 });
    await page.keyboard.press("Enter");
  }
  await page.getByText(new RegExp(`^${codes.length} / \\d+ 种$`)).waitFor();
  await shot(page, "count-queue");
  await page.reload();
  await awake(page);
  await page.waitForFunction(() => document.querySelector(".pending")?.textContent === "", undefined, { timeout: 15_000 });
  await page.unroute("**/api/v1/**");
  await page.reload();
  const kept = await page.locator(".count-lines li").evaluateAll((all) => all.map((l) => [l.querySelector("small").textContent.trim(), l.querySelector("b").textContent]));
  for (const [i, code] of codes.entries()) assert.equal(Object.fromEntries(kept)[code], String(i + 3), code);
  await page.getByRole("button", { name: "取消" }).click();
  await page.getByText("已取消").first().waitFor();
  await context.close();
});

test("a region manager has a home, and every link of it opens", async () => {
  const { context, page } = await staff("region-east");
  await page.waitForURL("**/console/hq");
  await page.getByRole("heading", { name: "各店待办" }).waitFor();
  await shot(page, "region-home");
  const links = await page.locator("header a, nav a, main a").evaluateAll((all) => [...new Set(all.map((a) => a.href))]);
  assert.ok(links.length > 10, "there is something to see");
  for (const link of links) {
    const answer = await page.request.get(link);
    assert.equal(answer.status(), 200, link);
  }
  await page.goto(`${URL_}/console/hq/stores`);
  const cities = await page.locator("table.stores tbody tr").evaluateAll((all) => [...new Set(all.map((r) => r.cells[1].textContent))]);
  assert.ok(cities.length >= 1 && !cities.includes("成都"), `only the region's stores: ${cities}`);
  assert.equal((await page.request.get(`${URL_}/console/s/sto_cd01`)).status(), 404);
  await page.goto(`${URL_}/console/hq/approvals`);
  await shot(page, "region-approvals");
  await context.close();
});

test("the command box finds pages, stores and goods by keyboard, and gives the keyboard back", async () => {
  const { context, page } = await staff("admin");
  await page.goto(`${URL_}/console/hq/settlement`);
  await awake(page);
  await page.getByRole("link", { name: "连店", exact: true }).focus();
  await page.keyboard.press("/");
  const box = page.getByRole("combobox", { name: "搜索页面、门店、商品、订单" });
  await box.waitFor();
  await page.keyboard.type("静安寺");
  const options = page.getByRole("listbox").getByRole("option");
  await options.filter({ hasText: "静安寺旗舰店" }).first().waitFor();
  await shot(page, "command-box");
  await page.keyboard.press("ArrowDown");
  assert.equal(await options.nth(1).getAttribute("aria-selected"), "true");
  assert.equal(await box.getAttribute("aria-activedescendant"), "command-1");
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.className), "brand", "the keyboard is where it was");
  await page.keyboard.press("Control+k");
  await box.waitFor();
  await page.keyboard.type("异常");
  await options.filter({ hasText: "异常" }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/console/hq/exceptions");
  // In a store: its goods.
  await page.goto(`${URL_}/console/s/sto_sh01/settlement`);
  await awake(page);
  await page.keyboard.press("Control+k");
  await box.waitFor();
  await page.keyboard.type("牛奶");
  await options.filter({ has: page.locator(".badge", { hasText: /^商品$/ }) }).filter({ hasText: "牛奶" }).first().waitFor();
  await context.close();
});

test("the navigation says where one is, folds, and stays folded; on a phone it is a bar of four and the rest", async () => {
  const { context, page } = await staff("admin");
  await page.goto(`${URL_}/console/hq/stores`);
  const nav = page.getByRole("navigation", { name: "主导航" });
  assert.equal(await nav.getByRole("link", { name: "门店", exact: true }).getAttribute("aria-current"), "page");
  await shot(page, "frame-desk");
  await page.locator("#nav-fold").click();
  await nav.waitFor({ state: "hidden" });
  await page.reload();
  await page.waitForFunction(() => document.documentElement.hasAttribute("data-folded"));
  assert.equal(await page.locator("#nav-fold").getAttribute("aria-expanded"), "false");
  await page.locator("#nav-fold").click();
  await nav.waitFor();
  // A heading sorts, and keeps what else was asked for.
  await page.goto(`${URL_}/console/hq/stores?q=${encodeURIComponent("上海")}`);
  await page.getByRole("columnheader", { name: "门店" }).getByRole("link").click();
  await page.waitForURL((u) => u.searchParams.get("sort") === "name" && u.searchParams.get("q") === "上海");
  const names = await page.locator("table.stores tbody tr td:first-child a").allInnerTexts();
  assert.deepEqual(names, [...names].sort());
  await page.setViewportSize({ width: 390, height: 844 });
  await nav.waitFor({ state: "hidden" });
  const bar = page.getByRole("navigation", { name: "常用" });
  assert.equal(await bar.locator("> a").count(), 4);
  await bar.getByText("更多").click();
  await shot(page, "frame-phone");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the phone");
  await bar.getByRole("link", { name: "异常" }).click();
  await page.waitForURL("**/exceptions");
  await context.close();
});

/** Pages of HQ and regions, and of one store. */
const HQ_PAGES = ["", "/stores", "/stock", "/exceptions", "/transfers", "/orders", "/approvals", "/rules", "/settlement", "/access", "/requests", "/regions", "/warehouses", "/warehouses/loc_wh-front-sh01", "/store-imports", "/products", "/products/new", "/categories", "/brands", "/search-words", "/product-imports", "/local-products", "/campaigns", "/campaigns/new", "/campaigns/calendar", "/campaigns/review", "/coupons", "/coupons/new", "/settings", "/settings/history", "/setup", "/accounts", "/roles", "/keys", "/legal"].map((p) => `/console/hq${p}`);
const STORE_PAGES = ["", "/orders", "/pickup", "/parcels", "/slots", "/transfers", "/stock", "/stock?show=low", "/stock?show=expiring", "/movements", "/counts", "/settlement", "/prices", "/requests", "/profile", "/policy", "/staff", "/assortment", "/local-products", "/campaigns", "/campaigns/new", "/campaigns/calendar", "/coupons"].map((p) => `/console/s/sto_sh01${p}`);

for (const who of ["admin", "merch", "marketing", "finance", "auditor", "region-east", "sh01-manager", "sh01-clerk"]) {
  test(`axe finds nothing on any page of ${who}, and no link leads to a refusal`, async () => {
    const { context, page } = await staff(who);
    const seen = new Map();
    const status = async (link) => {
      if (!seen.has(link)) seen.set(link, (await page.request.get(link)).status());
      return seen.get(link);
    };
    const found = [];
    let opened = 0;
    // Beside the lists one of each kind that they lead to: an order, a count, one SKU's stock, a product, a campaign, a listing and its price, a store.
    const kinds = [/\/orders\/ord_/, /\/counts\/cnt_/, /\/hq\/stock\/sku_/, /\/products\/spu_/, /\/campaigns\/cmp_/, /\/listings\/sku_[^/]+$/, /\/why$/, /\/orders\/ord_[^\/]+\/price$/, /\/hq\/stores\/sto_[^/]+$/];
    const paths = [...(who.startsWith("sh01") ? [] : HQ_PAGES), ...STORE_PAGES, "/console/account"];
    for (const path of paths) {
      if ((await status(`${URL_}${path}`)) === 403) continue;
      await page.goto(`${URL_}${path}`);
      await awake(page);
      opened += 1;
      found.push(...(await wrongs(page)).map((w) => `${path} ${w}`));
      const links = await page.locator("header a, nav a, main a").evaluateAll((all) => [...new Set(all.filter((a) => a.hasAttribute("href")).map((a) => new URL(a.getAttribute("href"), location).href.split("#")[0]))].filter((h) => h.includes("/console/") && !h.includes("sort=")).slice(0, 45));
      for (const [i, kind] of kinds.entries()) {
        const one = links.find((l) => kind.test(l));
        if (one) {
          paths.push(one.slice(URL_.length));
          kinds[i] = /^$/;
        }
      }
      for (const link of links) if ((await status(link)) >= 400) found.push(`${path} leads to ${link}: ${await status(link)}`);
    }
    for (const path of ["/console/nowhere", "/console/login"]) {
      await page.goto(`${URL_}${path}`);
      await page.waitForLoadState("networkidle");
      found.push(...(await wrongs(page)).map((w) => `${path} ${w}`));
    }
    assert.ok(opened >= 3, `${who} has pages`);
    assert.deepEqual([...new Set(found)], []);
    await context.close();
  });
}

test("a store's flash sales are found from its home, and their clock ticks by the server's time", async () => {
  const { page, context } = await open(PHONE);
  await page.goto(`${URL_}/s/sto_sh01`);
  await awake(page);
  await page.getByRole("region", { name: "限时秒杀" }).getByRole("link").first().click();
  await page.waitForURL("**/s/sto_sh01/flash");
  await awake(page);
  const clock = page.getByRole("timer").first();
  const was = await clock.textContent();
  assert.match(was, /\d\d:\d\d:\d\d$/);
  await page.waitForFunction((was) => document.querySelector("time[role=timer]").textContent !== was, was);
  await shot(page, "flash");
  assert.deepEqual(await wrongs(page), []);
  // What a campaign is about has a page of its own.
  await page.goto(`${URL_}/s/sto_sh01/deals/cmp_demo-buns`);
  await page.getByRole("heading", { name: "包子任选3件6元" }).waitFor();
  await awake(page);
  await shot(page, "deal");
  assert.deepEqual(await wrongs(page), []);
  await context.close();
});

// The shell's own modules, with a `wx` that calls this stack; what a web-view would be is a browser that says to be one, with WeChat's bridge played.
test("in the mini-program a ticket logs in, the shell pays, and the order's page knows", async () => {
  const load = createRequire(import.meta.url);
  const shell = (name) => load(`../../storefront/miniprogram/app/${name}`);
  Object.assign(shell("config").ENVIRONMENTS.develop, { origin: URL_, sandbox: SANDBOX });
  globalThis.wx = {
    getAccountInfoSync: () => ({ miniProgram: { envVersion: "develop" } }),
    showModal: ({ success }) => success({ confirm: true }),
    request: ({ url, method, data, header, success, fail }) =>
      fetch(url, { method, headers: header, body: data })
        .then(async (answer) => ({ statusCode: answer.status, data: await answer.json() }))
        .then(success, fail),
  };
  const { context, page } = await open(PHONE, { userAgent: "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49 Language/zh_CN miniProgram/wx0001" });
  const bridge = `globalThis.told = []; globalThis.wx = { miniProgram: Object.fromEntries(["navigateTo", "navigateBack", "switchTab", "postMessage"]
    .map((name) => [name, (given) => told.push([name, given?.url])])) };`;
  await context.route("https://res.wx.qq.com/**", (route) => route.fulfill({ contentType: "text/javascript", body: bridge }));
  const asked = (name) => page.waitForFunction((n) => globalThis.told?.find(([what]) => what === n)?.[1], name).then((found) => found.jsonValue());

  const { ticket, asMember } = shell("lib/session");
  await page.goto(URL_ + (await ticket("/s/sto_sh01")));
  await page.waitForURL(`${URL_}/s/sto_sh01`);
  assert.equal(await page.locator("nav.tabs").isVisible(), false, "the shell has tabs of its own");
  await page.getByRole("button", { name: "扫一扫" }).click();
  assert.equal(await asked("navigateTo"), "/pages/scan/scan?store=sto_sh01");
  const [good] = await goods("sto_sh01", (n) => n >= 5);
  await putIntoCart(page, "sto_sh01", good.sku);
  await page.goto(`${URL_}/s/sto_sh01/checkout`);
  await priced(page);
  await page.getByRole("button", { name: "微信地址" }).waitFor();
  await shot(page, "miniprogram-checkout");
  await page.getByRole("button", { name: "提交订单" }).click();
  const pay = await asked("navigateTo");
  assert.match(pay, /^\/pages\/pay\/pay\?order=ord_/);
  const order = pay.split("=")[1];
  assert.equal(new URL(page.url()).pathname, `/orders/${order}`, "whoever comes back without having paid is at the order");
  const start = await asMember(shell("lib/api").ROUTES.pay, { params: { order } });
  await shell("lib/sandbox").pay(start.prepay_id);
  await page.goto(`${URL_}/orders/${order}?from=pay`);
  await untilText(page, "门店正在备货");
  await context.close();
  delete globalThis.wx;
});

test("no page raised an error", () => {
  assert.deepEqual(faults, []);
});
