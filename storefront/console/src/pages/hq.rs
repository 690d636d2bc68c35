//! The pages of HQ.

use leptos::prelude::*;
use liandian_types::{
    Code, LocationId, Mode, OrderState, Permission, Problem, SkuId, StoreId, StoreStatus, Tier, TransferState,
    api::{
        AccessList, AccessRow, ChainPolicies, CountsToDecide, Exceptions, ExtraPaymentRow, HqSettlement, OrderList, PoliciesChange, PoliciesHistory,
        SkuStock, StockList, StockRow, StoreOpening, StoreRow, StoreRows, StoreWorkList, TillRow, TransferCard, TransfersInFlight,
    },
};

use super::{Frame, Module, figure, link, next_page, page, panel_problem, part, plot, search};
use crate::{
    islands::{FlightBoard, LiveOrders, LivePart, MARK, OpeningForm, PolicyForm, Posting, ShardDesk, TransferAsk},
    text,
};

/// What the overview shows; a part that this person may not see holds its refusal.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The newest orders.
    pub orders: Result<OrderList, Problem>,
    /// All stores.
    pub stores: Result<Vec<StoreRow>, Problem>,
    /// Sums.
    pub settlement: Result<HqSettlement, Problem>,
    /// What waits in each store; of a region only, a chain has too many.
    pub work: Option<Result<StoreWorkList, Problem>>,
}

/// The overview.
#[must_use]
pub fn overview(frame: &Frame<'_>, o: Overview) -> String {
    page(frame, Module::Hq, "总览", || {
        let open = o.stores.as_ref().ok().map(|s| s.iter().filter(|r| r.status == StoreStatus::Open).count());
        let figures = view! {
            <div class="figures">
                {o.stores
                    .as_ref()
                    .ok()
                    .map(|s| figure("营业门店", format!("{} / {}", open.unwrap_or(0), s.len()), "家"))}
                {o.settlement.as_ref().ok().map(|s| figure("已入账订单", text::number(i64::from(s.total.orders)), "单"))}
                {o.settlement.as_ref().ok().map(|s| figure("顾客实付", text::yuan(s.total.gross), "元"))}
                {o.settlement.as_ref().ok().map(|s| figure("总部应得", text::yuan(s.total.hq), "元"))}
                {o.settlement.as_ref().ok().map(|s| figure("门店应得", text::yuan(s.total.stores), "元"))}
            </div>
        };
        let states = o.orders.as_ref().ok().map(|l| {
            let of = |s: OrderState| l.orders.iter().filter(|c| c.state == s).count();
            let parts: Vec<_> = OrderState::ALL.iter().map(|s| (s.title(), format!("state-{s}"), of(*s))).collect();
            plot::parts_bar("最新订单按状态", &parts)
        });
        let orders = match o.orders {
            Ok(list) => Some(
                view! {
                    <section class="panel">
                        <h2>"最新订单"<a class="more" href="/console/hq/orders">"全部 ›"</a></h2>
                        {states.map(|html| view! { <div inner_html=html></div> })}
                        <LiveOrders list=list now=frame.now limit=12 live=true />
                    </section>
                }
                .into_any(),
            ),
            Err(p) => refused(&p),
        };
        let stores = match o.stores {
            Ok(rows) => {
                let rows = &rows;
                let status: Vec<_> =
                    StoreStatus::ALL.iter().map(|s| (s.title(), format!("status-{s}"), rows.iter().filter(|r| r.status == *s).count())).collect();
                let mode: Vec<_> = Mode::ALL.iter().map(|m| (m.title(), format!("mode-{m}"), rows.iter().filter(|r| r.mode == *m).count())).collect();
                let tier: Vec<_> = Tier::ALL.iter().map(|t| (t.title(), format!("tier-{t}"), rows.iter().filter(|r| r.tier == *t).count())).collect();
                let html = format!(
                    "{}{}{}{}",
                    plot::parts_bar("状态", &status),
                    plot::parts_bar("经营模式", &mode),
                    plot::parts_bar("等级", &tier),
                    plot::cities_bar(rows)
                );
                Some(
                    view! {
                        <section class="panel">
                            <h2>"门店"<a class="more" href="/console/hq/stores">"全部 ›"</a></h2>
                            <div inner_html=html></div>
                        </section>
                    }
                    .into_any(),
                )
            }
            Err(p) => refused(&p),
        };
        let work = o.work.and_then(|w| match w {
            Ok(list) => Some(work_table(frame, list).into_any()),
            Err(p) => refused(&p),
        });
        view! {
            <h1>"总览"</h1>
            {figures}
            {work}
            <div class="split wide-left">
                {orders}
                {stores}
            </div>
        }
    })
}

/// A panel that could not be read says why; one that this person may not see is not there.
fn refused(p: &Problem) -> Option<AnyView> {
    (p.code != Code::Forbidden).then(|| view! { <section class="panel">{panel_problem(p)}</section> }.into_any())
}

