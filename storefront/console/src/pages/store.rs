//! The pages of one store.

use leptos::prelude::*;
use liandian_types::{
    CountState, Fulfilment, LocationId, OrderState, Permission, StoreId,
    api::{
        BatchView, ClaimCard, ClaimList, CountCard, CountList, CountView, HeldGoods, MovementCard, MovementList, OrderList, OrderView,
        SettlementView, ShortList, StockList, StockRow, StoreRow, TransferList,
    },
};

use super::{Frame, Module, Place, figure, link, next_page, page, places, plot, search};
use crate::{
    islands::{
        ClaimBoard, CountDesk, CountStart, MorePostings, ParcelDesk, PickList, PickupDesk, Posting, ReadyButton, RiderDesk, SafetyField,
        ShortfallDesk, StockDesk, TransferAsk, TransferBoard, WorkBoard, WorkLists,
    },
    text,
};

fn framed<'a>(frame: &Frame<'a>, store: &'a StoreRow) -> Frame<'a> {
    Frame { place: Place::Store(store), ..*frame }
}

/// Today's work.
#[must_use]
pub fn work(frame: &Frame<'_>, store: &StoreRow, lists: WorkLists) -> String {
    let prepare = frame.may(Permission::OrderPrepare);
    page(&framed(frame, store), Module::Board, "待办", || {
        view! {
            <h1 class="quiet-title">"今日待办"</h1>
            <p class="crumbs"><a href=format!("/console/s/{}/parcels", store.store)>"已发快递 ›"</a></p>
            <WorkBoard store=store.store.clone() lists=lists now=frame.now prepare=prepare />
        }
    })
}

/// The counter.
#[must_use]
pub fn pickup(frame: &Frame<'_>, store: &StoreRow) -> String {
    page(&framed(frame, store), Module::Orders, "自提核销", || {
        view! {
            <h1 class="quiet-title">"自提核销"</h1>
            <noscript><p class="refusal">"核销需要 JavaScript，请在浏览器设置中打开。"</p></noscript>
            <PickupDesk store=store.store.clone() />
        }
    })
}

/// Orders that are done, or those that were looked for.
#[must_use]
pub fn orders(frame: &Frame<'_>, store: &StoreRow, query: Option<&str>, date: Option<&str>, list: OrderList) -> String {
    let path = format!("/console/s/{}/orders", store.store);
    let asked = query.is_some() || date.is_some();
    page(&framed(frame, store), Module::Board, "订单", || {
        let more = list.more;
        let none = list.orders.is_empty();
        let next = if asked { None } else { list.next.clone() };
        let reset = asked.then(|| path.clone());
        view! {
            <h1>"订单"</h1>
            <form class="search orders-search" role="search" action=path.clone() method="get">
                <input
                    type="search"
                    name="q"
                    value=query.unwrap_or_default().to_owned()
                    placeholder="取货号、收货手机后四位、订单号"
                    aria-label="取货号、收货手机后四位或订单号"
                    autocomplete="off"
                />
                <input type="date" name="date" value=date.unwrap_or_default().to_owned() aria-label="下单日期" />
                <button class="primary" type="submit">"查找"</button>
                {reset.map(|r| view! { <a class="button" href=r>"清除"</a> })}
            </form>
            <p class="sub">
                {match (query, date) {
                    (None, None) => "最近完成的订单。进行中的订单在「待办」。",
                    (_, Some(_)) => "这一天下的全部订单，新的在前。",
                    _ => "近 14 天下的订单，新的在前；更早的请选日期。",
                }}
            </p>
            <ul class="cards found">
                {list
                    .orders
                    .into_iter()
                    .map(|c| view! {
                        <li class="card">
                            <a class="card-link" href=text::order_path(&store.store, &c.order)>
                                <span class="code">{c.short_code}</span>
                                <span class=format!("badge state-{}", c.state)>{c.state.title()}</span>
                                <span class="age">{c.placed_text}</span>
                                <span class="summary">{c.summary}</span>
                                <span class="sub">{format!("{} · 共 {} 件 · {}", c.fulfilment.title(), c.units, c.total)}</span>
                            </a>
                        </li>
                    })
                    .collect_view()}
            </ul>
            <p class="empty" hidden=!none>{if asked { "没有找到。核对一下，或换个日期再查。" } else { "还没有完成的订单。" }}</p>
            {(asked && more).then(|| view! { <p class="sub">"还有更多，请再输入几位，或选一个日期。"</p> })}
            {next_page(&path, &[], next.as_deref())}
        }
    })
}

