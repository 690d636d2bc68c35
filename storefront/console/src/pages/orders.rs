//! Orders: a store's work of today, its counter, one order, what is found, and the newest of the chain.

use leptos::prelude::*;
use liandian_types::{
    Fulfilment, OrderState, Permission,
    api::{OrderList, OrderPrice, OrderPriceDiscount, OrderPriceLine, OrderView, PriceOutcome, StoreRow},
};

use super::{
    Frame, Module, Section,
    kit::{Filter, csv_link, filters, pager},
    page, waiting,
};
use crate::{
    islands::{LiveOrders, ParcelDesk, PickList, PickupDesk, ReadyButton, RiderDesk, ShortfallDesk, WorkBoard, WorkLists},
    text,
};

/// Today's work.
#[must_use]
pub fn work(frame: &Frame<'_>, store: &StoreRow, lists: WorkLists) -> String {
    let prepare = frame.may(Permission::OrderPrepare);
    let preparing = lists.preparing.orders.len();
    page(&frame.at(store), Module::Board, "接单", || {
        view! {
            <h1 class="quiet-title">"今日待办"</h1>
            {waiting("preparing", preparing)}
            <p class="crumbs"><a href=format!("/console/s/{}/parcels", store.store)>"已发快递 ›"</a></p>
            <WorkBoard store=store.store.clone() lists=lists now=frame.now prepare=prepare />
        }
    })
}

/// The counter.
#[must_use]
pub fn pickup(frame: &Frame<'_>, store: &StoreRow) -> String {
    page(&frame.at(store), Module::Orders, "自提核销", || {
        view! {
            <h1 class="quiet-title">"自提核销"</h1>
            <noscript><p class="refusal">"核销需要 JavaScript，请在浏览器设置中打开。"</p></noscript>
            <PickupDesk store=store.store.clone() />
        }
    })
}

/// What a list of orders can be made shorter by beside words, a day and a store.
fn choices() -> [Filter; 2] {
    let states = OrderState::ALL.iter().map(|s| (s.as_str().to_owned(), s.title().to_owned())).collect();
    let ways = Fulfilment::ALL.iter().map(|f| (f.as_str().to_owned(), f.title().to_owned())).collect();
    [Filter::choice("state", "全部状态", states), Filter::choice("fulfilment", "全部方式", ways)]
}

/// Orders that are done, or those that were looked for; `wrong` says what cannot be looked for.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, list: OrderList, wrong: Option<String>) -> String {
    let asked_for = frame.asked(format!("/console/s/{}/orders", store.store));
    let (day, state) = (asked_for.get("date").is_some(), asked_for.get("state").is_some());
    let searched = day || asked_for.get("q").is_some() || asked_for.get("fulfilment").is_some();
    let asked = searched || state;
    page(&frame.at(store), Module::Board, "订单", || {
        let none = list.orders.is_empty();
        let next = list.next.clone();
        let [states, ways] = choices();
        view! {
            <h1>"订单"</h1>
            {filters(
                &asked_for,
                vec![
                    Filter::words("q", "取货号、收货手机后四位或订单号", "取货号、收货手机后四位、订单号"),
                    Filter::day("date", "下单日期"),
                    states,
                    ways,
                ],
            )}
            {wrong.map(|why| view! { <p class="refusal" role="alert">{why}</p> })}
            <p class="sub">
                {match (searched, day, state) {
                    (_, true, _) => "这一天下的订单，新的在前。",
                    (true, false, _) => "近 14 天下的订单，新的在前；更早的请选日期。",
                    (false, false, true) => "这个状态的订单。",
                    (false, false, false) => "最近完成的订单。进行中的订单在「接单」。",
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
                                {c.slot.map(|slot| view! { <span class="sub">{format!("预约 {slot}")}</span> })}
                            </a>
                        </li>
                    })
                    .collect_view()}
            </ul>
            <p class="empty" hidden=!none>
                {match (asked, next.is_some()) {
                    (true, true) => "这一段里没有找到，可以翻到下一页继续往前找。",
                    (true, false) => "没有找到。核对一下，或换个日期再查。",
                    (false, _) => "还没有完成的订单。",
                }}
            </p>
            {pager(&asked_for, next.as_deref())}
        }
    })
}

