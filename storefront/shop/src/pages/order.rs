//! `/orders/{order}`: one order: how far it is, the code to collect it, what was bought, what happened.

use leptos::prelude::*;
use liandian_types::{
    DeliveryState, Fulfilment, OrderState, TransferState,
    api::{CartLine, Counter, HistoryEntry, Offer, OrderView, ShortfallView, TransferCard},
};
use qrcode::{QrCode, render::svg};

use super::{
    frame::{Module, Page, head, map_link},
    orders::tone,
};
use crate::{
    islands::order::{CancelButton, OrderLive, ReceivedButton, ShortfallButtons, TakeGoods},
    words,
};

/// An order's page. `back_from_pay`: its customer comes from the payment page, so that a payment may be known any moment.
#[must_use]
pub fn order(page: &Page, order: &OrderView, back_from_pay: bool) -> String {
    let card = &order.card;
    let last = matches!(card.state, OrderState::Completed | OrderState::Settled | OrderState::Closed | OrderState::Refunded);
    let confirming = back_from_pay && card.state == OrderState::Placed;
    page.document("订单详情", Module::Order, "order", || {
        // The island compares with what it reads as JSON, so the page takes its own mark from the same JSON.
        let shown = serde_json::to_string(order).ok().and_then(|text| words::mark(&text)).unwrap_or_default();
        let pay_by = card.pay_by.filter(|_| card.state == OrderState::Placed && !confirming).map(|t| t.0);
        let (title, now) = if confirming {
            ("正在确认支付结果", "通常只要一两秒，请不要重复付款".to_owned())
        } else {
            (card.state.title(), what_now(order))
        };
        view! {
            {head("/orders".to_owned(), "订单详情".to_owned())}
            <main>
                <section class="panel status" role="status"><p class=tone(card.state)>{confirming.then(|| view! { <i class="spin"></i> })}{title}</p><p>{now}</p>
                    {promise(order).map(|text| view! { <p class="promise num" class:over={order.promise_over || order.late_text.is_some()}>{text}</p> })}{steps(order)}</section>
                {order.shortfall.as_ref().map(|s| shortfall(order, s))}
                {order.pickup_code.as_deref().zip(order.qr_text()).map(|(code, text)| pickup(code, &text, order.pick_up_by_text.as_deref()))}
                {order.delivery.as_ref().map(|d| view! {
                    <section class="panel"><h2 class="title">"配送"</h2><p><b>{d.state.title()}</b>
                        {d.rider.clone().map(|r| view! { <span class="num">" · "{r}" "{d.rider_phone.clone().filter(|p| p.contains('*'))}</span> })}
                        {(d.attempt > 1).then(|| view! { <span class="dim">{format!("（第 {} 次呼叫骑手）", d.attempt)}</span> })}</p>
                        {rider_line(d.state)}
                        // A masked number can be told to the store, not dialled.
                        {d.rider_phone.clone().filter(|p| !p.contains('*')).map(|p| view! { <p class="reach"><a class="btn small plain" href=format!("tel:{p}")>"打电话给骑手"</a></p> })}</section>
                })}
                {order.ships_from.clone().map(|from| parcel(from, order))}
                {order.recipient.as_ref().map(|r| view! {
                    <section class="panel"><h2 class="title">"收货人"</h2><p class="num">{r.name.clone()}" "{r.phone.clone()}</p><p class="dim">{r.address.clone()}</p></section>
                })}
                {order.transfer.as_ref().map(|t| view! {
                    <section class="panel"><h2 class="title">"调货"</h2><p>{format!("{} → {}", t.source_name, t.target_name)}" · "<b>{transfer_state(t)}</b></p>
                        {(!order.transfer_times.is_empty()).then(|| events(&order.transfer_times))}</section>
                })}
                <section class="panel flush">
                    <a class="cell" href=format!("/s/{}", card.store)><b>{card.store_name.clone()}</b><span class="dim">{card.fulfilment.title()}" ›"</span></a>
                    <ul class="lines">{order.lines.iter().map(|l| view! {
                        <li class="line tight"><img src=liandian_types::picture::small(&l.picture) alt="" width="48" height="48" loading="lazy"/>
                            <div class="what"><b>{l.name.clone()}</b><span class="dim">{l.spec.clone()}" ×"{l.quantity.get()}</span>
                                {(l.from_transfer > 0).then(|| view! { <span class="tag">{format!("{} 件调货", l.from_transfer)}</span> })}</div>
                            <span class="num">{l.total.to_string()}</span></li>
                    }).collect_view()}</ul>
                    <div class="cell"><span>"商品合计"</span><span class="num">{order.list.unwrap_or(order.goods).to_string()}</span></div>
                    {order.discounts.iter().filter(|d| d.goods.0 > 0).map(|d| view! {
                        <div class="cell off"><span>{d.title.clone()}</span><span class="num">{format!("−{}", d.goods)}</span></div>
                    }).collect_view()}
                    {(card.fulfilment != Fulfilment::Pickup).then(|| view! { <div class="cell"><span>{if order.ships_from.is_some() { "运费" } else { "配送费" }}</span><span class="num">{order.delivery_fee.to_string()}</span></div> })}
                    {order.discounts.iter().filter(|d| d.delivery.0 > 0).map(|d| view! {
                        <div class="cell off"><span>{d.title.clone()}</span><span class="num">{format!("已减 {}", d.delivery)}</span></div>
                    }).collect_view()}
                    {order.gifts.iter().map(|g| view! {
                        <div class="cell off"><span>{format!("赠品：{}", g.name)}</span><span class="num">{format!("×{}", g.units)}</span></div>
                    }).collect_view()}
                    <div class="cell"><b>{if pay_by.is_some() { "应付" } else { "合计" }}</b><b class="price">{card.total.to_string()}</b></div>
                    {order.given_back.map(|amount| view! {
                        <div class="cell"><span>{format!("缺货未收：{}", order.withdrawn.iter().map(|l| format!("{} ×{}", l.name, l.quantity)).collect::<Vec<_>>().join("、"))}</span>
                            <span class="num">{format!("退 {amount}")}</span></div>
                    })}
                    {order.note.clone().map(|n| view! { <div class="cell"><span>"留言"</span><span>{n}</span></div> })}
                </section>
                {order.counter.as_ref().map(|c| counter(order, c))}
                // Goods that are missing are chosen about above.
                {(order.may_cancel && order.shortfall.is_none()).then(|| view! {
                    <section class="panel"><p class="dim">"商品还没有备好，现在取消，已付款项全部原路退回"</p><CancelButton order=card.order.to_string()/></section>
                })}
                <section class="panel"><h2 class="title">"订单动态"</h2>{events(&order.history)}</section>
                {(!confirming && card.state != OrderState::Placed).then(|| view! {
                    <div class="pad" id="again"><TakeGoods store=card.store.clone() lines=goods(order) label="再来一单".to_owned()/></div>
                })}
                <p class="foot num">"订单号 "<b>{card.short_code.clone()}</b><br/><small class="pick">{card.order.to_string()}</small></p>
                <noscript><p class="foot"><a href=format!("/orders/{}", card.order)>"刷新状态"</a></p></noscript>
            </main>
            {(!last).then(|| view! { <OrderLive order=card.order.to_string() mark=shown pay_by last confirming/> })}
        }
    })
}