/// Parcels on their way.
#[must_use]
pub fn parcels(frame: &Frame<'_>, store: &StoreRow, list: OrderList) -> String {
    let base = format!("/console/s/{}", store.store);
    let next = next_page(&format!("{base}/parcels"), &[], list.next.as_deref());
    page(&framed(frame, store), Module::Board, "已发快递", || {
        view! {
            <p class="crumbs"><a href=base.clone()>"‹ 待办"</a></p>
            <h1>"已发快递"</h1>
            <p class="sub">"顾客确认收货后离开这里；发出十天未确认的自动确认。"</p>
            <ul class="cards">
                {list
                    .orders
                    .iter()
                    .map(|c| view! {
                        <li class="card">
                            <a class="card-link" href=text::order_path(&store.store, &c.order)>
                                <span class="code">{c.short_code.clone()}</span>
                                <span class="age">{c.store_name.clone()}</span>
                                <span class="summary">{c.summary.clone()}</span>
                                <span class="sub">{format!("共 {} 件 · {} · 下单 {}", c.units, c.total, c.placed_text)}</span>
                            </a>
                        </li>
                    })
                    .collect_view()}
            </ul>
            <p class="empty" hidden=!list.orders.is_empty()>"没有在路上的包裹。"</p>
            {next}
        }
    })
}

