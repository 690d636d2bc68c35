//! The cart: what is in it and what of it is ticked, what it costs here and now, and the ways out when the store lacks something.

use leptos::{either::Either, prelude::*, task::spawn_local};
use liandian_pricing::{Item, add_up};
use liandian_types::{
    Fen, Fulfilment, Problem, Quantity, SkuId, StoreId,
    api::{CartLine, Offer, Quote, QuoteAddOn, QuoteLine, QuoteRequest},
};

use crate::{
    at_once, browser, cart,
    islands::{REST, ask_at, coupons_line, discounts, missed, notice},
    words,
};

/// The cart page's island.
#[island]
pub fn CartPage(
    /// The store.
    store: StoreId,
    /// Is somebody logged in?
    member: bool,
    /// Does the customer have goods brought?
    rides: bool,
    /// Are the lines in the page already (`#first`)? They stay until they are priced here.
    first: bool,
) -> impl IntoView {
    let lines = RwSignal::new(None::<Vec<CartLine>>);
    // What is not ticked is no part of the order.
    let off = RwSignal::new(Vec::<SkuId>::new());
    let quote = RwSignal::new(None::<Quote>);
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(false);
    let asked = StoredValue::new(0_u32);
    let left = RwSignal::new(None::<String>);
    let store = StoredValue::new(store);
    let way = if rides { Fulfilment::Delivery } else { Fulfilment::Pickup };
    let chosen = move || -> Vec<CartLine> {
        let off = off.get_untracked();
        lines.get_untracked().unwrap_or_default().into_iter().filter(|l| !off.contains(&l.sku)).collect()
    };

    // Every change asks again; an answer to an older cart is dropped. What was known before stays in sight until there is an answer.
    let refresh = move || {
        asked.update_value(|n| *n += 1);
        let mine = asked.get_value();
        let all = lines.get_untracked().unwrap_or_default();
        if all.is_empty() {
            quote.set(None);
            browser::take_away("first");
            return;
        }
        busy.set(true);
        let mut wanted = chosen();
        let besides = if wanted.is_empty() {
            wanted.clone_from(&all);
            Vec::new()
        } else {
            all.into_iter().filter(|l| off.with_untracked(|off| off.contains(&l.sku))).collect()
        };
        // The engine is here as well: what is shown until the store answers has the campaigns in it.
        if let Some(now) = quote.with_untracked(|q| q.as_ref().and_then(|q| at_once::priced(q, &wanted, &besides))) {
            quote.set(Some(now));
        }
        let wanted = match cart::whole(wanted) {
            Ok(wanted) => wanted,
            Err(problem) => {
                busy.set(false);
                wrong.set(Some(problem));
                return;
            }
        };
        spawn_local(async move {
            let request = QuoteRequest {
                store: store.get_value(),
                lines: wanted,
                besides,
                fulfilment: way,
                to: None,
                transfer_from: None,
                ship_from: None,
                coupons: None,
                slots: false,
                slot: None,
            };
            let got = ask_at::<Quote>("/api/v1/quotes?terms=1", &request).await;
            if asked.get_value() != mine {
                return;
            }
            busy.set(false);
            match got {
                Ok(fresh) => {
                    browser::take_away("first");
                    wrong.set(None);
                    quote.set(Some(fresh));
                }
                Err(problem) => wrong.set(Some(problem)),
            }
        });
    };
    Effect::new(move |_| {
        let id = store.get_value();
        if member {
            browser::share_cart(id.to_string());
        }
        off.set(browser::unticked(id.as_str()));
        browser::watch_cart(move || {
            if let Some(out) = browser::left_out(id.as_str()) {
                left.set(Some(out));
            }
            let now = browser::cart_of(id.as_str());
            if lines.with_untracked(|had| had.as_ref() != Some(&now)) {
                lines.set(Some(now));
                refresh();
            }
        });
        browser::when_online(refresh);
    });
    let change = move |sku: &SkuId, n: u32| {
        let mut now = lines.get_untracked().unwrap_or_default();
        cart::set(&mut now, sku, n);
        browser::keep_cart(store.get_value().as_str(), &now);
        if n == 0 {
            // The line takes the keyboard with it: it goes on with what is left.
            browser::focus_if_lost(&[".lines .tick[role]", ".blank .btn"]);
        }
    };
    let tick = move |sku: &SkuId, on: bool| {
        off.update(|off| {
            off.retain(|o| o != sku);
            if !on {
                off.push(sku.clone());
            }
        });
        browser::keep_unticked(store.get_value().as_str(), &off.get_untracked());
        refresh();
    };

    // Until the answer to a change is here, the sums follow the change by the prices known last.
    let sums = move |q: &Quote| -> (Fen, Fen) {
        let off = off.get();
        // Nothing was changed since: the answer counts, with its campaigns.
        let known = lines.with(|l| {
            let mut chosen = l.iter().flatten().filter(|l| !off.contains(&l.sku));
            let many = l.iter().flatten().filter(|l| !off.contains(&l.sku)).count();
            many == q.lines.len() && chosen.all(|l| q.lines.iter().any(|k| k.sku == l.sku && k.quantity == l.quantity))
        });
        if known {
            return (q.list.unwrap_or(q.goods), q.total);
        }
        let item = |l: &CartLine| {
            let known = q.lines.iter().chain(&q.besides).find(|k| k.sku == l.sku)?;
            Some(Item { quantity: l.quantity, price: known.price, weight_g: 0 })
        };
        let items: Option<Vec<Item>> = lines.with(|l| l.iter().flatten().filter(|l| !off.contains(&l.sku)).map(item).collect());
        let added = items.and_then(|items| add_up(&items, way, None).ok());
        added.map_or((q.list.unwrap_or(q.goods), q.total), |(_, totals)| (totals.goods, totals.total))
    };
    let empty = move || lines.with(|l| l.as_ref().is_some_and(Vec::is_empty));
    let rows = move || {
        let q = quote.get()?;
        let all = lines.get()?;
        let off = off.get();
        let known = all.iter().filter_map(|l| q.lines.iter().chain(&q.besides).find(|k| k.sku == l.sku));
        Some(known.map(|line| row(line, store, lines, off.contains(&line.sku), change, tick)).collect_view())
    };
    // What the store sells no more is in no answer; unticked it is no reason for a refusal either, and must not stay for ever.
    let gone = move || -> Vec<SkuId> {
        if busy.get() || wrong.with(Option::is_some) {
            return Vec::new();
        }
        let known = |sku: &SkuId| quote.with(|q| q.as_ref().is_none_or(|q| q.lines.iter().chain(&q.besides).any(|k| k.sku == *sku)));
        lines.with(|l| l.iter().flatten().map(|l| l.sku.clone()).filter(|sku| !known(sku)).collect())
    };
    view! {
        <div class="blank" hidden=move || !empty()><i class="pic cart"></i><h2>"购物车是空的"</h2><p>"去挑几样喜欢的吧"</p>
            <a class="btn" href=format!("/s/{}", store.get_value())>"去逛逛"</a><a class="btn plain" href="/orders">"我的订单"</a></div>
        {move || wrong.get().map(|problem| {
            let gone: Vec<SkuId> = problem.lines.iter().map(|l| l.sku.clone()).collect();
            let some_gone = !gone.is_empty();
            view! {
                {notice(&problem)}
                <div class="pad">
                    <button class="btn" type="button" hidden=!some_gone on:click=move |_| gone.iter().for_each(|sku| change(sku, 0))>"移除失效商品"</button>
                    <button class="btn plain" type="button" on:click=move |_| refresh()>"重试"</button>
                </div>
            }
        })}
        <div class="wait" role="status" hidden=move || first || empty() || quote.with(Option::is_some) || wrong.with(Option::is_some)><i class="spin"></i>"正在计算价格…"</div>
        {move || left.get().map(|out| view! { <div class="notice warn" role="status"><b>"合并购物车时有商品没有放进来"</b><p>{out}</p></div> })}
        {move || quote.with(|q| q.as_ref().and_then(|q| q.refusal.as_ref().map(notice)))}
        <ul class="cells lines" hidden=move || empty() || quote.with(Option::is_none)>{rows}</ul>
        <div class="notice warn" role="status" hidden=move || gone().is_empty()>
            <b>{move || format!("有 {} 种商品本店不再销售", gone().len())}</b>
            <p><button class="link" type="button" on:click=move |_| untrack(gone).iter().for_each(|sku| change(sku, 0))>"移除失效商品"</button></p>
        </div>
        {move || quote.get().filter(|_| !empty()).map(|quote| {
            let none = off.with(|off| lines.with(|l| l.as_ref().is_some_and(|l| l.iter().all(|l| off.contains(&l.sku)))));
            let short: Vec<SkuId> = quote.lines.iter().filter(|l| l.available < l.quantity.get()).map(|l| l.sku.clone()).collect();
            let rest = !none && !short.is_empty() && short.len() < quote.lines.len();
            let (goods, total) = sums(&quote);
            let offers = if none { Vec::new() } else { quote.offers };
            let unasked = quote.unasked;
            let (off_lines, near) = (discounts(&quote.discounts, &quote.gifts, &quote.coupons), missed(store.get_value().as_str(), &quote.not_applied));
            view! {
                {(!offers.is_empty()).then(|| view! {
                    <h2 class="title">"本店缺货，可以这样买"</h2>
                    <div class="offers">{offers.iter().map(|offer| way_out(offer, store, lines, off)).collect_view()}</div>
                })}
                {(unasked > 0).then(|| view! { <p class="dim">{format!("另有 {unasked} 家较远的门店没有查询。")}</p> })}
                {(quote.short && !none && offers.is_empty()).then(|| view! {
                    <p class="notice" role="status">"附近的门店和仓库也凑不齐，请减少数量，或取消勾选缺货的商品。"</p>
                })}
                {rest.then(|| view! { <div class="pad"><button class="btn plain" type="button" on:click=move |_| short.iter().for_each(|sku| tick(sku, false))>"先买有货的，缺货的留在购物车"</button></div> })}
                {(!none && !quote.add_ons.is_empty()).then(|| view! {
                    <h2 class="title">"加价换购"</h2>
                    <div class="cells">{quote.add_ons.iter().map(|a| add_on(a, lines, change)).collect_view()}</div>
                })}
                <div class="cells sums" hidden=none>
                    <div class="cell"><span>"商品合计"</span><b class="num">{goods.to_string()}</b></div>
                    {off_lines}
                    {coupons_line(&quote.coupons).map(|line| view! { <a class="cell" href="/coupons"><span>"优惠券"</span><span>{line}" ›"</span></a> })}
                    {near}
                    {(!quote.short).then(|| view! { <div class="cell"><span>{if rides { "预计送达" } else { "预计可取" }}</span><span>{quote.ready_text.clone()}</span></div> })}
                    {rides.then(|| view! { <div class="cell"><span>"配送费"</span><span class="num">{quote.delivery_fee.to_string()}</span></div> })}
                </div>
                <div class="bar" class:busy=busy>
                    <div class="sum">"合计 "<b class="price">{if none { "—".to_owned() } else { total.to_string() }}</b></div>
                    {if none || quote.short || quote.refusal.is_some() {
                        Either::Left(view! { <button class="btn" type="button" disabled>{if none { "请勾选商品" } else if quote.short { "有商品缺货" } else { "暂不可下单" }}</button> })
                    } else {
                        Either::Right(view! { <a class="btn" href=format!("/s/{}/checkout", store.get_value())>"去结算"</a> })
                    }}
                </div>
            }
        })}
    }
}