/// What happened, the newest first.
fn events(all: &[HistoryEntry]) -> impl IntoView + use<> {
    let line = |h: &HistoryEntry| view! { <li><b>{h.text.clone()}</b><time class="dim num">{h.at_text.clone()}</time></li> };
    view! { <ol class="events">{all.iter().rev().map(line).collect_view()}</ol> }
}

/// What was ordered, to be ordered again.
fn goods(order: &OrderView) -> Vec<CartLine> {
    order.lines.iter().map(|l| CartLine { sku: l.sku.clone(), quantity: l.quantity }).collect()
}

/// The store: where it is, how to call it, and what it is called for.
fn counter(order: &OrderView, c: &Counter) -> impl IntoView + use<> {
    let to_the_store = match order.card.state {
        OrderState::AwaitingTransfer | OrderState::Preparing if order.may_cancel => Some("要修改订单，请打电话给门店"),
        OrderState::Ready => Some("商品已备好，要取消或修改订单，请打电话给门店"),
        OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Delivering => Some("要取消或修改订单，请打电话给门店"),
        _ => None,
    };
    view! {
        <section class="panel"><h2 class="title">{if order.card.fulfilment == Fulfilment::Pickup { "去哪里取" } else { "门店" }}</h2>
            <p><b>{order.card.store_name.clone()}</b></p>
            <p class="dim">{c.address.clone()}" · "{c.hours.clone()}</p>
            {c.resting.clone().map(|text| view! { <p><b>{text}</b></p> })}
            <p class="reach">
                {(!c.phone.is_empty()).then(|| view! { <a class="btn small plain" href=format!("tel:{}", c.phone)>"打电话给门店"</a> })}
                <a class="btn small plain" href=map_link(c.point, &order.card.store_name) target="_blank" rel="noreferrer">"地图导航"</a>
            </p>
            {to_the_store.map(|text| view! { <p class="dim">{text}</p> })}
        </section>
    }
}

