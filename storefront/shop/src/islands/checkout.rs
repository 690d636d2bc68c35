//! The till: how the goods are had, to whom they go, what it costs, and the order itself.

use leptos::{either::Either, prelude::*, task::spawn_local};
use liandian_types::{
    Code, Fulfilment, GeoPoint, LocationId, OrderId, Problem, StoreId,
    api::{CartLine, PlaceOrder, PlacedOrder, Quote, QuoteRequest, Recipient},
    text,
};

use crate::{
    browser,
    islands::{
        cart_page::{ask, notice},
        order::pay,
    },
    place, words,
};

/// Where the goods shall go.
#[derive(Clone, PartialEq)]
struct Spot {
    point: GeoPoint,
    label: String,
}

/// Places around the store for those who cannot or will not be located: metres to the north and east, and the street side.
const AROUND: [(f64, f64, &str); 4] =
    [(200.0, 220.0, "东北侧"), (-700.0, 900.0, "东南侧"), (1_300.0, -1_500.0, "西北侧"), (-2_800.0, -2_900.0, "西南侧")];

/// The greatest length of a word to the store.
const NOTE: usize = 100;

/// The checkout page's island.
#[island]
pub fn Checkout(
    /// The store.
    store: StoreId,
    /// Its place.
    at: GeoPoint,
    /// Can goods be picked up?
    pickup: bool,
    /// Does it deliver?
    delivery: bool,
    /// How far, in metres.
    radius_m: u32,
    /// The location that sends what is missing, as an offer named it.
    transfer_from: Option<LocationId>,
    /// The warehouse that ships all of it, as an offer named it.
    ship_from: Option<LocationId>,
) -> impl IntoView {
    let store = StoredValue::new(store);
    let transfer_from = StoredValue::new(transfer_from);
    let ships = ship_from.is_some();
    let ship_from = StoredValue::new(ship_from);
    let lines = RwSignal::new(None::<Vec<CartLine>>);
    let way = RwSignal::new(match (ships, pickup) {
        (true, _) => Fulfilment::HqShip,
        (false, true) => Fulfilment::Pickup,
        (false, false) => Fulfilment::Delivery,
    });
    let parcel = move || way.get() == Fulfilment::HqShip;
    let warehouse = move || ship_from.get_value().filter(|_| way.get_untracked() == Fulfilment::HqShip);
    let spot = RwSignal::new(None::<Spot>);
    let (name, phone, address, note) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let quote = RwSignal::new(None::<Quote>);
    let wrong = RwSignal::new(None::<Problem>);
    let locating = RwSignal::new("用我的位置");
    let busy = RwSignal::new(false);
    // An order of the same goods that waits for its payment: another one is placed on purpose only.
    let same = RwSignal::new(None::<OrderId>);
    let asked = StoredValue::new(0_u32);

    let refresh = move || {
        let Some(now) = lines.get_untracked().filter(|l| !l.is_empty()) else { return };
        let to = spot.get_untracked().map(|s| s.point);
        asked.update_value(|n| *n += 1);
        let mine = asked.get_value();
        if way.get_untracked() != Fulfilment::Pickup && to.is_none() {
            quote.set(None);
            return;
        }
        let request = QuoteRequest {
            store: store.get_value(),
            lines: now,
            fulfilment: way.get_untracked(),
            to,
            transfer_from: transfer_from.get_value(),
            ship_from: warehouse(),
        };
        spawn_local(async move {
            let got = ask(&request).await;
            if asked.get_value() != mine {
                return;
            }
            match got {
                Ok(fresh) => quote.set(Some(fresh)),
                Err(problem) => {
                    quote.set(None);
                    wrong.set(Some(problem));
                }
            }
        });
    };
    Effect::new(move |_| {
        lines.set(Some(browser::cart_of(store.get_value().as_str())));
        refresh();
    });
    let choose = move |wanted: Fulfilment| {
        way.set(wanted);
        wrong.set(None);
        refresh();
    };
    let go_to = move |wanted: Spot, street: String| {
        // A chosen place names the street until the customer does.
        let named = spot.with_untracked(|had| had.as_ref().map(|had| had.label.clone()).unwrap_or_default());
        if address.with_untracked(|text| text.is_empty() || *text == named) {
            address.set(street);
        }
        spot.set(Some(wanted));
        wrong.set(None);
        refresh();
    };
    let locate = move |_| {
        locating.set("正在定位…");
        browser::locate(
            move |measured| {
                locating.set("用我的位置");
                go_to(Spot { point: place::from_wgs84(measured), label: "我的位置".to_owned() }, String::new());
            },
            move || locating.set("无法定位，请选附近位置"),
        );
    };

    let submit = move |again: bool| {
        let Some(priced) = quote.get_untracked() else { return };
        let recipient = match recipient(way.get_untracked(), spot.get_untracked(), name, phone, address) {
            Ok(recipient) => recipient,
            Err(problem) => {
                wrong.set(Some(problem));
                return;
            }
        };
        let word = note.get_untracked().trim().to_owned();
        let order = PlaceOrder {
            store: store.get_value(),
            lines: lines.get_untracked().unwrap_or_default(),
            fulfilment: way.get_untracked(),
            recipient,
            transfer_from: transfer_from.get_value(),
            ship_from: warehouse(),
            expect_total: priced.total,
            note: (!word.is_empty()).then_some(word),
            again,
        };
        busy.set(true);
        wrong.set(None);
        same.set(None);
        spawn_local(async move {
            let body = serde_json::to_string(&order).unwrap_or_default();
            let attempt = format!("ld-try-{}", order.store);
            let key = key_for(&attempt, &body);
            match browser::call("POST", "/api/v1/orders", Some(&body), Some(&key)).await {
                Ok(text) => {
                    browser::remember(&attempt, "");
                    browser::keep_cart(order.store.as_str(), &[]);
                    browser::send_cart_and_wait(order.store.as_str()).await;
                    match serde_json::from_str::<PlacedOrder>(&text) {
                        // The order stands: when its payment does not open, its page offers to try again.
                        Ok(placed) => {
                            if pay(placed.order.as_str()).await.is_err() {
                                browser::go(&format!("/orders/{}", placed.order));
                            }
                        }
                        Err(_) => browser::go("/orders"),
                    }
                }
                Err(problem) => {
                    busy.set(false);
                    match problem.code {
                        Code::Unauthenticated => browser::log_in(),
                        // Another body under the same key: the key is spent.
                        Code::IdempotencyMismatch => browser::remember(&attempt, ""),
                        Code::PriceChanged | Code::SoldOut | Code::NotListed | Code::OutOfRange | Code::StoreClosed => refresh(),
                        _ => {}
                    }
                    same.set(problem.order.as_deref().cloned());
                    wrong.set(Some(named(problem, quote.get_untracked().as_ref())));
                }
            }
        });
    };

    let short = move || transfer_from.with_value(Option::is_none) && quote.with(|q| q.as_ref().is_some_and(|q| q.short));
    let refused = move || quote.with(|q| q.as_ref().and_then(|q| q.refusal.clone()));
    let ready = move || quote.with(Option::is_some) && refused().is_none() && !short() && !busy.get();
    view! {
        <div hidden=move || lines.with(|l| !l.as_ref().is_some_and(Vec::is_empty))>
            <div class="blank"><i class="pic cart"></i><h2>"购物车是空的"</h2><a class="btn" href=format!("/s/{}", store.get_value())>"去逛逛"</a></div>
        </div>
        <form class="till" hidden=move || lines.with(|l| l.as_ref().is_some_and(Vec::is_empty)) on:submit=|e| e.prevent_default()>
            <div class="segments" role="radiogroup" aria-label="怎么拿">
                <button type="button" role="radio" hidden=!pickup aria-checked=move || checked(way.get() == Fulfilment::Pickup) on:click=move |_| choose(Fulfilment::Pickup)>"到店自提"</button>
                <button type="button" role="radio" hidden=!delivery aria-checked=move || checked(way.get() == Fulfilment::Delivery) on:click=move |_| choose(Fulfilment::Delivery)>"同城配送"</button>
                <button type="button" role="radio" hidden=!ships aria-checked=move || checked(parcel()) on:click=move |_| choose(Fulfilment::HqShip)>"总部直发"</button>
            </div>
            <div hidden=move || way.get() == Fulfilment::Pickup>
                <h2 class="title">"送到哪里"</h2>
                <div class="cells">
                    <label class="cell"><span>"收货人"</span><input autocomplete="name" maxlength="20" placeholder="姓名" prop:value=name on:input=move |e| name.set(event_target_value(&e))/></label>
                    <label class="cell"><span>"手机号"</span><input type="tel" inputmode="numeric" autocomplete="tel-national" maxlength="20" placeholder="11 位手机号" prop:value=phone on:input=move |e| phone.set(event_target_value(&e))/></label>
                    <label class="cell"><span>"地址"</span><input autocomplete="street-address" maxlength="120" placeholder="街道、小区、楼号、门牌" prop:value=address on:input=move |e| address.set(event_target_value(&e))/></label>
                    <div class="cell"><span>"定位"</span><span class="grow">{move || spot.get().map_or("尚未选择".to_owned(), |s| format!("{} · 距门店 {}", s.label, words::distance(place::metres(s.point, at))))}</span></div>
                </div>
                <div class="chips" role="group" aria-label="选择位置">
                    <button class="chip go" type="button" on:click=locate>{locating}</button>
                    {AROUND.map(|(north, east, side)| {
                        let point = place::moved(at, north, east);
                        let label = format!("门店{side} {}", words::distance(place::metres(point, at)));
                        let said = label.clone();
                        view! { <button class="chip" type="button" on:click=move |_| go_to(Spot { point, label: label.clone() }, label.clone())>{said}</button> }
                    }).collect_view()}
                </div>
                <p class="hint">{move || if parcel() {
                    "运费和时间由定位到总部仓的距离决定，快递按地址送到家。不便定位时，可选一个附近位置。".to_owned()
                } else {
                    format!("能不能送、运费多少，由定位决定：本店配送 {} 以内。不便定位时，可选一个附近位置。", words::distance(radius_m))
                }}</p>
            </div>
            <h2 class="title">"给门店留言"</h2>
            <div class="cells"><label class="cell"><span class="sr">"留言"</span><input maxlength=NOTE placeholder="选填，如：少放冰、放在前台（100 字以内）" prop:value=note on:input=move |e| note.set(event_target_value(&e))/></label></div>
            <h2 class="title">"商品清单"</h2>
            // `Either`, not `into_any`: a view behind a vtable drags its unused ways of hydrating into the download.
            {move || match quote.get() {
                None => Either::Left(view! {
                    <div class="wait" role="status">{move || if way.get() != Fulfilment::Pickup && spot.with(Option::is_none) { "请先选择送货位置" } else { "正在计算价格…" }}</div>
                }),
                Some(q) => Either::Right(view! {
                    <ul class="cells lines">{q.lines.iter().map(|l| view! {
                        <li class="line tight"><img src=l.picture.clone() alt="" width="48" height="48" loading="lazy"/>
                            <div class="what"><b>{l.name.clone()}</b><span class="dim">{format!("{} ×{}", l.spec, l.quantity.get())}</span>
                            {(l.available < l.quantity.get()).then(|| view! { <span class="tag bad">{if transfer_from.with_value(Option::is_some) { format!("{} 件调货", l.quantity.get() - l.available) } else { words::stock(l.available) }}</span> })}</div>
                            <span class="num">{l.total.to_string()}</span></li>
                    }).collect_view()}</ul>
                    <div class="cells sums">
                        <div class="cell"><span>"商品合计"</span><span class="num">{q.goods.to_string()}</span></div>
                        <div class="cell" hidden=way.get_untracked() == Fulfilment::Pickup><span>{format!("{}（{}）", if way.get_untracked() == Fulfilment::HqShip { "运费" } else { "配送费" }, words::distance(q.distance_m.unwrap_or(0)))}</span><span class="num">{q.delivery_fee.to_string()}</span></div>
                        <div class="cell"><span>{if way.get_untracked() == Fulfilment::Pickup { "预计可取" } else { "预计送达" }}</span><span>{q.ready_text.clone()}</span></div>
                    </div>
                }),
            }}
            {move || refused().as_ref().map(notice)}
            <div hidden=move || !short() class="notice warn"><b>"有商品缺货"</b><p><a href=format!("/s/{}/cart", store.get_value())>"回购物车看看可行的办法"</a></p></div>
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
            <div class="pad" hidden=move || same.with(Option::is_none)>
                <a class="btn" href=move || same.with(|o| o.as_ref().map_or_else(|| "/orders".to_owned(), |o| format!("/orders/{o}")))>"去付款"</a>
                <button class="btn plain" type="button" on:click=move |_| submit(true)>"再下一单"</button>
            </div>
            <div class="bar" class:busy=busy>
                <div class="sum">"应付 "<b class="price">{move || quote.with(|q| q.as_ref().map_or("—".to_owned(), |q| q.total.to_string()))}</b></div>
                <button class="btn" type="button" disabled=move || !ready() on:click=move |_| submit(false)>{move || if busy.get() { "正在提交…" } else { "提交订单" }}</button>
            </div>
        </form>
    }
}