/// A line: is it part of the order, picture, price, how many, and what is wrong with it.
fn row<F: Fn(&SkuId, u32) + Copy + Send + Sync + 'static, T: Fn(&SkuId, bool) + Copy + Send + Sync + 'static>(
    line: &QuoteLine,
    store: StoredValue<StoreId>,
    lines: RwSignal<Option<Vec<CartLine>>>,
    off: bool,
    change: F,
    tick: T,
) -> impl IntoView + use<F, T> {
    let sku = StoredValue::new(line.sku.clone());
    let now = move || lines.with(|l| l.as_ref().map_or(0, |l| sku.with_value(|s| cart::count(l, s))));
    let set = move |n: u32| sku.with_value(|s| change(s, n));
    let (left, short) = (line.available, line.available < line.quantity.get());
    view! {
        <li class="line" class:short=short class:off=off>
            <button class="tick" type="button" role="checkbox" aria-checked=if off { "false" } else { "true" } aria-label=format!("结算{}", line.name)
                on:click=move |_| sku.with_value(|s| tick(s, off))></button>
            <a href=format!("/s/{}/p/{}", store.get_value(), line.sku) aria-label=line.name.clone()><img src=liandian_types::picture::small(&line.picture) srcset=liandian_types::picture::srcset(&line.picture) sizes="76px" alt="" width="76" height="76" loading="lazy"/></a>
            <div class="what">
                <b>{line.name.clone()}</b><span class="dim">{line.spec.clone()}</span>
                {short.then(|| view! {
                    <span class="tag bad">{if left == 0 { "本店售罄" } else { "本店不够" }}</span>
                    <button class="link" type="button" on:click=move |_| set(left)>{if left == 0 { "移除".to_owned() } else { format!("改为 {left} 件") }}</button>
                })}
                <div class="end"><span class="price">{line.price.to_string()}</span>
                    <div class="stepper small" role="group" aria-label="数量">
                        <button type="button" aria-label=move || if now() <= 1 { "移除" } else { "少一件" } on:click=move |_| set(now().saturating_sub(1))>"−"</button>
                        <output>{now}</output>
                        <button type="button" aria-label="多一件" disabled=move || Quantity::MAX <= now() on:click=move |_| set(now() + 1)>"+"</button>
                    </div>
                </div>
            </div>
        </li>
    }
}