/// One order.
#[must_use]
pub fn order(frame: &Frame<'_>, store: &StoreRow, order: OrderView) -> String {
    let card = order.card;
    let waits = matches!(card.state, OrderState::Preparing | OrderState::Ready);
    // The shop that sold what a warehouse ships sees it; the warehouse's keeper works on it.
    let here = order.served_by == store.store;
    let prepares = here && frame.may(Permission::OrderPrepare);
    let parcel = card.fulfilment == Fulfilment::HqShip;
    let ships = here && parcel && matches!(card.state, OrderState::Preparing | OrderState::Delivering) && frame.may(Permission::ParcelShip);
    let loses = frame.may(Permission::ParcelLose);
    let reports = waits && order.shortfall.is_none() && prepares;
    let short_lines: Vec<_> = order.lines.iter().map(|l| (l.sku.clone(), l.name.clone(), l.quantity.get())).collect();
    let prepare = !parcel && prepares && (card.state == OrderState::Preparing || (waits && order.shortfall.is_some()));
    let hand_over = card.state == OrderState::Ready && card.fulfilment == Fulfilment::Pickup && frame.may(Permission::PickupVerify);
    let picking = (prepares && card.state == OrderState::Preparing).then(|| (card.order.clone(), order.lines.clone()));
    let sees_transfers = frame.may(Permission::TransferRead);
    let hidden = card.noted && !frame.may(Permission::OrderPrepare);
    let found = if parcel { "找到了？登记快递单号即可发货。" } else { "找到了？点「备货完成」。" };
    let base = format!("/console/s/{}", store.store);
    page(&framed(frame, store), Module::Orders, &format!("订单 {}", card.short_code), || {
        view! {
            <p class="crumbs"><a href=base.clone()>"‹ 待办"</a></p>
            <div class="order-head">
                <h1>"订单 "<span class="code">{card.short_code}</span></h1>
                <span class=format!("badge state-{}", card.state)>{card.state.title()}</span>
                <span class=format!("badge way-{}", card.fulfilment)>{card.fulfilment.title()}</span>
            </div>
            <p class="sub">
                {format!("{} · 下单 {}（{}）", card.order, card.placed_text, text::ago(card.placed_at, frame.now))}
                {order.ships_from.map(|from| format!(" · {}卖出，{from}发货", card.store_name))}
            </p>
            <div class="actions">
                {prepare.then(|| view! { <ReadyButton store=store.store.clone() order=card.order.clone() /> })}
                {hand_over.then(|| view! { <a class="button primary big" href=format!("{base}/pickup")>"去核销取货码"</a> })}
            </div>
            {order.shortfall.map(|s| view! {
                <section class="panel warn" role="status">
                    <h2>"缺货，等顾客选择"</h2>
                    <p>{s.lines.iter().map(|l| format!("{} 缺 {} 件", l.name, l.quantity)).collect::<Vec<_>>().join("、")}</p>
                    <p class="sub">{format!("{} 前未选择将自动退款。{found}", s.choose_by_text)}</p>
                </section>
            })}
            {order.ended_text.map(|ended| view! {
                <section class="panel warn" role="status">
                    <h2>"请核对到期日"</h2>
                    <p>{format!("有批次已经过期：{ended}")}</p>
                    <p class="sub">"过期的不能交给顾客、骑手或快递：请换成未过期的，换不到请登记缺货。"</p>
                </section>
            })}
            {ships.then(|| view! { <ParcelDesk store=store.store.clone() order=card.order.clone() parcel=order.parcel lose=loses /> })}
            {reports.then(|| view! { <ShortfallDesk store=store.store.clone() order=card.order.clone() lines=short_lines /> })}
            {picking.map(|(order, lines)| view! {
                <section class="panel">
                    <h2>"拣货清单"</h2>
                    <PickList order=order lines=lines />
                </section>
            })}
            <div class="split">
                <section class="panel">
                    <h2>"商品"</h2>
                    <ul class="order-lines">
                        {order
                            .lines
                            .into_iter()
                            .map(|l| view! {
                                <li>
                                    <img src=l.picture alt="" width="48" height="48" loading="lazy" />
                                    <span class="what">
                                        {l.name}
                                        <small>{l.spec}</small>
                                        {(l.from_transfer > 0).then(|| view! { <span class="badge warn">{format!("其中 {} 件调货", l.from_transfer)}</span> })}
                                    </span>
                                    <span class="num">{format!("{} × {}", text::yuan(l.price), l.quantity)}</span>
                                    <b class="num">{text::yuan(l.total)}</b>
                                </li>
                            })
                            .collect_view()}
                    </ul>
                    <dl class="sums">
                        <dt>"商品"</dt>
                        <dd>{text::yuan(order.goods)}</dd>
                        <dt>{if parcel { "运费" } else { "配送费" }}</dt>
                        <dd>{text::yuan(order.delivery_fee)}</dd>
                        <dt>"实付"</dt>
                        <dd class="total">{format!("¥ {}", text::yuan(card.total))}</dd>
                    </dl>
                    {order
                        .note
                        .map(|n| format!("顾客留言：{n}"))
                        .or_else(|| hidden.then(|| "顾客有留言，仅备货人员可见".to_owned()))
                        .map(|n| view! { <p class="note">{n}</p> })}
                </section>
                <div>
                    {order
                        .recipient
                        .map(|r| view! {
                            <section class="panel">
                                <h2>"收货人"</h2>
                                <p>{r.name}" "{r.phone}</p>
                                <p class="sub">{r.address}</p>
                            </section>
                        })}
                    {order
                        .delivery
                        .map(|d| view! {
                            <section class="panel">
                                <h2>"配送"</h2>
                                <p>
                                    {d.state.title()}
                                    {(d.attempt > 1).then(|| view! { <span class="badge warn">{format!("第 {} 次呼叫", d.attempt)}</span> })}
                                </p>
                                <p class="sub">{d.rider}" "{d.rider_phone}</p>
                                {d.calling_off.then(|| view! { <p class="sub">"正在通知平台取消，平台确认前请不要把商品交给骑手"</p> })}
                                {d.trouble.map(|t| view! {
                                    <p class="badge warn" role="status">{t}</p>
                                    {prepares.then(|| view! { <RiderDesk store=store.store.clone() order=card.order.clone() /> })}
                                })}
                            </section>
                        })}
                    {order
                        .transfer
                        .map(|t| view! {
                            <section class="panel">
                                <h2>"调货"</h2>
                                <p>{format!("{} → {}", t.source_name, t.target_name)}" "<span class=format!("badge state-{}", t.state)>{t.state.title()}</span></p>
                                <p class="sub">{t.lines.iter().map(|l| format!("{} ×{}", l.name, l.quantity)).collect::<Vec<_>>().join("、")}</p>
                                {sees_transfers.then(|| view! { <p><a href=format!("{base}/transfers")>"查看调拨任务"</a></p> })}
                            </section>
                        })}
                    <section class="panel">
                        <h2>"经过"</h2>
                        <ol class="history">
                            {order.history.into_iter().map(|h| view! { <li><time>{h.at_text}</time><span>{h.text}</span></li> }).collect_view()}
                        </ol>
                    </section>
                </div>
            </div>
        }
    })
}