fn checked(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

/// Who gets the goods, or what of it is missing.
fn recipient(
    way: Fulfilment,
    spot: Option<Spot>,
    name: RwSignal<String>,
    phone: RwSignal<String>,
    address: RwSignal<String>,
) -> Result<Option<Recipient>, Problem> {
    if way == Fulfilment::Pickup {
        return Ok(None);
    }
    let missing = |what: &str| Problem { title: "还差一点".to_owned(), ..Problem::new(Code::BadRequest, what) };
    let typed = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
    let (name, phone, address) = (typed(name), typed(phone), typed(address));
    let point = spot.ok_or_else(|| missing("请选择送货位置"))?.point;
    if name.is_empty() || address.is_empty() {
        return Err(missing("请填写收货人和地址"));
    }
    let phone = text::phone(&phone).ok_or_else(|| missing("请填写 11 位手机号"))?;
    Ok(Some(Recipient { name, phone, address, point }))
}

/// The key of this attempt. Kept until the order stands, so that trying again after a lost answer finds the same order; bound to
/// the body by a hash, for another body is another order. The body itself holds personal data and is not kept.
fn key_for(attempt: &str, body: &str) -> String {
    let hash = body.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)).to_string();
    if let Some(kept) = browser::recall(attempt)
        && let Some(key) = kept.strip_prefix(&hash).and_then(|rest| rest.strip_prefix(' '))
    {
        return key.to_owned();
    }
    let key = browser::fresh_key();
    browser::remember(attempt, &format!("{hash} {key}"));
    key
}

/// Names the lines at fault by what the customer calls them.
fn named(mut problem: Problem, quote: Option<&Quote>) -> Problem {
    for short in &problem.lines {
        let Some(line) = quote.and_then(|q| q.lines.iter().find(|l| l.sku == short.sku)) else { continue };
        problem.detail.push_str(&format!("\n{} {}：{}", line.name, line.spec, words::stock(short.left)));
    }
    problem
}
