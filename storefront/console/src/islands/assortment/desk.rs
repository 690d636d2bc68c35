//! Choosing goods of the library: some of a page, a category, or what another store has.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem, SkuId, StoreId,
    api::{AskDocument, AskGoods, AskedGoods, AssortmentRow, Category, DropGoods, DroppedGoods, ListingsReset, ResetListings, TakeGoods, TakenGoods},
};

use crate::{
    browser,
    islands::kit::{Refusal, uploads::DocumentField},
};

/// What takes a store's own words away: it is asked twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// Goods are given up.
    Drop,
    /// HQ's values hold again.
    Reset,
}

/// A page of the library with what can be done to it.
#[island]
pub fn AssortmentDesk(
    /// Whose.
    store: StoreId,
    /// The page.
    rows: Vec<AssortmentRow>,
    /// The library's categories.
    categories: Vec<Category>,
) -> impl IntoView {
    let api = StoredValue::new(format!("/api/v1/stores/{store}"));
    let home = StoredValue::new(format!("/console/s/{store}/listings"));
    let chosen = RwSignal::new(BTreeSet::<SkuId>::new());
    let (busy, done) = (RwSignal::new(true), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let (category, like) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let asks = RwSignal::new(None::<Loss>);
    Effect::new(move |_| busy.set(false));
    let begin = move || {
        asks.set(None);
        busy.set(true);
        problem.set(None);
        done.set(String::new());
    };
    let refused = move |p: Problem| {
        problem.set(Some(p));
        busy.set(false);
    };
    let take = move |ask: TakeGoods| {
        begin();
        spawn_local(async move {
            let (path, mut ask, mut many) = (format!("{}/assortment", api.get_value()), ask, 0_usize);
            loop {
                match browser::post::<TakenGoods>(&path, &ask).await {
                    Ok(answer) => {
                        many += answer.taken.len();
                        done.set(format!("已上架 {many} 种…"));
                        match answer.next {
                            Some(next) => ask.cursor = Some(next),
                            None => break,
                        }
                    }
                    Err(p) => return refused(p),
                }
            }
            browser::reload();
        });
    };
    let nothing = TakeGoods { skus: Vec::new(), category: None, like: None, cursor: None };
    let nothing = StoredValue::new(nothing);
    let skus = move || chosen.with_untracked(|c| c.iter().cloned().collect::<Vec<_>>());
    let take_chosen = move |_| take(TakeGoods { skus: skus(), ..nothing.get_value() });
    let take_category = move |_| {
        let key = category.get_untracked();
        if key.is_empty() {
            problem.set(Some(Problem::new(Code::BadRequest, "请选择类目")));
        } else {
            take(TakeGoods { category: Some(key), ..nothing.get_value() });
        }
    };
    let take_like = move |_| match like.get_untracked().trim().parse::<StoreId>() {
        Ok(other) => take(TakeGoods { like: Some(other), ..nothing.get_value() }),
        Err(_) => problem.set(Some(Problem::new(Code::BadRequest, "请填写门店编码，例如 sto_sh02"))),
    };
    let give_up = move || {
        begin();
        spawn_local(async move {
            match browser::post::<DroppedGoods>(&format!("{}/assortment/drop", api.get_value()), &DropGoods { skus: skus() }).await {
                Ok(_) => browser::reload(),
                Err(p) => refused(p),
            }
        });
    };
    let reset = move || {
        begin();
        spawn_local(async move {
            let ask = ResetListings { skus: skus(), fields: Vec::new() };
            match browser::post::<ListingsReset>(&format!("{}/listings/reset", api.get_value()), &ask).await {
                Ok(_) => browser::reload(),
                Err(p) => refused(p),
            }
        });
    };
    let why = RwSignal::new(String::new());
    let (kind, number) = (RwSignal::new("食品经营许可证".to_owned()), RwSignal::new(String::new()));
    let (expires, file) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let set_file = Callback::new(move |kept: String| file.set(kept));
    let uploads = StoredValue::new(format!("{}/uploads", api.get_value()));
    let looks = StoredValue::new(format!("{}/documents?file=", api.get_value()));
    let request = move |list: bool| {
        begin();
        spawn_local(async move {
            let (kind, number) = (kind.get_untracked(), number.get_untracked());
            let shown = AskDocument { kind, number, expires: expires.get_untracked(), file: file.get_untracked() };
            // Whoever fills in none shows none.
            let documents = if shown.number.trim().is_empty() && shown.file.trim().is_empty() { Vec::new() } else { vec![shown] };
            let ask = AskGoods { skus: skus(), list, why: why.get_untracked(), documents };
            match browser::post::<AskedGoods>(&format!("{}/assortment/requests", api.get_value()), &ask).await {
                Ok(answer) => {
                    let (now, wait, left) = (answer.in_force.len(), answer.requests.len(), answer.left_out.len());
                    done.set(format!("{now} 种已生效，{wait} 种等待审批，{left} 种不必申请。"));
                    chosen.set(BTreeSet::new());
                    busy.set(false);
                }
                Err(p) => refused(p),
            }
        });
    };
    let confirm = move |_| match asks.get_untracked() {
        Some(Loss::Drop) => give_up(),
        Some(Loss::Reset) => reset(),
        None => {}
    };
    let none = move || busy.get() || chosen.with(BTreeSet::is_empty);
    let row = move |r: AssortmentRow| {
        let (sku, key) = (r.sku.clone(), r.sku.clone());
        let choose = move |e: web_sys::Event| {
            let on = event_target_checked(&e);
            chosen.update(|c| {
                if on {
                    c.insert(key.clone())
                } else {
                    c.remove(&key)
                };
            });
        };
        let href = format!("{}/{}", home.get_value(), r.sku);
        let state = match (r.taken, r.hidden) {
            (false, _) if r.mandatory => "必上（按总部值展示）",
            (false, _) => "未上架",
            (true, true) => "已隐藏",
            (true, false) => "已上架",
        };
        let own = r.own.join("、");
        view! {
            <tr>
                <td data-label="选择">
                    <input type="checkbox" aria-label=format!("选择{}", r.name) disabled=busy prop:checked=move || chosen.with(|c| c.contains(&sku)) on:change=choose />
                </td>
                <td class="what" data-label="商品">
                    {if r.taken || r.mandatory { view! { <a href=href>{r.name}</a> }.into_any() } else { view! { <span>{r.name}</span> }.into_any() }}
                    <small>{format!("{} · {}", r.brand, r.sku)}</small>
                </td>
                <td data-label="类目">{r.category_name}</td>
                <td class="num" data-label="总部价">{r.price.to_string()}</td>
                <td data-label="状态">
                    <span class=if r.taken { "badge" } else { "badge warn" }>{state}</span>
                    {r.mandatory.then(|| view! { <span class="badge">"必上"</span> })}
                    {r.flagship.then(|| view! { <span class="badge">"主推"</span> })}
                </td>
                <td data-label="本店设置">{if own.is_empty() { "–".to_owned() } else { own }}</td>
            </tr>
        }
    };
    view! {
        <section class="stock-desk" aria-label="选品">
            <div class="papers">
                <button type="button" class="primary" disabled=none on:click=take_chosen>"上架所选"</button>
                <button type="button" disabled=none on:click=move |_| asks.set(Some(Loss::Drop))>"移除所选"</button>
                <button type="button" disabled=none on:click=move |_| asks.set(Some(Loss::Reset))>"所选恢复总部值"</button>
            </div>
            <div class="ask-first" role="group" aria-label="确认" hidden=move || asks.get().is_none()>
                <p role="status">
                    {move || {
                        let many = chosen.with(BTreeSet::len);
                        match asks.get() {
                            Some(Loss::Drop) => format!("移除所选 {many} 种商品？本店不再销售，对它们的设置一并清除，不能恢复。"),
                            Some(Loss::Reset) => format!("所选 {many} 种商品恢复总部值？本店自己设置的内容将被清除，不能恢复。"),
                            None => String::new(),
                        }
                    }}
                </p>
                <button
                    type="button"
                    class="primary"
                    disabled=none
                    on:click=confirm
                >
                    "确认"
                </button>
                <button type="button" disabled=busy on:click=move |_| asks.set(None)>"取消"</button>
            </div>
            <details class="fold">
                <summary>"申请上架或移除"</summary>
                <p class="sub">"本店不能自行选品，或类目须有本店没有的证照时，在这里提交审批（一次最多 20 种）。规则允许的立即生效；必上商品不能移除。"</p>
                <div class="papers">
                    <label class="day wide">
                        <span>"原因"</span>
                        <input maxlength="200" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                    </label>
                </div>
                <p class="sub">"如需证照，请一并填写（没有可不填）。"</p>
                <div class="papers">
                    <label class="day"><span>"证照"</span><input maxlength="40" disabled=busy prop:value=kind on:input=move |e| kind.set(event_target_value(&e)) /></label>
                    <label class="day"><span>"编号"</span><input maxlength="40" disabled=busy prop:value=number on:input=move |e| number.set(event_target_value(&e)) /></label>
                    <label class="day"><span>"有效期至"</span><input type="date" disabled=busy prop:value=expires on:input=move |e| expires.set(event_target_value(&e)) /></label>
                    <DocumentField route=uploads looks=looks value=Signal::derive(move || file.get()) set=set_file disabled=busy.into() />
                </div>
                <div class="papers">
                    <button type="button" disabled=none on:click=move |_| request(true)>"申请上架所选"</button>
                    <button type="button" disabled=none on:click=move |_| request(false)>"申请移除所选"</button>
                </div>
            </details>
            <details class="fold">
                <summary>"批量上架"</summary>
                <div class="papers">
                    <label class="day">
                        <span>"整个类目"</span>
                        <select disabled=busy on:change=move |e| category.set(event_target_value(&e))>
                            <option value="">"选择类目"</option>
                            {categories.into_iter().map(|c| view! { <option value=c.key>{c.name}</option> }).collect_view()}
                        </select>
                    </label>
                    <button type="button" disabled=busy on:click=take_category>"上架此类目"</button>
                </div>
                <div class="papers">
                    <label class="day">
                        <span>"与另一家门店相同（门店编码）"</span>
                        <input placeholder="sto_sh02" disabled=busy prop:value=like on:input=move |e| like.set(event_target_value(&e)) />
                    </label>
                    <button type="button" disabled=busy on:click=take_like>"照此上架"</button>
                </div>
            </details>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || done.with(String::is_empty)>{move || done.get()}</p>
        </section>
        <div class="scroll kit" tabindex="0" role="region" aria-label="商品库">
            <table class="stock">
                <thead>
                    <tr>
                        <th scope="col">"选择"</th>
                        <th scope="col">"商品"</th>
                        <th scope="col">"类目"</th>
                        <th scope="col" class="num">"总部价"</th>
                        <th scope="col">"状态"</th>
                        <th scope="col">"本店设置"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