/// Transfer tasks; `places` are those that the store may ask for goods.
#[must_use]
pub fn transfers(frame: &Frame<'_>, store: &StoreRow, list: TransferList, places: Vec<(LocationId, String)>) -> String {
    let work = frame.may(Permission::TransferWork);
    let asks = frame.may(Permission::TransferRequest);
    page(&framed(frame, store), Module::Transfers, "调拨", || {
        view! {
            <h1 class="quiet-title">"调拨任务"</h1>
            {asks.then(|| view! {
                <details class="fold">
                    <summary>"申请补货"</summary>
                    <TransferAsk store=Some(store.store.clone()) places=places staff=frame.staff.staff.clone() />
                </details>
            })}
            {held(list.held.clone())}
            <TransferBoard store=store.store.clone() list=list now=frame.now work=work />
        }
    })
}

/// What a list of stock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockView {
    /// All goods, or those found.
    All,
    /// What runs low.
    Low,
    /// What expires.
    Expiring,
}

/// What of a place's stock needs somebody.
#[derive(Debug, Clone)]
pub struct StockNeeds {
    /// Goods that are promised and not there.
    pub short: ShortList,
    /// Documents that one person may not record alone.
    pub claims: ClaimList,
}

/// Stock of the shelf; with what runs low come the shortfalls.
#[must_use]
pub fn stock(
    frame: &Frame<'_>,
    store: &StoreRow,
    at: Option<&LocationId>,
    show: StockView,
    query: Option<&str>,
    list: StockList,
    needs: StockNeeds,
) -> String {
    let base = format!("/console/s/{}", store.store);
    let path = format!("{base}/stock");
    let here = [("location", at.map(LocationId::as_str))];
    let keeps = frame.may(Permission::StockSafety).then(|| (store.store.clone(), at.cloned()));
    let (receives, adjusts) = (frame.may(Permission::StockReceive), frame.may(Permission::StockAdjust));
    page(&framed(frame, store), Module::Stock, "库存", || {
        let none = list.rows.is_empty();
        view! {
            <div class="title-row">
                <h1>"库存"</h1>
                {search(path.clone(), &here, query, "商品名、品牌或条码")}
                <a class="button" href=link(&format!("{base}/movements"), &here)>"流水"</a>
                <a class="button" href=format!("{base}/counts")>"盘点"</a>
                {(show == StockView::Low && frame.may(Permission::TransferRead)).then(|| view! { <a class="button" href=format!("{base}/transfers")>"申请补货"</a> })}
            </div>
            {places(&path, &list.places, at)}
            <nav class="tabs" aria-label="库存列表">
                {[(StockView::All, None, "全部"), (StockView::Low, Some("low"), "缺货与预警"), (StockView::Expiring, Some("expiring"), "临期")]
                    .into_iter()
                    .map(|(v, shows, title)| view! { <a href=link(&path, &[here[0], ("show", shows)]) aria-current=(v == show).then_some("page")>{title}</a> })
                    .collect_view()}
            </nav>
            {(receives && show == StockView::All).then(|| view! { <StockDesk store=store.store.clone() location=at.cloned() adjusts=adjusts staff=frame.staff.staff.clone() /> })}
            {(show == StockView::All).then(|| waiting_claims(store, needs.claims))}
            {(show == StockView::Low).then(|| shortfalls(frame, store, needs.short))}
            {held(list.held)}
            <div class="scroll">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"商品"</th>
                            <th class="num">"在架"</th>
                            <th class="num">"预占"</th>
                            <th class="num">"安全"</th>
                            <th class="num">"可售"</th>
                            <th class="num">"在途"</th>
                        </tr>
                    </thead>
                    <tbody>{list.rows.into_iter().map(|r| stock_row(r, keeps.clone())).collect_view()}</tbody>
                </table>
            </div>
            {none.then(|| view! {
                <p class="empty">
                    {match show {
                        StockView::All => "没有符合的商品。换个词，或扫一下条码试试。",
                        StockView::Low => "没有商品低于预警线。",
                        StockView::Expiring => "没有按到期日管理的库存。",
                    }}
                </p>
            })}
            {list.more.then(|| view! { <p class="sub">"这里只列最缺的；补上之后会出现后面的。"</p> })}
            {next_page(&path, &[here[0], ("q", query)], list.next.as_deref())}
        }
    })
}

