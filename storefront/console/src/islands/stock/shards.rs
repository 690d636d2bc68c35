//! From how many rows a record of stock is sold.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{Code, LocationId, Problem, SkuId, api::StockShards};

use crate::{
    browser,
    islands::kit::{
        Refusal,
        places::{PlaceField, PlaceNames, Unnamed, named},
    },
    text,
};

/// Splits one record of a SKU, or makes it one row again.
#[island]
pub fn ShardDesk(
    /// Of what.
    sku: SkuId,
    /// Where there are records of it.
    places: Vec<(LocationId, String)>,
) -> impl IntoView {
    let place = RwSignal::new(String::new());
    let shards = RwSignal::new("8".to_owned());
    let (busy, done) = (RwSignal::new(true), RwSignal::new(String::new()));
    Effect::new(move |_| busy.set(false));
    let problem = RwSignal::new(None::<Problem>);
    let (sku, places) = (StoredValue::new(sku), StoredValue::new(places));
    let location = move || place.with(|name| places.with_value(|all| named(all, name)));
    let set = move |_| {
        let Some(location) = untrack(location) else { return };
        let Ok(shards) = shards.get_untracked().trim().parse() else {
            problem.set(Some(Problem::new(Code::BadRequest, "分片数需要是整数，填 0 合并")));
            return;
        };
        let body = StockShards { location, shards };
        busy.set(true);
        problem.set(None);
        done.set(String::new());
        spawn_local(async move {
            let path = format!("/api/v1/hq/stock/{}/shards", text::percent(sku.get_value().as_str()));
            match browser::put::<StockShards>(&path, &body).await {
                Ok(now) if now.shards == 0 => done.set("已合并为一行。".to_owned()),
                Ok(now) => done.set(format!("现在从 {} 个分片同时出售。", now.shards)),
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    view! {
        <details class="shards">
            <summary>"抢购分片"</summary>
            <section class="stock-desk" aria-label="抢购分片">
                <p class="sub">"预计很多人同时购买时，把一处的库存分成若干份同时出售，最后一件仍只卖一次。活动后填 0 合并。"</p>
                <PlaceNames places=places />
                <div class="lookup">
                    <PlaceField label="地点" hint="哪一处：输入门店或仓库名" name=place disabled=busy />
                    <input inputmode="numeric" aria-label="分片数" disabled=busy prop:value=shards on:input=move |e| shards.set(event_target_value(&e)) />
                    <button type="button" class="primary" disabled=move || busy.get() || location().is_none() on:click=set>"应用"</button>
                </div>
                <Unnamed names=vec![place] places=places />
                <Refusal problem=problem />
                <p class="recorded" role="status" hidden=move || done.with(String::is_empty)>{move || done.get()}</p>
            </section>
        </details>
    }
}
