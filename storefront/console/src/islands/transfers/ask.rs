//! Asking another location for goods: a store for its own shelf, HQ for any place.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, LocationId, Problem, Quantity, StaffId, StoreId,
    api::{CartLine, StartTransfer, TransferCard},
};

use serde::{Deserialize, Serialize};

use crate::{
    browser,
    islands::kit::{
        Refusal,
        picker::{Kept, Line, Picker, kept, tell, unkept},
        places::{PlaceField, PlaceNames, Unnamed, named, unnamed},
    },
};

/// What is typed and not asked for.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Draft {
    source: String,
    target: String,
    note: String,
    lines: Vec<Kept>,
    /// The key under which it was sent, while nobody knows whether it arrived.
    sent_under: Option<String>,
}

/// Scan what is wanted, say from where (or let the best source be found), ask.
#[island]
pub fn TransferAsk(
    /// For whose shelf; HQ chooses it.
    store: Option<StoreId>,
    /// Where goods may come from, and, for HQ, go to: id and name.
    places: Vec<(LocationId, String)>,
    /// Who this is: what somebody typed is shown to nobody else at the same device.
    staff: StaffId,
) -> impl IntoView {
    let by_hq = store.is_none();
    let (own, places) = (StoredValue::new(store), StoredValue::new(places));
    let (source, target, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let lines = RwSignal::new(Vec::<Line>::new());
    let (busy, done) = (RwSignal::new(false), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let awake = RwSignal::new(false);
    let draft =
        StoredValue::new(format!("ld-transfer-{staff}-{}", own.with_value(|s| s.as_ref().map_or_else(|| "hq".to_owned(), ToString::to_string))));
    // The same key and words until there is an answer: asking again after the network was gone asks once.
    let key = StoredValue::new(String::new());
    let unanswered = RwSignal::new(false);
    let named = move |name: &str| places.with_value(|all| named(all, name));
    let frozen = Signal::derive(move || !awake.get() || busy.get() || unanswered.get() || (by_hq && target.with(|name| named(name)).is_none()));
    // Goods are looked up on the shelf that is to be filled. A warehouse has no list of its own; any shelf knows the library's names.
    let shelf = Signal::derive(move || {
        let of = |name: &RwSignal<String>| name.with(|n| named(n)).and_then(|l| l.store());
        let any = || places.with_value(|all| all.iter().find_map(|(l, _)| l.store()));
        let store = own.get_value().or_else(|| of(&target)).or_else(|| of(&source)).or_else(any);
        store.map(|s| format!("/api/v1/stores/{s}/stock?q=")).unwrap_or_default()
    });
    Effect::new(move |_| {
        if let Some(d) = browser::draft::<Draft>(&draft.get_value()) {
            source.set(d.source);
            target.set(d.target);
            note.set(d.note);
            unanswered.set(d.sent_under.is_some());
            key.set_value(d.sent_under.unwrap_or_default());
            lines.set(unkept(d.lines));
        }
        awake.set(true);
    });
    Effect::new(move |_| {
        let d = Draft {
            source: source.get(),
            target: target.get(),
            note: note.get(),
            lines: lines.with(|all| kept(all)),
            sent_under: (busy.get() || unanswered.get()).then(|| key.get_value()),
        };
        if awake.get() {
            if d.lines.is_empty() { browser::drop_draft(&draft.get_value()) } else { browser::keep_draft(&draft.get_value(), &d) }
        }
    });
    let ask = move |_| {
        if busy.get_untracked() {
            return;
        }
        let wanted = lines.with_untracked(|all| {
            let units = |l: &Line| u32::try_from(l.units()?).ok().and_then(|n| Quantity::new(n).ok());
            let wrong = all.iter().position(|l| units(l).is_none());
            if let Some(i) = wrong {
                tell(all, Problem::new(Code::BadRequest, "数量需要是 1 到 999 的整数").at(format!("lines[{i}]")));
            }
            all.iter().map(|l| Some(CartLine { sku: l.row.sku.clone(), quantity: units(l)? })).collect::<Option<Vec<_>>>()
        });
        let Some(wanted) = wanted else { return };
        // The page says so beside the field.
        if source.with_untracked(|name| places.with_value(|all| unnamed(all, name))) {
            return;
        }
        let body = StartTransfer {
            source: source.with_untracked(|name| named(name)),
            target: target.with_untracked(|name| named(name)),
            lines: wanted,
            note: Some(note.get_untracked()).filter(|n| !n.trim().is_empty()),
        };
        if !unanswered.get_untracked() {
            key.set_value(browser::fresh_key());
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let path = own.get_value().map_or_else(|| "/api/v1/hq/transfers".to_owned(), |s| format!("/api/v1/stores/{s}/transfers"));
            match browser::post_once::<TransferCard>(&path, &key.get_value(), &body).await {
                Ok(t) => {
                    done.set(format!("已向{}发出调拨单：{} 种商品", t.source_name, t.lines.len()));
                    unanswered.set(false);
                    lines.set(Vec::new());
                    note.set(String::new());
                }
                Err(p) => {
                    unanswered.set(p.code == Code::Unavailable);
                    problem.set(lines.with_untracked(|all| tell(all, p)));
                }
            }
            busy.set(false);
        });
    };
    let held = Signal::derive(move || busy.get() || unanswered.get());
    view! {
        <section class="stock-desk" aria-label="发起调拨">
            <PlaceNames places=places />
            <div class="lookup">
                {by_hq.then(|| view! { <PlaceField label="调入地点" hint="调入到：输入门店或仓库名" name=target disabled=held /> })}
                <PlaceField label="调出地点" hint="调出自：不填则找最合适的地点" name=source disabled=held />
            </div>
            <Unnamed names=vec![target, source] places=places />
            <Picker
                path=shelf
                lines=lines
                frozen=frozen
                asleep=Signal::derive(move || !awake.get())
                signed=false
                dated=false
                added=Callback::new(move |()| done.set(String::new()))
                keep=format!("{}-scans", draft.get_value())
            />
            <div class="papers" hidden=move || lines.with(Vec::is_empty)>
                <input aria-label="留言" placeholder="给调出方的留言（选填）" maxlength="100" disabled=frozen prop:value=note on:input=move |e| note.set(event_target_value(&e)) />
                <button type="button" class="primary" disabled=move || busy.get() on:click=ask>
                    {move || if busy.get() { "正在提交…" } else if unanswered.get() { "没有收到答复，再确认一次" } else { "提交调拨单" }}
                </button>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || done.with(String::is_empty)>{move || done.get()}</p>
        </section>
    }
}