/// Documents that one person may not record alone: those that wait, and what became of the newest.
fn waiting_claims(store: &StoreRow, claims: ClaimList) -> impl IntoView + use<> {
    let (waits, decided) = (claims.waiting.len(), claims.decided);
    (waits > 0 || !decided.is_empty()).then(|| {
        view! {
            <section class="panel" aria-label="待审批单据">
                <h2>"待审批单据"{(waits > 0).then(|| view! { <span class="badge warn">{format!("{waits} 张")}</span> })}</h2>
                {(waits == 0).then(|| view! { <p class="empty">"没有待审批的单据。"</p> })}
                {(waits > 0).then(|| view! { <ClaimBoard store=store.store.clone() claims=claims.waiting /> })}
                {(!decided.is_empty()).then(|| view! {
                    <details class="fold">
                        <summary>"最近审批过的"</summary>
                        <ul class="history">{decided.into_iter().map(decided_claim).collect_view()}</ul>
                    </details>
                })}
            </section>
        }
    })
}

/// One that was decided.
fn decided_claim(c: ClaimCard) -> impl IntoView {
    let answer = c.answer.map(|a| format!("：{a}")).unwrap_or_default();
    let says = format!(
        "{} {} 件 ¥ {}，{} 提交（{}）· {} {}{answer}",
        c.kind.title(),
        text::number(c.units),
        text::yuan(c.value),
        c.by_name,
        c.reason.unwrap_or_default(),
        c.decided_name.unwrap_or_default(),
        c.state.title()
    );
    view! { <li><time>{c.decided_text.unwrap_or_default()}</time><span>{says}</span></li> }
}

/// What changed the stock of the shelf: document by document, newest first.
#[must_use]
pub fn movements(frame: &Frame<'_>, store: &StoreRow, at: Option<&LocationId>, list: MovementList) -> String {
    let base = format!("/console/s/{}", store.store);
    let here = [("location", at.map(LocationId::as_str))];
    let path = format!("{base}/movements");
    let next = next_page(&path, &here, list.next.as_deref());
    page(&framed(frame, store), Module::Stock, "库存流水", || {
        let none = list.movements.is_empty();
        view! {
            <p class="crumbs"><a href=link(&format!("{base}/stock"), &here)>"‹ 库存"</a></p>
            <h1>"库存流水"</h1>
            {places(&path, &list.places, at)}
            <p class="sub">"每一次变动都有单据；库存等于全部单据之和。"</p>
            <div class="scroll" hidden=none>
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"时间"</th>
                            <th>"原因"</th>
                            <th>"单据"</th>
                            <th>"商品"</th>
                            <th class="num">"在架"</th>
                            <th class="num">"预占"</th>
                            <th class="num">"在途"</th>
                            <th class="num">"安全"</th>
                        </tr>
                    </thead>
                    <tbody>{list.movements.into_iter().map(|m| movement(frame, &base, m)).collect_view()}</tbody>
                </table>
            </div>
            {none.then(|| view! { <p class="empty">"还没有变动。"</p> })}
            {next}
        }
    })
}

