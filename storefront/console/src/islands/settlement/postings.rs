//! Ledger postings, and older ones on demand.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Fen, Problem, StoreId,
    api::{PostingView, SettlementView},
};

use crate::{browser, islands::kit::Refusal, text};

/// One posting with its entries; debit left, credit right, sums equal.
#[component]
pub fn Posting(
    /// The posting.
    posting: PostingView,
    /// May whoever looks at it open the order?
    linked: bool,
) -> impl IntoView {
    let side = |amount: Fen, debit: bool| if (amount.0 > 0) == debit && amount.0 != 0 { text::yuan(Fen(amount.0.abs())) } else { String::new() };
    let debit: Fen = posting.entries.iter().map(|e| Fen(e.amount.0.max(0))).sum();
    let credit: Fen = posting.entries.iter().map(|e| Fen((-e.amount.0).max(0))).sum();
    view! {
        <article class="posting">
            <header>
                <a href=linked.then(|| text::order_path(&posting.store, &posting.order))>{posting.order.to_string()}</a>
                <span class="sub">{posting.at_text}</span>
                <span class="badge">{format!("规则 {}", posting.rule)}</span>
            </header>
            <table class="entries">
                <thead>
                    <tr>
                        <th>"科目"</th>
                        <th class="num">"借（元）"</th>
                        <th class="num">"贷（元）"</th>
                    </tr>
                </thead>
                <tbody>
                    {posting
                        .entries
                        .into_iter()
                        .map(|e| view! {
                            <tr>
                                <td title=e.account>{e.title}</td>
                                <td class="num">{side(e.amount, true)}</td>
                                <td class="num">{side(e.amount, false)}</td>
                            </tr>
                        })
                        .collect_view()}
                </tbody>
                <tfoot>
                    <tr>
                        <td>"合计"</td>
                        <td class="num">{text::yuan(debit)}</td>
                        <td class="num">{text::yuan(credit)}</td>
                    </tr>
                </tfoot>
            </table>
        </article>
    }
}

/// Fetches a store's older postings.
#[island]
pub fn MorePostings(
    /// Whose.
    store: StoreId,
    /// Of which days, as a query has it before other parameters; empty for all.
    days: String,
    /// Where the page ended.
    next: String,
    /// May whoever looks at them open the orders?
    linked: bool,
) -> impl IntoView {
    let next = RwSignal::new(Some(next));
    let older = RwSignal::new(Vec::<PostingView>::new());
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let (store, days) = (StoredValue::new(store), StoredValue::new(days));
    let more = move |_| {
        let Some(cursor) = next.get_untracked() else { return };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let path = format!("/api/v1/stores/{}/settlement?{}cursor={}", store.get_value(), days.get_value(), text::percent(&cursor));
            match browser::get::<SettlementView>(&path).await {
                Ok(page) => {
                    older.update(|o| o.extend(page.postings));
                    next.set(page.next);
                }
                Err(refused) => problem.set(Some(refused)),
            }
            busy.set(false);
        });
    };
    view! {
        <div class="postings">
            <For each=move || older.get() key=|p| p.posting.clone() let:p>
                <Posting posting=p linked=linked />
            </For>
        </div>
        <Refusal problem=problem />
        <button class="big" type="button" hidden=move || next.get().is_none() disabled=move || busy.get() on:click=more>
            {move || if busy.get() { "正在加载…" } else { "更早的分录" }}
        </button>
    }
}