/// What waits in each store.
fn work_table(frame: &Frame<'_>, list: StoreWorkList) -> impl IntoView + use<> {
    let next = next_page("/console/hq", &[], list.next.as_deref());
    let many = |n: u32| if n >= 100 { "99+".to_owned() } else { n.to_string() };
    let rows = list
        .stores
        .into_iter()
        .map(|w| {
            let base = format!("/console/s/{}", w.row.store);
            view! {
                <tr>
                    <td class="what">{frame.store_link(&w.row.store, w.row.name)}<small>{w.row.city}</small></td>
                    <td><span class=format!("badge status-{}", w.row.status)>{w.row.status.title()}</span></td>
                    <td class="num strong">{many(w.preparing)}</td>
                    <td class="num">{many(w.ready)}</td>
                    <td class="num">{many(w.awaiting)}</td>
                    <td class="num">
                        {if w.counts.is_empty() {
                            view! { <span>"–"</span> }.into_any()
                        } else {
                            view! { <a href=format!("{base}/counts")>{format!("{} 张", w.counts.len())}</a> }.into_any()
                        }}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel">
            <h2>"各店待办"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="各店待办">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"门店"</th>
                            <th>"状态"</th>
                            <th class="num">"待备货"</th>
                            <th class="num">"待取货"</th>
                            <th class="num">"调货中"</th>
                            <th class="num">"待审批盘点"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {next}
        </section>
    }
}

/// What waits for somebody to decide.
#[must_use]
pub fn approvals(frame: &Frame<'_>, list: CountsToDecide) -> String {
    page(frame, Module::Hq, "审批", || {
        let CountsToDecide { counts, more } = list;
        let none = counts.is_empty();
        view! {
            <h1>"待审批"</h1>
            <section class="panel">
                <h2>"盘点差异"</h2>
                {none.then(|| view! { <p class="empty">"没有等待审批的盘点单。"</p> })}
                <div class="scroll" hidden=none>
                    <table class="stock">
                        <thead>
                            <tr>
                                <th>"盘点单"</th>
                                <th>"门店"</th>
                                <th class="num">"有差异"</th>
                                <th class="num">"盘盈"</th>
                                <th class="num">"盘亏"</th>
                                <th class="num">"差异金额（元）"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {counts
                                .into_iter()
                                .map(|c| view! {
                                    <tr>
                                        <td class="what">
                                            <a href=format!("/console/s/{}/counts/{}", c.store, c.card.count)>{format!("{} · {}", c.card.kind.title(), c.card.title)}</a>
                                            <small>{c.card.created_text}</small>
                                        </td>
                                        <td>{c.store_name}</td>
                                        <td class="num">{c.card.different}</td>
                                        <td class="num">{text::number(c.card.over)}</td>
                                        <td class="num">{text::number(c.card.short)}</td>
                                        <td class="num strong">{text::yuan(c.card.value)}</td>
                                    </tr>
                                })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
                {more.then(|| view! { <p class="sub">"还有更多，这里列出最早的；处理之后会出现后面的。"</p> })}
            </section>
        }
    })
}

/// The store directory.
#[must_use]
pub fn stores(frame: &Frame<'_>, query: Option<&str>, list: StoreRows) -> String {
    page(frame, Module::Hq, "门店", || {
        let map = plot::store_maps(&list.rows, |s| text::store_home(s, &frame.staff.permissions));
        let none = list.rows.is_empty();
        let (total, shown) = (list.total, list.rows.len());
        let partly = usize::try_from(total).is_ok_and(|t| t > shown);
        view! {
            <div class="title-row">
                <h1>"门店"</h1>
                {search("/console/hq/stores".to_owned(), &[], query, "店名、城市或街道")}
            </div>
            <p class="sub">{if partly { format!("共 {total} 家，本页 {shown} 家；地图上是本页的门店。") } else { format!("共 {total} 家。") }}</p>
            <div class="maps" inner_html=map></div>
            <div class="scroll">
                <table class="stores">
                    <thead>
                        <tr>
                            <th>"门店"</th>
                            <th>"城市"</th>
                            <th>"模式"</th>
                            <th>"等级"</th>
                            <th>"状态"</th>
                            <th>"营业时间"</th>
                            <th class="num">"配送半径"</th>
                            <th>"入口"</th>
                        </tr>
                    </thead>
                    <tbody>{list.rows.into_iter().map(|r| store_row(frame, r)).collect_view()}</tbody>
                </table>
            </div>
            {none.then(|| view! { <p class="empty">"没有符合的门店。"</p> })}
            {next_page("/console/hq/stores", &[("q", query)], list.next.as_deref())}
        }
    })
}

fn store_row(frame: &Frame<'_>, r: StoreRow) -> impl IntoView + use<> {
    let opening = format!("/console/hq/stores/{}", r.store);
    let badge = view! { <span class=format!("badge status-{}", r.status)>{r.status.title()}</span> };
    view! {
        <tr>
            <td class="what">{frame.store_link(&r.store, r.name.clone())}<small>{r.address}</small></td>
            <td>{r.city}</td>
            <td><span class=format!("badge mode-{}", r.mode)>{r.mode.title()}</span></td>
            <td><span class=format!("badge tier-{}", r.tier)>{r.tier.title()}</span></td>
            <td>{match frame.of_chain() {
                true => view! { <a href=opening aria-label=format!("{}：{}的营业安排", r.status.title(), r.name)>{badge}</a> }.into_any(),
                false => badge.into_any(),
            }}</td>
            <td class="nowrap">{r.hours}</td>
            <td class="num">{kilometres(r.radius_m)}</td>
            <td><code>{r.entrance}</code></td>
        </tr>
    }
}

/// Whether a store is in business, and the days on which its hours differ.
#[must_use]
pub fn opening(frame: &Frame<'_>, row: &StoreRow, opening: StoreOpening) -> String {
    let sets = frame.may(Permission::StoreWrite);
    page(frame, Module::Hq, &format!("营业安排 · {}", row.name), || {
        view! {
            <p class="crumbs"><a href="/console/hq/stores">"‹ 门店"</a></p>
            <h1>{row.name.clone()}</h1>
            <p class="sub">{format!("{} · {}", row.city, row.address)}</p>
            <OpeningForm store=row.store.clone() opening=opening sets=sets />
        }
    })
}

fn kilometres(metres: u32) -> String {
    format!("{}.{} km", metres / 1000, metres % 1000 / 100)
}

/// Choosing a SKU.
#[must_use]
pub fn choose_sku(frame: &Frame<'_>, query: Option<&str>, list: StockList) -> String {
    page(frame, Module::Hq, "库存", || {
        let (none, next) = (list.rows.is_empty(), list.next);
        view! {
            <div class="title-row">
                <h1>{if frame.of_chain() { "全国库存" } else { "区域库存" }}</h1>
                {search("/console/hq/stock".to_owned(), &[], query, "商品名、品牌或条码")}
            </div>
            <p class="sub">"选一个商品，查看它在每家门店的库存。"</p>
            {none.then(|| view! { <p class="empty">"没有符合的商品。"</p> })}
            <ul class="sku-grid">
                {list
                    .rows
                    .into_iter()
                    .map(|r| view! {
                        <li>
                            <a href=format!("/console/hq/stock/{}", r.sku)>
                                <img src=r.picture alt="" width="72" height="72" loading="lazy" />
                                <span class="what">{r.name}<small>{r.barcode}</small></span>
                            </a>
                        </li>
                    })
                    .collect_view()}
            </ul>
            {next_page("/console/hq/stock", &[("q", query)], next.as_deref())}
        }
    })
}

/// Places that are listed one by one: those with less than the others.
const ROWS_SHOWN: usize = 300;

/// The element that shows what moves.
const LIVE: &str = "live-stock";

/// Stock of one SKU across the chain, live.
#[must_use]
pub fn sku_stock(frame: &Frame<'_>, sku: &SkuId, stock: SkuStock) -> String {
    page(frame, Module::Hq, &format!("库存 · {}", stock.name), || {
        let picture = stock.rows.first().map(|r| r.picture.clone());
        let splits = frame.may(Permission::StockSplit);
        let places: Vec<_> = stock.rows.iter().map(|r| (r.location.clone(), r.location_name.clone())).collect();
        let name = stock.name.clone();
        let seconds = if stock.rows.len() > ROWS_SHOWN { 10 } else { 2 };
        let rows = sku_part(stock, frame.now);
        view! {
            <p class="crumbs"><a href="/console/hq/stock">"‹ 选择商品"</a></p>
            <div class="order-head">
                {picture.map(|p| view! { <img src=p alt="" width="56" height="56" /> })}
                <h1>{name}</h1>
                <code>{sku.to_string()}</code>
            </div>
            {splits.then(|| view! { <ShardDesk sku=sku.clone() places=places /> })}
            <LivePart from=format!("/console/hq/stock/{sku}/live") part=LIVE.to_owned() seconds=seconds />
            <div id=LIVE inner_html=rows></div>
        }
    })
}

/// What moves on that page.
#[must_use]
pub fn sku_live(frame: &Frame<'_>, stock: SkuStock) -> String {
    format!("{MARK}{}", sku_part(stock, frame.now))
}

fn sku_part(stock: SkuStock, now: i64) -> String {
    part(|| {
        let map = plot::stock_maps(&stock.rows);
        let most = stock.rows.iter().map(|r| r.on_hand).max().unwrap_or(0);
        let short = stock.rows.iter().filter(|r| r.available <= 0).count();
        let more = stock.rows.len().saturating_sub(ROWS_SHOWN);
        let ageing = plot::parts_bar("库龄：在架件数，按多久没有售出", &ages(&stock.rows, now));
        view! {
            <div class="figures">
                {figure("可售", text::number(stock.available), "件")}
                {figure("在架", text::number(stock.on_hand), "件")}
                {figure("预占", text::number(stock.reserved), "件")}
                {figure("在途", text::number(stock.incoming), "件")}
                {figure("缺货", text::number(i64::try_from(short).unwrap_or(i64::MAX)), "处")}
            </div>
            <div inner_html=ageing></div>
            <div class="maps" inner_html=map></div>
            <h2>{if more > 0 { format!("可售最少的 {ROWS_SHOWN} 处") } else { "各处库存（可售最少在前）".to_owned() }}</h2>
            <p class="legend"><i class="k-available"></i>"可售"<i class="k-reserved"></i>"预占"<i class="k-safety"></i>"安全"</p>
            <div class="scroll">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"地点"</th>
                            <th class="bar-cell">"分布"</th>
                            <th class="num">"在架"</th>
                            <th class="num">"预占"</th>
                            <th class="num">"安全"</th>
                            <th class="num">"可售"</th>
                            <th class="num">"在途"</th>
                            <th class="num">"最近售出"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {stock
                            .rows
                            .into_iter()
                            .take(ROWS_SHOWN)
                            .map(|r| {
                                let level = plot::level(&r);
                                let bar = plot::stock_bar(&r, most);
                                let name = r.location_name.clone();
                                let href = place_link(&r);
                                view! {
                                    <tr class=level.class()>
                                        <td><a href=href>{name}</a>{(r.shards > 0).then(|| view! { " "<span class="badge">{format!("{} 个分片", r.shards)}</span> })}</td>
                                        <td class="bar-cell" inner_html=bar></td>
                                        <td class="num">{text::number(r.on_hand)}</td>
                                        <td class="num">{text::number(r.reserved)}</td>
                                        <td class="num faint">{text::number(r.safety)}</td>
                                        <td class="num strong">
                                            {level.word().map(|w| view! { <span class="badge warn">{w}</span> })}
                                            {text::number(r.available)}
                                        </td>
                                        <td class="num">{if r.incoming == 0 { "–".to_owned() } else { text::number(r.incoming) }}</td>
                                        <td class="num">{r.sold_at.map_or_else(|| "–".to_owned(), |at| text::ago(at, now))}</td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
            {(more > 0).then(|| view! { <p class="sub">{format!("还有 {} 处可售更多，都在图上。", text::number(i64::try_from(more).unwrap_or(i64::MAX)))}</p> })}
        }
    })
}

/// The parts of a bar by age, each up to its bound: title, class, and how many are of that age.
fn by_age(bounds: &[(&'static str, i64)], many: impl Fn(std::ops::Range<i64>) -> usize) -> Vec<(&'static str, String, usize)> {
    let mut from = 0;
    let part = |(i, (title, to)): (usize, &(&'static str, i64))| (*title, format!("age-{i}"), many(std::mem::replace(&mut from, *to)..*to));
    bounds.iter().enumerate().map(part).collect()
}

/// Units on hand by how long nothing of their record was sold.
fn ages(rows: &[StockRow], now: i64) -> Vec<(&'static str, String, usize)> {
    let parts = [("7 天内售出", 7), ("7–30 天", 30), ("30–90 天", 90), ("90 天以上", i64::MAX)];
    let days = |r: &StockRow| r.sold_at.map(|at| text::minutes_since(at, now) / 1_440);
    let units = |of: &dyn Fn(&StockRow) -> bool| usize::try_from(rows.iter().filter(|r| of(r)).map(|r| r.on_hand.max(0)).sum::<i64>()).unwrap_or(0);
    let mut all = by_age(&parts, |age| units(&|r: &StockRow| days(r).is_some_and(|d| age.contains(&d))));
    all.push(("从未售出", "k-safety".to_owned(), units(&|r: &StockRow| r.sold_at.is_none())));
    all
}

/// The stock page of the staff who works in a record's place; HQ's own where nobody is known to.
pub(super) fn place_link(r: &StockRow) -> String {
    let page = |s: &StoreId| format!("/console/s/{s}/stock");
    match (r.location.store(), &r.at) {
        (Some(s), _) => page(&s),
        (None, Some(at)) => link(&page(&at.keeper), &[("location", Some(r.location.as_str()))]),
        (None, None) => format!("/console/hq/stock/{}", r.sku),
    }
}

/// What HQ should look at.
#[must_use]
pub fn exceptions(frame: &Frame<'_>, e: Exceptions, stores: &[StoreRow]) -> String {
    page(frame, Module::Hq, "异常", || {
        let count = |n: usize| text::number(i64::try_from(n).unwrap_or(i64::MAX));
        let some = |n: usize, more: bool| if more { format!("{}+", count(n)) } else { count(n) };
        let (overdue_more, extra_more, claims_more) = (e.overdue_more, e.extra_more, e.claims_more);
        let ages = [("1 小时内", 60), ("1–4 小时", 240), ("4–24 小时", 1_440), ("1 天以上", i64::MAX)];
        let parts = by_age(&ages, |age| e.overdue.iter().filter(|o| age.contains(&text::minutes_since(o.since, frame.now))).count());
        let ageing = (!e.overdue.is_empty()).then(|| plot::parts_bar("超时时长", &parts));
        let name = |s: &StoreId| stores.iter().find(|r| r.store == *s).map_or_else(|| s.to_string(), |r| r.name.clone());
        let differences = e.books.as_ref().map_or(0, |b| i64::try_from(b.count).unwrap_or(i64::MAX));
        let books = match e.books {
            None => view! { <p class="empty">"还没有核对过。每天自动核对一次。"</p> }.into_any(),
            Some(b) => {
                let when = text::ago(b.at, frame.now);
                view! {
                    <p class="sub">
                        {format!(
                            "{when}核对了 {} 条库存、{} 张单据、{} 个订单、{} 张调拨单",
                            count(usize::try_from(b.records).unwrap_or(0)),
                            text::number(i64::try_from(b.movements).unwrap_or(0)),
                            text::number(i64::try_from(b.orders).unwrap_or(0)),
                            text::number(i64::try_from(b.transfers).unwrap_or(0)),
                        )}
                    </p>
                    {(b.count == 0).then(|| view! { <p class="recorded">"账实一致。"</p> })}
                    <ul class="differences">{b.differences.into_iter().map(|d| view! { <li>{d}</li> }).collect_view()}</ul>
                }
                .into_any()
            }
        };
        let waits = e.claims.len();
        let (short, low, overdue, late) = (e.short.len(), e.low.len(), e.overdue.len(), e.late.len());
        view! {
            <h1>"异常"</h1>
            <div class="figures">
                {figure("缺货", count(short), "条")}
                {figure("低库存", some(low, e.more), "条")}
                {figure("迟迟未动的调拨", count(late), "张")}
                {figure("超时", some(overdue, overdue_more), "件")}
                {figure("收银台异常", some(e.tills.len(), e.tills_more), "台")}
                {figure("重复付款", some(e.extra.len(), extra_more), "笔")}
                {figure("待审批单据", some(waits, claims_more), "张")}
                {figure("账实差异", text::number(differences), "处")}
            </div>
            {(waits > 0).then(|| view! {
                <section class="panel">
                    <h2>"等待审批的库存单据"</h2>
                    <div class="scroll">
                        <table class="stock">
                            <thead><tr><th>"地点"</th><th>"单据"</th><th>"原因"</th><th>"提交人"</th><th class="num">"件数"</th><th class="num">"零售价值"</th><th class="num">"已等"</th></tr></thead>
                            <tbody>
                                {e
                                    .claims
                                    .into_iter()
                                    .map(|c| view! {
                                        <tr>
                                            <td><a href=format!("/console/s/{}/stock", c.store)>{c.location_name}</a></td>
                                            <td>{c.kind.title()}</td>
                                            <td class="what">{c.reason.unwrap_or_default()}</td>
                                            <td>{c.by_name}</td>
                                            <td class="num">{text::number(c.units)}</td>
                                            <td class="num">{text::yuan(c.value)}</td>
                                            <td class="num">{text::age(c.at, frame.now)}</td>
                                        </tr>
                                    })
                                    .collect_view()}
                            </tbody>
                        </table>
                    </div>
                    {claims_more.then(|| view! { <p class="sub">"还有更多，这里列出最早的；处理之后会出现后面的。"</p> })}
                </section>
            })}
            <section class="panel">
                <h2>"已承诺但不在架"</h2>
                {(short == 0).then(|| view! { <p class="empty">"没有。"</p> })}
                {(short > 0).then(|| low_table(e.short))}
            </section>
            <section class="panel">
                <h2>"迟迟未动的调拨"</h2>
                {(late == 0).then(|| view! { <p class="empty">"没有。"</p> })}
                {(late > 0).then(|| late_table(e.late, frame.now))}
            </section>
            <section class="panel">
                <h2>"超时"</h2>
                {ageing.map(|html| view! { <div inner_html=html></div> })}
                {(overdue == 0).then(|| view! { <p class="empty">"没有超时的事。"</p> })}
                <div class="scroll" hidden=overdue == 0>
                    <table class="stock">
                        <thead><tr><th>"类型"</th><th>"编号"</th><th>"状态"</th><th>"门店"</th><th class="num">"已超时"</th></tr></thead>
                        <tbody>
                            {e
                                .overdue
                                .into_iter()
                                .map(|o| {
                                    let link = o.store.as_ref().map(|s| match o.what.as_str() {
                                        "order" | "delivery" | "extra_payment" | "rider" => format!("/console/s/{s}/orders/{}", o.id),
                                        "transfer" => format!("/console/s/{s}/transfers"),
                                        "count" => format!("/console/s/{s}/counts/{}", o.id),
                                        _ => format!("/console/s/{s}/stock"),
                                    });
                                    let id = match link {
                                        Some(href) => view! { <a href=href>{o.id}</a> }.into_any(),
                                        None => view! { <span>{o.id}</span> }.into_any(),
                                    };
                                    view! {
                                        <tr>
                                            <td>{overdue_title(&o.what)}</td>
                                            <td>{id}</td>
                                            <td>{o.state}</td>
                                            <td>{o.store.as_ref().map(name)}</td>
                                            <td class="num">{text::age(o.since, frame.now)}</td>
                                        </tr>
                                    }
                                })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
                {overdue_more.then(|| view! { <p class="sub">"还有更多，这里列出最早的；处理之后会出现后面的。"</p> })}
            </section>
            {(!e.tills.is_empty()).then(|| {
                view! {
                    <section class="panel">
                        <h2>"收银台"</h2>
                        {till_table(e.tills, frame.now, &name)}
                        {e.tills_more.then(|| view! { <p class="sub">"还有更多：先处理以上收银台。"</p> })}
                    </section>
                }
            })}
            {(!e.extra.is_empty()).then(|| {
                view! {
                    <section class="panel">
                        <h2>"重复或金额不符的付款（近 7 天，自动原路退回）"</h2>
                        {extra_table(e.extra, frame.now, &name)}
                        {extra_more.then(|| view! { <p class="sub">"还有更多，这里列出最新的。"</p> })}
                    </section>
                }
            })}
            {frame.of_chain().then(|| view! {
                <section class="panel">
                    <h2>"账实核对"</h2>
                    {books}
                </section>
            })}
            <section class="panel">
                <h2>{format!("低库存（不多于 {} 件）", e.low_at)}</h2>
                {(low == 0).then(|| view! { <p class="empty">"没有商品低于预警线。"</p> })}
                {(low > 0).then(|| low_table(e.low))}
                {e.more.then(|| view! { <p class="sub">"这里只列最缺的；各店的全部缺货见门店的库存页。"</p> })}
            </section>
        }
    })
}

fn overdue_title(what: &str) -> &'static str {
    match what {
        "order" => "订单",
        "delivery" => "配送",
        "extra_payment" => "重复付款",
        "rider" => "骑手",
        "transfer" => "调拨",
        "count" => "盘点",
        "split" => "分片",
        _ => "到期",
    }
}

/// Tills that are refused or silent.
fn till_table(tills: Vec<TillRow>, now: i64, name: &dyn Fn(&StoreId) -> String) -> impl IntoView + use<> {
    let rows: Vec<_> = tills
        .into_iter()
        .map(|t| {
            let silent = t.silent_since.map(|at| format!("营业中没有消息（最后一张小票{}）", text::ago(at, now)));
            let refused = t.refused_since.map(|at| {
                let why = t.code.map(|c| c.title()).unwrap_or_default();
                let field = t.field.as_ref().map(|f| format!("（{f}）")).unwrap_or_default();
                format!("{} 张小票被拒收，自{}：{why}{field}", t.refused, text::ago(at, now))
            });
            let state: Vec<String> = silent.into_iter().chain(refused).collect();
            let since = t.silent_since.into_iter().chain(t.refused_since).min();
            let href = format!("/console/s/{}/movements", t.store);
            view! {
                <tr>
                    <td><a href=href>{name(&t.store)}</a></td>
                    <td>{if t.till.is_empty() { "接口".to_owned() } else { t.till }}</td>
                    <td>{state.join("；")}</td>
                    <td class="num">{since.map(|at| text::age(at, now))}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll">
            <table class="stock">
                <thead><tr><th>"门店"</th><th>"收银台"</th><th>"状况"</th><th class="num">"已持续"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Payments that their orders did not need.
fn extra_table(extra: Vec<ExtraPaymentRow>, now: i64, name: &dyn Fn(&StoreId) -> String) -> impl IntoView + use<> {
    let rows: Vec<_> = extra
        .into_iter()
        .map(|x| {
            let state = x.returned_at.map_or_else(|| "退回中".to_owned(), |at| format!("{}已退回", text::ago(at, now)));
            let href = format!("/console/s/{}/orders/{}", x.store, x.order);
            view! {
                <tr>
                    <td><a href=href>{x.order.to_string()}</a></td>
                    <td>{name(&x.store)}</td>
                    <td class="num">{x.amount.to_string()}</td>
                    <td>{text::ago(x.told_at, now)}</td>
                    <td>{state}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll">
            <table class="stock">
                <thead><tr><th>"订单"</th><th>"门店"</th><th class="num">"金额"</th><th>"收到"</th><th>"状态"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Transfers of which somebody was told more than once.
fn late_table(late: Vec<TransferCard>, now: i64) -> impl IntoView {
    view! {
        <div class="scroll">
            <table class="stock">
                <thead>
                    <tr><th>"调拨单"</th><th>"调出"</th><th>"调入"</th><th>"状态"</th><th>"用途"</th><th class="num">"已提醒"</th><th class="num">"已过"</th></tr>
                </thead>
                <tbody>
                    {late
                        .into_iter()
                        .map(|t| view! {
                            <tr>
                                <td><a href="/console/hq/transfers">{t.transfer.to_string()}</a></td>
                                <td>{t.source_name}</td>
                                <td>{t.target_name}</td>
                                <td>{t.state.title()}</td>
                                <td>{if t.order.is_some() { "顾客订单" } else { "补货" }}</td>
                                <td class="num">{format!("{} 次", t.reminders)}</td>
                                <td class="num">{text::age(t.created_at, now)}</td>
                            </tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

fn low_table(rows: Vec<StockRow>) -> impl IntoView {
    view! {
        <div class="scroll">
            <table class="stock">
                <thead>
                    <tr>
                        <th>"商品"</th>
                        <th>"地点"</th>
                        <th class="num">"在架"</th>
                        <th class="num">"预占"</th>
                        <th class="num">"可售"</th>
                        <th class="num">"在途"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|r| {
                            let place = match r.location.store() {
                                Some(s) => view! { <a href=format!("/console/s/{s}/stock?show=low")>{r.location_name.clone()}</a> }.into_any(),
                                None => view! { <span>{r.location_name.clone()}</span> }.into_any(),
                            };
                            let class = plot::level(&r).class();
                            view! {
                                <tr class=class>
                                    <td class="goods">
                                        <img src=r.picture alt="" width="40" height="40" loading="lazy" />
                                        <span class="what"><a href=format!("/console/hq/stock/{}", r.sku)>{r.name}</a><small>{r.barcode}</small></span>
                                    </td>
                                    <td>{place}</td>
                                    <td class="num">{text::number(r.on_hand)}</td>
                                    <td class="num">{text::number(r.reserved)}</td>
                                    <td class="num strong">{text::number(r.available)}</td>
                                    <td class="num">{if r.incoming == 0 { "–".to_owned() } else { text::number(r.incoming) }}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// Goods on their way through the chain; `places` are those between which HQ may move goods.
#[must_use]
pub fn transfers(frame: &Frame<'_>, list: TransfersInFlight, places: Vec<(LocationId, String)>) -> String {
    let direct = frame.may(Permission::TransferDirect) && frame.of_chain();
    page(frame, Module::Transfers, "调拨", || {
        let states: Vec<_> = TransferState::ALL
            .iter()
            .map(|s| (s.title(), format!("state-{s}"), list.transfers.iter().filter(|t| t.state == *s).count()))
            .filter(|(.., n)| *n > 0)
            .collect();
        let all = usize::try_from(list.open).is_ok_and(|n| n <= list.transfers.len());
        let bar = (!states.is_empty()).then(|| plot::parts_bar(if all { "按状态" } else { "最早的，按状态" }, &states));
        view! {
            <h1>"调拨"</h1>
            {direct.then(|| view! {
                <details class="fold">
                    <summary>"总部调配"</summary>
                    <TransferAsk store=None places=places staff=frame.staff.staff.clone() />
                </details>
            })}
            {bar.map(|html| view! { <div inner_html=html></div> })}
            <FlightBoard list=list now=frame.now direct=direct />
        }
    })
}

/// What HQ decides for the whole chain, and who changed it; `older` when a cursor led into its history.
#[must_use]
pub fn rules(frame: &Frame<'_>, policies: ChainPolicies, history: PoliciesHistory, older: bool) -> String {
    const PATH: &str = "/console/hq/rules";
    let sets = frame.may(Permission::PolicyWrite);
    page(frame, Module::Hq, "规则", || {
        let none = history.changes.is_empty();
        let next = next_page(PATH, &[], history.next.as_deref());
        let rows = history.changes.into_iter().map(policies_change).collect_view();
        view! {
            <h1>"规则"</h1>
            <p class="sub">"对所有门店生效。"</p>
            {(!older).then(|| view! { <PolicyForm policies=policies sets=sets /> })}
            {older.then(|| view! { <p class="crumbs"><a href=PATH>"‹ 回到规则"</a></p> })}
            <h2>"修改记录"</h2>
            {none.then(|| view! { <p class="empty">"还没有人修改过规则。"</p> })}
            <div class="scroll" hidden=none tabindex="0" role="region" aria-label="修改记录">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"时间"</th>
                            <th>"人员"</th>
                            <th>"修改"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {next}
        }
    })
}

fn policies_change(c: PoliciesChange) -> impl IntoView + use<> {
    let fields =
        c.fields.into_iter().map(|f| view! { <div>{format!("{}：{} → {}", ChainPolicies::title(&f.field), f.old, f.new)}</div> }).collect_view();
    view! {
        <tr>
            <td class="nowrap">{c.at_text}</td>
            <td class="what">{c.by_name.unwrap_or_else(|| c.by.to_string())}</td>
            <td class="what">{fields}</td>
        </tr>
    }
}

/// The newest orders; `older` when a cursor led here.
#[must_use]
pub fn orders(frame: &Frame<'_>, list: OrderList, older: bool) -> String {
    page(frame, Module::Hq, "订单", || {
        let next = next_page("/console/hq/orders", &[], list.next.as_deref());
        view! {
            <h1>{if older { "更早的订单" } else { "最新订单" }}</h1>
            {older.then(|| view! { <p class="crumbs"><a href="/console/hq/orders">"‹ 回到最新"</a></p> })}
            <LiveOrders list=list now=frame.now limit=200 live={!older} />
            {next}
        }
    })
}

/// Settlement of the chain.
#[must_use]
pub fn settlement(frame: &Frame<'_>, s: HqSettlement) -> String {
    page(frame, Module::Hq, "结算", || {
        let linked = frame.may(Permission::OrderRead);
        let most = s.stores.iter().map(|r| r.gross.0).max().unwrap_or(0);
        let none = s.stores.is_empty();
        view! {
            <h1>"结算"</h1>
            <div class="figures">
                {figure("已入账订单", text::number(i64::from(s.total.orders)), "单")}
                {figure("顾客实付", text::yuan(s.total.gross), "元")}
                {figure("总部应得", text::yuan(s.total.hq), "元")}
                {figure("门店应得", text::yuan(s.total.stores), "元")}
            </div>
            <h2>"各店分成"</h2>
            <p class="legend"><i class="k-hq"></i>"总部"<i class="k-store"></i>"门店"</p>
            {none.then(|| view! { <p class="empty">"还没有入账的订单。订单完成后，分成会出现在这里。"</p> })}
            <div class="scroll" hidden=none>
                <table class="shares">
                    <thead>
                        <tr>
                            <th>"门店"</th>
                            <th>"模式"</th>
                            <th class="bar-cell">"分成"</th>
                            <th class="num">"订单"</th>
                            <th class="num">"实付（元）"</th>
                            <th class="num">"总部（元）"</th>
                            <th class="num">"门店（元）"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {s
                            .stores
                            .into_iter()
                            .map(|r| view! {
                                <tr>
                                    <td><a href=format!("/console/s/{}/settlement", r.store)>{r.name}</a></td>
                                    <td><span class=format!("badge mode-{}", r.mode)>{r.mode.title()}</span></td>
                                    <td class="bar-cell" inner_html=plot::money_bar(r.hq, r.share, most)></td>
                                    <td class="num">{text::number(i64::from(r.orders))}</td>
                                    <td class="num strong">{text::yuan(r.gross)}</td>
                                    <td class="num">{text::yuan(r.hq)}</td>
                                    <td class="num">{text::yuan(r.share)}</td>
                                </tr>
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
            <h2>"最新分录"</h2>
            <div class="postings">{s.total.postings.into_iter().map(|p| view! { <Posting posting=p linked=linked /> }).collect_view()}</div>
        }
    })
}

/// Who has seen personal data in clear, and who has logged in.
#[must_use]
pub fn access_records(frame: &Frame<'_>, date: Option<&str>, actor: Option<&str>, list: AccessList) -> String {
    const PATH: &str = "/console/hq/access";
    page(frame, Module::Hq, "访问记录", || {
        let none = list.records.is_empty();
        let reset = (date.is_some() || actor.is_some()).then_some(PATH);
        let next = next_page(PATH, &[("date", date), ("actor", actor)], list.next.as_deref());
        let rows = list.records.into_iter().map(|r| access_row(frame, r)).collect_view();
        view! {
            <h1>"访问记录"</h1>
            <form class="search orders-search" role="search" action=PATH method="get">
                <input
                    type="search"
                    name="actor"
                    value=actor.unwrap_or_default().to_owned()
                    placeholder="员工用户名、员工或会员编号"
                    aria-label="员工用户名、员工或会员编号"
                    autocomplete="off"
                />
                <input type="date" name="date" value=date.unwrap_or_default().to_owned() aria-label="日期" />
                <button class="primary" type="submit">"查找"</button>
                {reset.map(|r| view! { <a class="button" href=r>"清除"</a> })}
            </form>
            <p class="sub">
                {match (date, actor) {
                    (None, None) => "今天谁看过顾客的明文信息、谁登录过，新的在前。记录保存 400 天。会员登录请按会员编号查找。",
                    _ => "谁看过顾客的明文信息、谁登录过，新的在前。记录保存 400 天。会员登录请按会员编号查找。",
                }}
            </p>
            {none.then(|| view! { <p class="empty">"没有符合的记录。"</p> })}
            <div class="scroll" hidden=none tabindex="0" role="region" aria-label="访问记录">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"时间"</th>
                            <th>"人员"</th>
                            <th>"事由"</th>
                            <th>"看到的内容"</th>
                            <th>"来源网络"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {next}
        }
    })
}

fn access_row(frame: &Frame<'_>, r: AccessRow) -> impl IntoView + use<> {
    let linked = frame.may(Permission::OrderRead);
    let fields = r.fields.iter().map(|f| f.title()).collect::<Vec<_>>().join("、");
    let who = r.actor_name.or_else(|| r.actor.clone()).unwrap_or_else(|| "账号不存在".to_owned());
    let sub = [r.role.map(|role| role.title().to_owned()), r.actor].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let store = r.store;
    let orders = r
        .orders
        .into_iter()
        .map(|o| {
            let href = store.as_ref().filter(|_| linked).map(|s| text::order_path(s, &o));
            match href {
                Some(href) => view! { <small><a href=href>{o.to_string()}</a></small> }.into_any(),
                None => view! { <small>{o.to_string()}</small> }.into_any(),
            }
        })
        .collect_view();
    view! {
        <tr>
            <td class="nowrap">{r.at_text}</td>
            <td class="what">{who}<small>{sub}</small></td>
            <td>{r.act.title()}{(!r.succeeded).then(|| view! { " "<span class="badge warn">"失败"</span> })}</td>
            <td class="what">{if fields.is_empty() { "–".to_owned() } else { fields }}{orders}</td>
            <td class="nowrap">{if r.from.is_empty() { "–".to_owned() } else { r.from }}</td>
        </tr>
    }
}