/// One document, a row for each line.
fn movement(frame: &Frame<'_>, base: &str, m: MovementCard) -> impl IntoView + use<> {
    let rows = m.lines.len().to_string();
    let paper = match (&m.order, &m.transfer) {
        // The order of a transfer may be another store's.
        (_, Some(t)) if frame.may(Permission::TransferRead) => view! { <a href=format!("{base}/transfers")>{format!("调拨 {t}")}</a> }.into_any(),
        (Some(o), None) if frame.may(Permission::OrderRead) => view! { <a href=format!("{base}/orders/{o}")>{format!("订单 {o}")}</a> }.into_any(),
        (_, Some(_)) => view! { <span>"调拨"</span> }.into_any(),
        (Some(_), None) => view! { <span>"订单"</span> }.into_any(),
        (None, None) => view! { <span>{m.document.clone().unwrap_or_else(|| "–".to_owned())}</span> }.into_any(),
    };
    let mut head = Some(view! {
        <td rowspan=rows.clone()>{m.at_text}</td>
        <td rowspan=rows.clone() class="what">{m.kind.title()}{m.reason.map(|r| view! { <small>{r}</small> })}</td>
        <td rowspan=rows class="what">
            {paper}{m.actor_name.or(m.actor).map(|a| view! { <small>{a}</small> })}
            {m.approved_name.or(m.approved_by).map(|a| view! { <small>{format!("审批 {a}")}</small> })}
        </td>
    });
    m.lines
        .into_iter()
        .map(|l| {
            let dates = l.batches.iter().map(|b| format!("{} 到期 ×{}", b.expires_on, b.units)).collect::<Vec<_>>().join("、");
            view! {
                <tr>
                    {head.take()}
                    <td class="what">{l.name}{(!dates.is_empty()).then(|| view! { <small>{dates}</small> })}</td>
                    <td class="num">{signed(l.on_hand)}</td>
                    <td class="num">{signed(l.reserved)}</td>
                    <td class="num">{signed(l.incoming)}</td>
                    <td class="num">{signed(l.safety)}</td>
                </tr>
            }
        })
        .collect_view()
}

/// A change: `+3`, `−3`, and nothing for none.
fn signed(n: i64) -> String {
    match n {
        0 => String::new(),
        1.. => format!("+{}", text::number(n)),
        _ => format!("−{}", text::number(-n)),
    }
}

/// Goods that wait for the payment of an order of another store: for what, and until when.
fn held(held: Vec<HeldGoods>) -> impl IntoView + use<> {
    (!held.is_empty()).then(|| {
        view! {
            <details class="fold">
                <summary>{format!("待付款调货占用 {} 笔", held.len())}</summary>
                <p class="sub">"顾客在其他门店下单、由本店调货，尚未付款。付款后会出现在调拨任务里，超时未付自动释放。"</p>
                <ul>
                    {held
                        .into_iter()
                        .map(|h| {
                            let goods = h.lines.iter().map(|l| format!("{} ×{}", l.name, l.quantity)).collect::<Vec<_>>().join("、");
                            view! { <li>{format!("{goods}，调往{}，占用至 {}", h.target_name, h.until_text)}</li> }
                        })
                        .collect_view()}
                </ul>
            </details>
        }
    })
}