/// Parcels on their way.
#[must_use]
pub fn parcels(frame: &Frame<'_>, store: &StoreRow, list: OrderList) -> String {
    let base = format!("/console/s/{}", store.store);
    let next = pager(&frame.asked(format!("{base}/parcels")), list.next.as_deref());
    page(&frame.at(store).within(Section::Parcels), Module::Board, "已发快递", || {
        view! {
            <p class="crumbs"><a href=base.clone()>"‹ 接单"</a></p>
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
    let picking = (prepares && card.state == OrderState::Preparing).then(|| (card.order.clone(), order.lines.clone(), order.gifts.clone()));
    let wanted_at = card.slot.clone();
    let sees_transfers = frame.may(Permission::TransferRead);
    let hidden = card.noted && !frame.may(Permission::OrderPrepare);
    let found = if parcel { "找到了？登记快递单号即可发货。" } else { "找到了？点「备货完成」。" };
    let base = format!("/console/s/{}", store.store);
    page(&frame.at(store), Module::Orders, &format!("订单 {}", card.short_code), || {
        view! {
            <p class="crumbs"><a href=base.clone()>"‹ 接单"</a></p>
            <div class="order-head">
                <h1>"订单 "<span class="code">{card.short_code}</span></h1>
                <span class=format!("badge state-{}", card.state)>{card.state.title()}</span>
                <span class=format!("badge way-{}", card.fulfilment)>{card.fulfilment.title()}</span>
                {card.slot.map(|slot| view! { <span class="badge">{format!("预约 {slot}")}</span> })}
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
            {picking.map(|(order, lines, gifts)| view! {
                <section class="panel">
                    <h2>"拣货清单"</h2>
                    {wanted_at.map(|at| view! { <p class="sub">{format!("预约 {at}")}</p> })}
                    <PickList order=order lines=lines gifts=gifts />
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
                                    <img src=liandian_types::picture::small(&l.picture) alt="" width="48" height="48" loading="lazy" />
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
                        <dd>{text::yuan(order.list.unwrap_or(order.goods))}</dd>
                        {order
                            .discounts
                            .iter()
                            .map(|d| {
                                let (title, off) = if d.goods.0 > 0 { (d.title.clone(), d.goods) } else { (format!("{}（已减）", d.title), d.delivery) };
                                view! {
                                    <dt>{title}</dt>
                                    <dd>{format!("−{}", text::yuan(off))}</dd>
                                }
                            })
                            .collect_view()}
                        <dt>{if parcel { "运费" } else { "配送费" }}</dt>
                        <dd>{text::yuan(order.delivery_fee)}</dd>
                        <dt>"实付"</dt>
                        <dd class="total">{format!("¥ {}", text::yuan(card.total))}</dd>
                    </dl>
                    <p><a href=format!("{base}/orders/{}/price", card.order)>"这单为什么是这个价"</a></p>
                    {(!order.gifts.is_empty())
                        .then(|| {
                            let gifts = order.gifts.iter().map(|g| format!("{} ×{}", g.name, g.units)).collect::<Vec<_>>().join("、");
                            view! { <p class="note">{format!("赠品（已从货架预留，请一并备好交给顾客）：{gifts}")}</p> }
                        })}
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

/// Why an order cost what it did.
#[must_use]
pub fn why(frame: &Frame<'_>, store: &StoreRow, price: OrderPrice) -> String {
    let base = format!("/console/s/{}/orders/{}", store.store, price.order);
    page(&frame.at(store).within(Section::Orders), Module::Board, "这单为什么是这个价", || {
        let good = matches!(price.outcome, PriceOutcome::Identical | PriceOutcome::Plain);
        let verdict = match price.outcome {
            PriceOutcome::Identical => "重算一致",
            PriceOutcome::Differs => "重算不一致",
            PriceOutcome::Incomplete => "活动版本缺失",
            PriceOutcome::Plain => "原价",
            PriceOutcome::Unknown => "无价格记录",
        };
        let (nothing, none_missed, lost) = (price.discounts.is_empty(), price.missed.is_empty(), price.lost.len());
        let differs = price.total != price.placed_total;
        let fee_off = price.list_fee - price.delivery_fee;
        view! {
            <p class="crumbs"><a href=base.clone()>"‹ 订单"</a></p>
            <h1>"这单为什么是这个价"</h1>
            <p class="sub">{format!("{} · 下单 {}", price.order, price.placed_text)}</p>
            <section class=if good { "panel" } else { "panel warn" } role="status">
                <h2><span class=if good { "badge" } else { "badge warn" }>{verdict}</span></h2>
                <p>{price.outcome_text}</p>
                {(lost > 0).then(|| view! { <p class="sub">{format!("找不到当时版本的活动：{}", price.lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("、"))}</p> })}
            </section>
            <h2>"每件商品"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="每件商品的价格">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"商品"</th>
                            <th class="num">"原价"</th>
                            <th class="num">"数量"</th>
                            <th>"优惠"</th>
                            <th class="num">"小计"</th>
                        </tr>
                    </thead>
                    <tbody>{price.lines.into_iter().map(priced_line).collect_view()}</tbody>
                </table>
            </div>
            <h2>"参加了的活动"</h2>
            {nothing.then(|| view! { <p class="empty">"没有参加任何活动。"</p> })}
            <ul class="history">{price.discounts.into_iter().map(applied).collect_view()}</ul>
            {price.gifts.into_iter().map(|g| view! { <p class="note">{format!("赠品：{} ×{}", g.name, g.units)}</p> }).collect_view()}
            <h2>"没有参加的活动"</h2>
            {none_missed.then(|| view! { <p class="empty">"当时没有其他可看到的活动。"</p> })}
            <ul class="history">
                {price.missed.into_iter().map(|m| view! { <li><span>{m.title}</span>" "<small>{m.why}</small></li> }).collect_view()}
            </ul>
            <h2>"合计"</h2>
            <dl class="sums">
                <dt>"商品原价"</dt>
                <dd>{text::yuan(price.list)}</dd>
                <dt>"商品优惠"</dt>
                <dd>{format!("−{}", text::yuan(price.list - price.goods))}</dd>
                <dt>"配送费"</dt>
                <dd>{if fee_off.0 > 0 { format!("{}（减 {}）", text::yuan(price.delivery_fee), text::yuan(fee_off)) } else { text::yuan(price.delivery_fee) }}</dd>
                <dt>"应付"</dt>
                <dd class="total">{format!("¥ {}", text::yuan(price.total))}</dd>
                {differs.then(|| view! {
                    <dt>"下单时应付"</dt>
                    <dd class="total">{format!("¥ {}", text::yuan(price.placed_total))}</dd>
                })}
            </dl>
        }
    })
}

/// A line with who took what off it.
fn priced_line(l: OrderPriceLine) -> impl IntoView {
    let none = l.cuts.is_empty();
    let cuts =
        l.cuts.into_iter().map(|c| view! { <div>{format!("{} −{}（{} 件分摊）", c.title, text::yuan(c.amount), c.units)}</div> }).collect_view();
    view! {
        <tr>
            <td>{l.name}</td>
            <td class="num">{text::yuan(l.price)}</td>
            <td class="num">{l.quantity.get()}</td>
            <td>{none.then_some("—")}{cuts}</td>
            <td class="num">{text::yuan(l.total)}</td>
        </tr>
    }
}

/// A campaign that applied: what it says, what it gave, and who bears it.
fn applied(d: OrderPriceDiscount) -> impl IntoView {
    let mut parts = Vec::new();
    if d.goods.0 > 0 {
        parts.push(format!("商品 −{}", text::yuan(d.goods)));
    }
    if d.delivery.0 > 0 {
        parts.push(format!("配送费 −{}", text::yuan(d.delivery)));
    }
    parts.push(format!("用了 {} 次", d.times));
    parts.push(format!("总部承担 {}，门店承担 {}", text::yuan(d.hq), text::yuan(d.store)));
    if d.version > 0 {
        parts.push(format!("活动第 {} 版", d.version));
    }
    if let Some(coupon) = &d.coupon {
        parts.push(format!("优惠券 {coupon}"));
    }
    if d.floored {
        parts.push("已减到最低售价为止".to_owned());
    }
    view! {
        <li>
            <span>{d.title}{(!d.what.is_empty()).then(|| format!("（{}）", d.what))}</span>
            <small>{parts.join(" · ")}</small>
        </li>
    }
}

/// The newest orders, `live` when nothing else was asked for; `wrong` says what cannot be looked for.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, list: OrderList, wrong: Option<String>, live: bool) -> String {
    let asked = frame.asked("/console/hq/orders");
    let searched = ["q", "date", "store", "state", "fulfilment"].iter().any(|name| asked.get(name).is_some());
    page(frame, Module::Hq, "订单", || {
        let next = pager(&asked, list.next.as_deref());
        let (some, more) = (!list.orders.is_empty(), list.next.is_some());
        let [states, ways] = choices();
        let fields = vec![
            Filter::words("q", "订单号，或它的后四位", "订单号，或它的后四位"),
            Filter::words("store", "门店名、城市或编号", "门店名、城市或编号"),
            Filter::day("date", "下单日期"),
            states,
            ways,
        ];
        let title = match (live, searched) {
            (true, _) => "最新订单",
            (false, true) => "找到的订单",
            (false, false) => "更早的订单",
        };
        view! {
            <h1>{title}</h1>
            {filters(&asked, fields)}
            {wrong.map(|why| view! { <p class="refusal" role="alert">{why}</p> })}
            {(searched && !some && more).then(|| view! { <p class="sub">"这一段里没有找到，可以翻到下一页继续往前找。"</p> })}
            <LiveOrders list=list now=frame.now limit=200 live=live />
            {csv_link(&asked, some)}
            {next}
        }
    })
}