/// Something more for little: put into the cart it costs that.
fn add_on<F: Fn(&SkuId, u32) + Copy + Send + Sync + 'static>(
    a: &QuoteAddOn,
    lines: RwSignal<Option<Vec<CartLine>>>,
    change: F,
) -> impl IntoView + use<F> {
    let sku = StoredValue::new(a.sku.clone());
    let take = move |_| {
        sku.with_value(|s| {
            let had = lines.with_untracked(|l| l.as_ref().map_or(0, |l| cart::count(l, s)));
            change(s, had + 1);
        });
    };
    let said = ["加 ", &a.price.yuan(), " 元换购"].concat();
    let label = [said.as_str(), "：", a.name.as_str()].concat();
    view! {
        <div class="add-on">
            <img src=liandian_types::picture::small(&a.picture) alt="" width="48" height="48" loading="lazy"/>
            <div><b>{said}</b>" "<s class="num dim">{a.list.to_string()}</s><p class="dim">{a.name.clone()}{["，还可换 ", &a.units.to_string(), " 件"].concat()}</p></div>
            <button class="btn small" type="button" aria-label=label on:click=take>"换购"</button>
        </div>
    }
}

/// One way out of a shortage.
fn way_out(offer: &Offer, store: StoredValue<StoreId>, lines: RwSignal<Option<Vec<CartLine>>>, off: RwSignal<Vec<SkuId>>) -> impl IntoView + use<> {
    let (title, when, extra, reason, button, to, carry) = match offer {
        Offer::OtherStore { store: other, ready_text, reason, .. } => (
            format!("换到 {}", other.name),
            format!("{ready_text} 可取"),
            other.distance_m.map(|m| format!("距本店 {}", words::distance(m))).unwrap_or_default(),
            reason.clone(),
            "去这家店买",
            format!("/s/{}/cart", other.store),
            Some(other.store.clone()),
        ),
        Offer::Transfer { source, source_name, lines: moved, ready_text, cost, reason, .. } => (
            format!("从 {source_name} 调货到本店"),
            format!("{ready_text} 可取"),
            format!("{}调 {} 件", if cost.0 == 0 { "免费".to_owned() } else { format!("{cost} ") }, cart::units(moved)),
            reason.clone(),
            "调货并结算",
            format!("/s/{}/checkout?transfer_from={source}", store.get_value()),
            None,
        ),
        Offer::Split { store: other, there, ready_text, cost, reason, .. } => (
            format!("分两单：其余 {} 件在 {} 买", cart::units(there), other.name),
            format!("{ready_text} 可取"),
            if cost.0 == 0 { "自提不另收费，配送则各收各的".to_owned() } else { format!("两次配送约多付 {cost}") },
            reason.clone(),
            "分两单买",
            format!("/s/{}/checkout", store.get_value()),
            Some(other.store.clone()),
        ),
        Offer::HqShip { source, source_name, ready_text, cost, reason, .. } => (
            format!("{source_name} 快递到家"),
            format!("预计 {ready_text} 送达"),
            if cost.0 == 0 { "免运费".to_owned() } else { format!("运费约 {cost}") },
            reason.clone(),
            "快递到家",
            format!("/s/{}/checkout?ship_from={source}", store.get_value()),
            None,
        ),
    };
    let parts = if let Offer::Split { here, there, .. } = offer { Some((here.clone(), there.clone())) } else { None };
    let rest = if let Offer::Split { store: other, .. } = offer { format!("{}\n{}", other.store, other.name) } else { String::new() };
    let take = move |_| {
        let (chosen, others): (Vec<CartLine>, Vec<CartLine>) =
            off.with_untracked(|off| lines.get_untracked().unwrap_or_default().into_iter().partition(|l| !off.contains(&l.sku)));
        // What is ticked (of two orders: the rest of it) goes along; what the other store's cart already has stays in it.
        if let Some(other) = &carry {
            let goes = parts.as_ref().map_or(chosen, |(_, there)| there.clone());
            browser::keep_cart(other.as_str(), &cart::merge(browser::cart_of(other.as_str()), goes));
        }
        if let Some((here, _)) = &parts {
            browser::remember(REST, &rest);
            browser::keep_cart(store.get_value().as_str(), &cart::merge(here.clone(), others));
        }
        browser::go(&to);
    };
    view! {
        <div class="offer">
            <div><b>{title}</b><p class="dim">{when}{(!extra.is_empty()).then(|| format!(" · {extra}"))}</p><p class="why">{reason}</p></div>
            <button class="btn small" type="button" on:click=take>{button}</button>
        </div>
    }
}