/// Goods that are promised and not there, and the orders that wait for them.
fn shortfalls(frame: &Frame<'_>, store: &StoreRow, short: ShortList) -> impl IntoView + use<> {
    let (orders, transfers) = (frame.may(Permission::OrderRead), frame.may(Permission::TransferRead));
    let base = format!("/console/s/{}", store.store);
    let some = !short.goods.is_empty();
    some.then(|| view! {
        <section class="panel short-panel" aria-label="缺货">
            <h2>"已承诺但不在架"</h2>
            <p class="sub">"先找货、查后仓或申请补货；确实没有时，打开订单报缺，顾客可选调货、改店或退款。后下单的排在前面。"</p>
            {short
                .goods
                .into_iter()
                .map(|g| view! {
                    <div class="short-goods">
                        <img src=g.row.picture alt="" width="40" height="40" />
                        <span class="what">{g.row.name}<small>{format!("在架 {} · 已承诺 {}", text::number(g.row.on_hand), text::number(g.row.reserved))}</small></span>
                        <span class="badge warn">{format!("缺 {} 件", text::number(g.missing))}</span>
                        <span class="short-orders">
                            {g
                                .orders
                                .into_iter()
                                .map(|o| {
                                    let href = orders.then(|| format!("{base}/orders/{}", o.order));
                                    view! { <a class="button" href=href>{format!("{} ×{}", o.short_code, o.units)}<small>{o.state_text}</small></a> }
                                })
                                .collect_view()}
                            {g
                                .transfers
                                .into_iter()
                                .map(|t| {
                                    let href = transfers.then(|| format!("{base}/transfers"));
                                    view! { <a class="button" href=href>{format!("调往 {} ×{}", t.target_name, t.units)}<small>{t.state_text}</small></a> }
                                })
                                .collect_view()}
                        </span>
                    </div>
                })
                .collect_view()}
            {short.more.then(|| view! { <p class="sub">"单据很多，这里只列出一部分。"</p> })}
        </section>
    })
}

/// Stock counts.
#[must_use]
pub fn counts(frame: &Frame<'_>, store: &StoreRow, list: CountList) -> String {
    let base = format!("/console/s/{}", store.store);
    let path = format!("{base}/counts");
    let may = frame.may(Permission::StockCount);
    page(&framed(frame, store), Module::Stock, "盘点", || {
        let none = list.counts.is_empty();
        view! {
            <p class="crumbs"><a href=format!("{base}/stock")>"‹ 库存"</a></p>
            <h1>"盘点"</h1>
            {may.then(|| view! { <CountStart store=store.store.clone() places=list.places categories=list.categories /> })}
            <div class="scroll">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"盘点单"</th>
                            <th>"状态"</th>
                            <th class="num">"已盘"</th>
                            <th class="num">"有差异"</th>
                            <th class="num">"盘盈"</th>
                            <th class="num">"盘亏"</th>
                            <th class="num">"差异金额"</th>
                        </tr>
                    </thead>
                    <tbody>{list.counts.into_iter().map(|c| count_row(&path, c)).collect_view()}</tbody>
                </table>
            </div>
            {none.then(|| view! { <p class="empty">"还没有盘点过。"</p> })}
            {next_page(&path, &[], list.next.as_deref())}
        }
    })
}

fn count_row(path: &str, c: CountCard) -> impl IntoView + use<> {
    let found = |n: String| if matches!(c.state, CountState::Open | CountState::Cancelled) { "–".to_owned() } else { n };
    view! {
        <tr>
            <td><a href=format!("{path}/{}", c.count)>{format!("{} · {}", c.kind.title(), c.title)}</a><small>{format!(" {}", c.created_text)}</small></td>
            <td><span class="badge">{c.state.title()}</span></td>
            <td class="num">{found(format!("{} / {}", c.counted, c.lines))}</td>
            <td class="num">{found(c.different.to_string())}</td>
            <td class="num">{found(text::number(c.over))}</td>
            <td class="num">{found(text::number(c.short))}</td>
            <td class="num">{found(text::yuan(c.value))}</td>
        </tr>
    }
}