/// What is missing, and what can be done about it.
fn shortfall(order: &OrderView, s: &ShortfallView) -> impl IntoView + use<> {
    let source = s.offers.iter().find_map(|o| if let Offer::Transfer { source, .. } = o { Some(source.to_string()) } else { None });
    let had = if order.card.fulfilment == Fulfilment::Delivery { "送达" } else { "可取" };
    // Nobody else ships it: it can be fetched.
    let parcel = order.card.fulfilment == Fulfilment::HqShip;
    let offers: Vec<_> = s
        .offers
        .iter()
        .filter_map(|o| match o {
            // An order that is paid for is not split, and not sent by somebody else.
            Offer::Split { .. } | Offer::HqShip { .. } => None,
            Offer::Transfer { source_name, ready_text, reason, .. } => {
                Some((format!("从 {source_name} 调货到本店"), format!("{ready_text} {had}"), reason.clone(), None))
            }
            Offer::OtherStore { store, ready_text, reason, .. } => Some((
                format!("{} 全部有货", store.name),
                format!("退款后去买，{ready_text} {}", if parcel { "可取" } else { had }),
                reason.clone(),
                Some((store.store.clone(), goods(order))),
            )),
        })
        .collect();
    view! {
        <section class="panel short" role="alert">
            <h2 class="title">"抱歉，有商品缺货"</h2>
            <ul class="missing">{s.lines.iter().map(|l| view! { <li>{l.name.clone()}<b class="num">" 缺 "{l.quantity}" 件"</b></li> }).collect_view()}</ul>
            {offers.into_iter().map(|(title, when, reason, link)| view! {
                <div class="offer"><div><b>{title}</b><p class="dim">{when}</p><p class="why">{reason}</p></div>{link.map(|(store, lines)| view! { <TakeGoods store lines label="去这家店买".to_owned()/> })}</div>
            }).collect_view()}
            {s.keep_refund.map(|back| view! {
                <div class="offer"><div><b>"收下有货的商品"</b><p class="dim">{format!("缺货部分的 {back} 原路退回，其余商品照常{}", if parcel { "发货" } else { had })}</p></div></div>
            })}
            <p class="dim">{format!("请在 {} 前选择，逾期自动全额退款", s.choose_by_text)}</p>
            <ShortfallButtons order=order.card.order.to_string() source keep=s.keep_refund.map(|back| back.to_string())/>
        </section>
    }
}

/// Who sends the parcel, and how to follow it.
fn parcel(from: String, order: &OrderView) -> impl IntoView + use<> {
    let waits = order.card.state == OrderState::Delivering;
    view! {
        <section class="panel"><h2 class="title">"快递"</h2>
            {order.parcel.as_ref().map(|p| view! {
                <p>{p.carrier.title()}" "<b class="num pick">{p.number.clone()}</b></p>
                {waits.then(|| view! { <p class="dim">{format!("{} 前未确认，将自动确认收货", p.received_by_text)}</p> })}
            })}
            <p class="dim">{format!("由{from}发货")}</p>
            {waits.then(|| view! { <ReceivedButton order=order.card.order.to_string()/> })}
        </section>
    }
}

/// Where a transfer stands, for the customer who waits for it.
fn transfer_state(t: &TransferCard) -> String {
    match t.state {
        TransferState::Requested => format!("等{}接单", t.source_name),
        TransferState::Accepted => format!("{}正在拣货", t.source_name),
        TransferState::Packed => "已打包，等发出".to_owned(),
        TransferState::InTransit => "在路上".to_owned(),
        TransferState::Received => "已到店".to_owned(),
        other => other.title().to_owned(),
    }
}

/// A sentence on what happens next, for the person who waits.
fn what_now(order: &OrderView) -> String {
    if order.shortfall.is_some() {
        return "门店发现部分商品缺货，请选择处理方式".to_owned();
    }
    // A shop or a warehouse: by its name.
    if let (OrderState::AwaitingTransfer, Some(t)) = (order.card.state, &order.transfer) {
        return format!("缺货商品正从{}调来", t.source_name);
    }
    let text = match (order.card.state, order.card.fulfilment) {
        (OrderState::Placed, _) => "商品已为你留好，请在时限内付款",
        (OrderState::AwaitingTransfer, _) => "缺货商品正在调来",
        (OrderState::Preparing, Fulfilment::HqShip) => "总部仓正在打包，48 小时内发出",
        (OrderState::Preparing, _) => "门店正在备货",
        (OrderState::Ready, Fulfilment::Pickup) => "商品已备好，到店出示取货码",
        (OrderState::Ready, _) => "商品已备好，等骑手来取",
        (OrderState::Delivering, Fulfilment::HqShip) => "包裹正在路上，收到后请确认",
        (OrderState::Delivering, _) => "骑手正在赶来",
        (OrderState::Completed | OrderState::Settled, _) => "谢谢惠顾，欢迎再来",
        (OrderState::Closed, _) => "订单已关闭，没有扣款，商品已放回货架",
        (OrderState::Refunding, _) => "款项正在原路退回",
        (OrderState::Refunded, _) => "款项已原路退回",
    };
    text.to_owned()
}

