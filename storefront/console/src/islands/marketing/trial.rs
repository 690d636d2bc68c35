//! Beside the form: what a shopper's cart would cost, what the campaign clashes with, and what it would have cost last month.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    CampaignId, CartLine, Code, Fulfilment, Problem, Quantity, SkuId, StoreId,
    api::{CampaignForecast, CampaignForecastAsk, CampaignPreview, CampaignPreviewAsk, CartLines},
};

use super::{
    pick::{ChoiceField, GoodsFinder, Named, name_of},
    raw::Raw,
};
use crate::{browser, islands::kit::Refusal, text};

/// How long somebody stops typing before a cart is priced.
const STILL_MS: u64 = 500;

/// A line of the cart that is tried: the id, and the number as it is typed. Its signal belongs to no part of the page that may go away before it.
type Tried = (String, ArcRwSignal<String>);

/// The cart as the route takes it.
fn cart(lines: &[Tried]) -> Result<Option<CartLines>, Problem> {
    if lines.is_empty() {
        return Ok(None);
    }
    let bad = |what: &str| Problem::new(Code::BadRequest, what);
    let line = |(sku, units): &Tried| -> Result<CartLine, Problem> {
        let units = units.get_untracked().trim().parse::<u32>().map_err(|_| bad("件数为 1 到 999"))?;
        let sku: SkuId = sku.parse().map_err(|_| bad("商品无效，请重新选择"))?;
        Ok(CartLine { sku, quantity: Quantity::new(units).map_err(|_| bad("件数为 1 到 999"))? })
    };
    let all = lines.iter().map(line).collect::<Result<Vec<_>, Problem>>()?;
    CartLines::try_from(all).map(Some).map_err(|e| Problem::new(Code::BadRequest, e))
}

/// What a cart would cost, line by line.
fn receipt(p: CampaignPreview) -> impl IntoView {
    let lines = p
        .lines
        .into_iter()
        .map(|l| {
            let cuts = l.cuts.into_iter().map(|c| view! { <div>{format!("{} −{}", c.title, text::yuan(c.amount))}</div> }).collect_view();
            view! {
                <tr>
                    <td class="what">{l.name}</td>
                    <td class="num">{format!("{} × {}", text::yuan(l.price), l.quantity)}</td>
                    <td class="what">{cuts}</td>
                    <td class="num">{text::yuan(l.total)}</td>
                </tr>
            }
        })
        .collect_view();
    let off = p.discounts.into_iter().map(|d| view! { <dt>{d.title}</dt><dd>{format!("−{}", text::yuan(d.goods + d.delivery))}</dd> }).collect_view();
    let gifts = p.gifts.into_iter().map(|g| view! { <li>{format!("赠 {} × {}", g.name, g.units)}</li> }).collect_view();
    let missed = p.not_applied.into_iter().map(|m| view! { <li>{format!("{}：{}", m.title, m.why)}</li> }).collect_view();
    let fee = (p.delivery_fee != liandian_types::Fen::ZERO).then(|| view! { <dt>"配送费"</dt><dd>{text::yuan(p.delivery_fee)}</dd> });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="试算明细">
            <table class="stock">
                <thead><tr><th>"商品"</th><th class="num">"原价"</th><th>"优惠"</th><th class="num">"小计"</th></tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
        <dl class="sums">
            <dt>"商品原价"</dt><dd>{text::yuan(p.list)}</dd>
            {off}
            {fee}
            <dt>"应付"</dt><dd class="total">{format!("¥ {}", text::yuan(p.total))}</dd>
        </dl>
        <ul class="plain">{gifts}</ul>
        <ul class="sub">{missed}</ul>
    }
}