/// One stock count.
#[must_use]
pub fn count(frame: &Frame<'_>, store: &StoreRow, view: CountView) -> String {
    let path = format!("/console/s/{}/counts", store.store);
    let counts = frame.may(Permission::StockCount);
    page(&framed(frame, store), Module::Stock, "盘点", || {
        view! {
            <p class="crumbs"><a href=path>"‹ 盘点"</a></p>
            <noscript><p class="refusal">"盘点需要 JavaScript，请在浏览器设置中打开。"</p></noscript>
            <CountDesk store=store.store.clone() view=view counts=counts me=frame.staff.name.clone() staff=frame.staff.staff.clone() />
        }
    })
}

/// `keeps` is where somebody may say how much is kept back.
fn stock_row(r: StockRow, keeps: Option<(StoreId, Option<LocationId>)>) -> impl IntoView {
    let (level, blind) = (plot::level(&r), r.counted_blind);
    let safety = match keeps {
        Some((store, location)) => view! { <SafetyField store=store location=location sku=r.sku name=r.name.clone() units=r.safety /> }.into_any(),
        None => text::number(r.safety).into_any(),
    };
    view! {
        <tr class=level.class()>
            <td class="goods">
                <img src=r.picture alt="" width="40" height="40" loading="lazy" />
                <span class="what">{r.name}<small>{r.barcode}</small>{expiry(&r.batches)}</span>
            </td>
            <td class="num">{if blind { "盘点中".to_owned() } else { text::number(r.on_hand) }}</td>
            <td class="num">{text::number(r.reserved)}</td>
            <td class="num faint">{safety}</td>
            <td class="num strong">
                {level.word().filter(|_| !blind).map(|w| view! { <span class="badge warn">{w}</span> })}
                {if blind { "–".to_owned() } else { text::number(r.available) }}
            </td>
            <td class="num">{if r.incoming == 0 { "–".to_owned() } else { text::number(r.incoming) }}</td>
        </tr>
    }
}

/// When the first batch expires, and how many days that is; all batches as its tip.
pub(super) fn expiry(batches: &[BatchView]) -> Option<impl IntoView + use<>> {
    let first = batches.first()?;
    let left = match first.days_left {
        i32::MIN..0 => "已到期".to_owned(),
        0 => "今天到期".to_owned(),
        days => format!("{days} 天后到期"),
    };
    let all = batches.iter().map(|b| format!("{}：{} 件", b.expires_on, b.units)).collect::<Vec<_>>().join("\n");
    let class = if first.days_left <= 3 { "badge warn" } else { "badge" };
    Some(view! { <span class=class title=all>{format!("{left} ×{}", first.units)}</span> })
}

/// Settlement.
#[must_use]
pub fn settlement(frame: &Frame<'_>, store: &StoreRow, view: SettlementView) -> String {
    let linked = frame.may(Permission::OrderRead);
    page(&framed(frame, store), Module::Hq, "结算", || {
        let none = view.postings.is_empty();
        view! {
            <div class="title-row"><h1>"结算"</h1><span class=format!("badge mode-{}", store.mode)>{store.mode.title()}</span></div>
            <div class="figures">
                {figure("订单", text::number(i64::from(view.orders)), "单")}
                {figure("顾客实付", text::yuan(view.gross), "元")}
                {figure("本店应得", text::yuan(view.stores), "元")}
                {figure("总部应得", text::yuan(view.hq), "元")}
                {figure("代收配送费", text::yuan(view.gross - view.hq - view.stores), "元")}
            </div>
            <div class="share" inner_html=plot::share_bar(view.hq, view.stores)></div>
            <h2>"分录"</h2>
            {none.then(|| view! { <p class="empty">"还没有分录。订单完成后，分成会记在这里。"</p> })}
            <div class="postings">{view.postings.into_iter().map(|p| view! { <Posting posting=p linked=linked /> }).collect_view()}</div>
            {view.next.map(|next| view! { <MorePostings store=store.store.clone() next=next linked=linked /> })}
        }
    })
}