/// For when the goods were promised, while they are not there; and that they are or were late, before anybody asks.
fn promise(order: &OrderView) -> Option<String> {
    let there = matches!(order.card.state, OrderState::Completed | OrderState::Settled)
        || (order.card.fulfilment == Fulfilment::Pickup && order.card.state == OrderState::Ready);
    if there {
        return order.late_text.as_ref().map(|late| format!("比承诺晚了{late}，非常抱歉"));
    }
    let at = order.promised_text.as_ref()?;
    let there = if order.card.fulfilment == Fulfilment::Pickup { "可取" } else { "送达" };
    Some(match (&order.late_text, order.promise_over) {
        (Some(late), _) => format!("原定 {at} {there}，比承诺晚了{late}，非常抱歉，可以打电话给门店询问"),
        (None, true) => format!("原定 {at} {there}，已超时，非常抱歉，可以打电话给门店询问"),
        (None, false) if order.card.slot.is_some() => format!("已预约 {at} {there}"),
        (None, false) => format!("预计 {at} {there}"),
    })
}

/// How far the order is. Orders that end without goods have no steps.
fn steps(order: &OrderView) -> Option<impl IntoView + use<>> {
    let (pickup, parcel) = (order.card.fulfilment == Fulfilment::Pickup, order.card.fulfilment == Fulfilment::HqShip);
    let mut all = vec![(OrderState::Placed, "下单")];
    if order.transfer.is_some() || order.card.state == OrderState::AwaitingTransfer {
        all.push((OrderState::AwaitingTransfer, "调货"));
    }
    all.push((OrderState::Preparing, "备货"));
    if !parcel {
        all.push((OrderState::Ready, if pickup { "待取" } else { "待发" }));
    }
    if !pickup {
        all.push((OrderState::Delivering, if parcel { "快递" } else { "配送" }));
    }
    all.push((OrderState::Completed, "完成"));
    let state = if order.card.state == OrderState::Settled { OrderState::Completed } else { order.card.state };
    let now = all.iter().position(|(s, _)| *s == state)?;
    Some(view! {
        <ol class="steps">{all.into_iter().enumerate().map(|(i, (state, title))| {
            let at = order.times.iter().find(|t| t.state == state && i <= now).map(|t| t.at_text.clone());
            view! {
                <li class:done={i < now} class:now={i == now} aria-current=(i == now).then_some("step")>{title}{at.map(|at| view! { <small class="num">{at}</small> })}</li>
            }
        }).collect_view()}</ol>
    })
}

/// How far the rider is; nothing while none is known or something is odd.
fn rider_line(state: DeliveryState) -> Option<impl IntoView + use<>> {
    const LINE: [(DeliveryState, &str); 4] = [
        (DeliveryState::Accepted, "已接单"),
        (DeliveryState::AtStore, "已到店"),
        (DeliveryState::Delivering, "配送中"),
        (DeliveryState::Done, "已送达"),
    ];
    let now = LINE.iter().position(|(s, _)| *s == state)?;
    Some(view! {
        <ol class="steps">{LINE.into_iter().enumerate().map(|(i, (_, title))| view! { <li class:done={i < now} class:now={i == now}>{title}</li> }).collect_view()}</ol>
    })
}

/// The code to collect the goods with: as a picture for a scanner, in large type for a clerk.
fn pickup(code: &str, text: &str, until: Option<&str>) -> impl IntoView + use<> {
    // An id and a few digits: they always fit. Should they ever not, the digits alone do.
    let picture = QrCode::new(text).map(|qr| qr.render::<svg::Color>().min_dimensions(200, 200).quiet_zone(true).build()).unwrap_or_default();
    let picture = picture.find("<svg").map(|at| picture[at..].to_owned()).unwrap_or_default();
    let digits: String = code.chars().enumerate().flat_map(|(i, c)| (i > 0 && i % 4 == 0).then_some(' ').into_iter().chain([c])).collect();
    view! {
        <section class="panel code" id="code" aria-label="取货码">
            <h2 class="title">"取货码"</h2>
            <div class="qr" role="img" aria-label="取货二维码" inner_html=picture></div>
            <p class="digits num">{digits}</p>
            <p class="dim">"取货时向店员出示，每码只用一次"</p>
            {until.map(|t| view! { <p class="dim">{format!("请在 {t} 前取货，逾期自动全额退款")}</p> })}
        </section>
    }
}