/// What a campaign would have cost last month.
fn forecast(f: CampaignForecast) -> impl IntoView {
    let part = if f.orders == 0 { 0 } else { u64::from(f.hits) * 100 / u64::from(f.orders) };
    let near = (f.near > 0).then(|| {
        let lacks = if f.missing > liandian_types::Fen::ZERO {
            format!("，合计差 {} 元：凑单后约能多卖这么多", text::yuan(f.missing))
        } else {
            String::new()
        };
        view! { <dt>"差一点参加"</dt><dd>{format!("{} 单{lacks}", f.near)}</dd> }
    });
    view! {
        <dl class="sums">
            <dt>"会参加的订单"</dt><dd>{format!("{} 单（{part}%）", f.hits)}</dd>
            <dt>"优惠成本"</dt><dd>{format!("{} 元", text::yuan(f.cost))}</dd>
            <dt>"这些订单优惠后"</dt><dd>{format!("{} 元", text::yuan(f.sales))}</dd>
            {near}
            <dt>"推算每天成本"</dt><dd class="total">{format!("约 {} 元（{} 家店）", text::yuan(f.daily_cost), f.of_stores)}</dd>
        </dl>
        <p class="sub">{f.sample}</p>
    }
}

/// What the form is tried on.
#[component]
pub fn Trial(
    /// The form.
    held: RwSignal<Raw>,
    /// May this person save what is typed? Then clashes are looked for without a cart as well.
    sets: bool,
    /// Which campaign.
    campaign: StoredValue<CampaignId>,
    /// The store whose own it is; none for HQ's.
    own: StoredValue<Option<StoreId>>,
    /// Stores to choose from, where it is HQ's.
    stores: StoredValue<Vec<Named>>,
    /// Names of goods.
    names: RwSignal<Vec<Named>>,
    /// Where goods are looked for.
    path: StoredValue<String>,
    /// What its author should know before it is saved.
    warnings: RwSignal<Vec<String>>,
) -> impl IntoView {
    let first = own.get_value().map(|s| s.to_string()).or_else(|| stores.with_value(|s| s.first().map(|(id, _)| id.clone())));
    let place = RwSignal::new(first.unwrap_or_default());
    let way = RwSignal::new(Fulfilment::Pickup);
    let lines = RwSignal::new(Vec::<Tried>::new());
    let (tried, problem) = (RwSignal::new(None::<CampaignPreview>), RwSignal::new(None::<Problem>));
    let (told, refused, busy) = (RwSignal::new(None::<CampaignForecast>), RwSignal::new(None::<Problem>), RwSignal::new(false));
    let base = StoredValue::new(own.get_value().map_or_else(|| "/api/v1/hq/campaigns".to_owned(), |s| format!("/api/v1/stores/{s}/campaigns")));
    let turn = StoredValue::new(0_u32);
    let ask = move |mine: u32| {
        let asked = held.with_untracked(Raw::read).and_then(|draft| {
            let store = place.get_untracked().parse::<StoreId>().map_err(|_| Problem::new(Code::BadRequest, "请选择门店"))?;
            let lines = lines.with_untracked(|l| cart(l))?;
            Ok(CampaignPreviewAsk { draft, campaign: Some(campaign.get_value()), store, lines, fulfilment: way.get_untracked() })
        });
        // A form that is not filled in yet is no mistake while there is no cart.
        let some = lines.with_untracked(|l| !l.is_empty());
        match asked {
            Err(p) => problem.set(Some(p).filter(|_| some)),
            Ok(ask) => spawn_local(async move {
                let answer = browser::post::<CampaignPreview>(&format!("{}/preview", base.get_value()), &ask).await;
                // What was typed since is asked by itself.
                if turn.get_value() != mine {
                    return;
                }
                match answer {
                    Ok(mut p) => {
                        problem.set(None);
                        warnings.set(std::mem::take(&mut p.warnings));
                        tried.set(Some(p).filter(|p| !p.lines.is_empty()));
                    }
                    Err(p) => problem.set(Some(p).filter(|_| some)),
                }
            }),
        }
    };
    Effect::new(move |_| {
        held.track();
        place.track();
        way.track();
        lines.with(|all| all.iter().for_each(|(_, units)| units.track()));
        turn.update_value(|n| *n += 1);
        let mine = turn.get_value();
        let still = move || {
            // A page that was only opened has been told by the server.
            let cart = lines.try_with_untracked(|l| !l.is_empty()).unwrap_or(false);
            if turn.try_get_value() == Some(mine) && (cart || (sets && mine > 1)) {
                ask(mine);
            }
        };
        set_timeout(still, std::time::Duration::from_millis(STILL_MS));
    });
    let add = Callback::new(move |id: String| {
        let known = lines.with_untracked(|all| all.iter().find(|(sku, _)| *sku == id).map(|(_, units)| units.clone()));
        match known {
            Some(units) => units.update(|n| *n = n.trim().parse::<u32>().unwrap_or(0).saturating_add(1).to_string()),
            None => lines.update(|all| all.push((id, ArcRwSignal::new("1".to_owned())))),
        }
    });
    let foretell = move |_| {
        let asked = held.with_untracked(Raw::read);
        refused.set(None);
        match asked {
            Err(p) => refused.set(Some(p)),
            Ok(draft) => {
                busy.set(true);
                spawn_local(async move {
                    let ask = CampaignForecastAsk { draft, campaign: Some(campaign.get_value()) };
                    match browser::post::<CampaignForecast>(&format!("{}/forecast", base.get_value()), &ask).await {
                        Ok(f) => told.set(Some(f)),
                        Err(p) => refused.set(Some(p)),
                    }
                    busy.set(false);
                });
            }
        }
    };
    let rows = move || {
        let row = |(id, units): Tried| {
            let (name, gone) = (names.with(|n| name_of(n, &id)), id.clone());
            let (many, less) = (format!("{name} 的件数"), format!("移除 {name}"));
            let typed = units.clone();
            view! {
                <li class="row-steps">
                    <span class="what">{name}</span>
                    <input inputmode="numeric" aria-label=many prop:value=move || units.get() on:input=move |e| typed.set(event_target_value(&e)) />
                    <button type="button" class="small" aria-label=less on:click=move |_| lines.update(|l| l.retain(|(sku, _)| *sku != gone))>"移除"</button>
                </li>
            }
        };
        lines.get().into_iter().map(row).collect_view()
    };
    let elsewhere = own.with_value(Option::is_none).then(|| {
        let chosen = move || stores.with_value(|s| name_of(s, &place.get()));
        let choose = Callback::new(move |id: String| place.set(id));
        view! {
            <p class="sub">{move || format!("门店：{}", chosen())}</p>
            <ChoiceField label="试算的门店" list="trial-stores" all=stores add=choose disabled=false />
        }
    });
    let ways = [Fulfilment::Pickup, Fulfilment::Delivery]
        .into_iter()
        .map(|f| view! { <label class="check"><input type="radio" name="trial-way" prop:checked=move || way.get() == f on:change=move |_| way.set(f) />{f.title()}</label> })
        .collect_view();
    view! {
        <section class="stock-desk trial" aria-label="试算">
            <h2>"这样一车货要付多少"</h2>
            <p class="sub">"选几种商品，边改活动边算；与正在进行的活动一起计算。"</p>
            {elsewhere}
            <div class="papers">{ways}</div>
            <GoodsFinder label="加入试算的商品" path=path names=names add=add disabled=false />
            <ul class="plain">{rows}</ul>
            <Refusal problem=problem />
            {move || tried.get().map(receipt)}
            <h2>"上线前估算"</h2>
            <p class="sub">"用近 30 天的订单重新计算：这个活动会花多少钱。"</p>
            <div class="papers"><button type="button" disabled=busy on:click=foretell>{move || if busy.get() { "正在估算…" } else { "用近期订单估算" }}</button></div>
            <Refusal problem=refused />
            {move || told.get().map(forecast)}
        </section>
    }
}
