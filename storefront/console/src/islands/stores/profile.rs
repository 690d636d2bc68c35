//! A store's profile as a form: what is typed stays, what is wrong is told beside its field, and before it is saved it says what it will do.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Mode, Problem, StoreId, StoreStatus, Tier,
    api::{SaveStore, StoreDraft, StoreFault, StorePreview, StoreRecord},
};

use crate::{
    browser,
    islands::kit::{Refusal, uploads::PictureField},
    text,
};

/// A text of a draft.
type Words = fn(&mut StoreDraft) -> &mut String;
/// A switch of a draft.
type Switch = fn(&mut StoreDraft) -> &mut bool;
/// Values with their words.
type Choices = Vec<(String, String)>;

/// A store's profile, or that of a new one.
#[island]
pub fn StoreForm(
    /// Which store; none: a new one.
    store: Option<StoreId>,
    /// As it is.
    draft: StoreDraft,
    /// Of the profile that is shown.
    version: u64,
    /// Regions, by id, with their names.
    regions: Vec<(String, String)>,
    /// The usual settlement rules.
    rules: Vec<String>,
) -> impl IntoView {
    let new = store.is_none();
    // What was typed outlives the page until it is saved.
    let kept_as = StoredValue::new(format!("store-{}", store.as_ref().map_or("new", StoreId::as_str)));
    let fresh = StoredValue::new(draft.clone());
    let (touched, restored) = (RwSignal::new(false), RwSignal::new(false));
    let held = RwSignal::new(draft);
    let id = RwSignal::new(store.map(|s| s.to_string()).unwrap_or_default());
    let why = RwSignal::new(String::new());
    let (busy, asks) = (RwSignal::new(true), RwSignal::new(false));
    let faults = RwSignal::new(Vec::<StoreFault>::new());
    let shown = RwSignal::new(None::<StorePreview>);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| {
        let kept = kept_as.with_value(|name| browser::draft::<SaveStore>(name));
        if let Some(kept) = kept.filter(|k| k.version == version) {
            held.set(kept.draft);
            restored.set(true);
        }
        busy.set(false);
    });
    Effect::new(move |_| {
        let draft = held.get();
        if touched.get_untracked() {
            let kept = SaveStore { draft, version, why: String::new(), sure: false };
            kept_as.with_value(|name| browser::keep_draft(name, &kept));
        }
    });
    let forget = move || kept_as.with_value(|name| browser::drop_draft(name));
    let change = move |with: &dyn Fn(&mut StoreDraft)| {
        touched.set(true);
        held.update(|d| with(d));
    };

    let uploads = StoredValue::new("/api/v1/hq/uploads".to_owned());
    // A group's link is no picture; one that was uploaded is.
    let group = Signal::derive(move || held.with(|d| Some(d.group.clone()).filter(|g| g.starts_with("/media/")).into_iter().collect::<Vec<_>>()));
    let set_group = Callback::new(move |all: Vec<String>| {
        let picture = all.into_iter().next().unwrap_or_default();
        change(&|d| d.group.clone_from(&picture));
    });
    let path = move |tail: &str| {
        let typed = id.with_untracked(|i| i.trim().to_owned());
        let whole = if typed.starts_with("sto_") { typed } else { format!("sto_{typed}") };
        format!("/api/v1/hq/stores/{}{tail}", text::percent(&whole))
    };
    let body = move |sure: bool| SaveStore { draft: held.get_untracked(), version, why: why.get_untracked(), sure };
    let named = move || {
        let fits = id.with_untracked(|i| !i.trim().is_empty());
        if !fits {
            problem.set(Some(Problem::new(Code::BadRequest, "请填写门店编码")));
        }
        fits
    };
    let preview = move |_| {
        if !named() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let (path, body) = (path("/move-preview"), body(false));
        spawn_local(async move {
            match browser::post::<StorePreview>(&path, &body).await {
                Ok(p) => {
                    faults.set(p.faults.clone());
                    shown.set(Some(p));
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let save = move |sure: bool| {
        if !named() {
            return;
        }
        busy.set(true);
        problem.set(None);
        asks.set(false);
        let (path, body) = (path(""), body(sure));
        spawn_local(async move {
            match browser::put::<StoreRecord>(&path, &body).await {
                Ok(saved) => {
                    forget();
                    browser::go(&format!("/console/hq/stores/{}", saved.row.store));
                }
                Err(p) => {
                    asks.set(p.code == Code::AskFirst);
                    faults.set(p.field.iter().map(|f| StoreFault { field: f.clone(), detail: p.detail.clone() }).collect());
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let wrong = move |name: &'static str| {
        let of = |f: &&StoreFault| f.field == name || f.field.strip_prefix(name).is_some_and(|rest| rest.starts_with(['[', '.']));
        faults.with(|all| all.iter().find(of).map(|f| f.detail.clone()))
    };
    let line = move |title: &'static str, name: &'static str, hint: &'static str, of: Words| {
        view! {
            <label class="day wide">
                <span>{title}</span>
                <input
                    placeholder=hint
                    autocomplete="off"
                    disabled=busy
                    aria-invalid=move || wrong(name).map(|_| "true")
                    prop:value=move || held.with(|d| of(&mut d.clone()).clone())
                    on:input=move |e| {
                        let typed = event_target_value(&e);
                        change(&|d| typed.clone_into(of(d)));
                    }
                />
                <small class="wrong" role="alert">{move || wrong(name)}</small>
            </label>
        }
    };
    let choice = move |title: &'static str, name: &'static str, all: Choices, of: Words| {
        let options = all
            .into_iter()
            .map(|(value, words)| {
                let own = value.clone();
                view! { <option value=value selected=move || held.with(|d| *of(&mut d.clone()) == own)>{words}</option> }
            })
            .collect_view();
        view! {
            <label class="day">
                <span>{title}</span>
                <select
                    disabled=busy
                    aria-invalid=move || wrong(name).map(|_| "true")
                    on:change=move |e| {
                        let chosen = event_target_value(&e);
                        change(&|d| chosen.clone_into(of(d)));
                    }
                >
                    {options}
                </select>
                <small class="wrong" role="alert">{move || wrong(name)}</small>
            </label>
        }
    };
    let flag = move |title: &'static str, of: Switch| {
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    disabled=busy
                    prop:checked=move || held.with(|d| *of(&mut d.clone()))
                    on:change=move |e| {
                        let on = event_target_checked(&e);
                        change(&|d| *of(d) = on);
                    }
                />
                {title}
            </label>
        }
    };
    let pairs = |all: Vec<(&'static str, &'static str)>| all.into_iter().map(|(v, w)| (v.to_owned(), w.to_owned())).collect::<Choices>();
    let modes = pairs(Mode::ALL.iter().map(|m| (m.as_str(), m.title())).collect());
    let tiers = pairs(Tier::ALL.iter().map(|t| (t.as_str(), t.title())).collect());
    let status = pairs(StoreStatus::ALL.iter().map(|s| (s.as_str(), s.title())).collect());
    let themes = pairs(vec![("standard", "标准"), ("simple", "简洁"), ("community", "社区")]);
    let regions: Choices = std::iter::once((String::new(), "请选择".to_owned())).chain(regions).collect();
    let mut rules: Choices = rules.into_iter().map(|r| (r.clone(), r)).collect();
    let own = held.with_untracked(|d| d.rule.clone());
    if !own.is_empty() && !rules.iter().any(|(r, _)| *r == own) {
        rules.push((own.clone(), own));
    }
    rules.insert(0, (String::new(), "按经营模式".to_owned()));
    let paused = move || held.with(|d| d.status == StoreStatus::Paused.as_str());
    let listed = |title: &'static str, all: Vec<String>| {
        (!all.is_empty()).then(|| {
            let all = all.into_iter().map(|s| view! { <li>{s}</li> }).collect_view();
            view! { <h3>{title}</h3><ul>{all}</ul> }
        })
    };
    view! {
        <section class="stock-desk opening" aria-label="门店资料">
            <p class="recorded" role="status" hidden=move || !restored.get()>
                "已恢复上次没有保存的内容。"
                <button
                    type="button"
                    class="small"
                    on:click=move |_| {
                        forget();
                        touched.set(false);
                        restored.set(false);
                        held.set(fresh.get_value());
                    }
                >
                    "放弃"
                </button>
            </p>
            <h2>"基本资料"</h2>
            <div class="papers">
                {new.then(|| view! {
                    <label class="day">
                        <span>"门店编码（建店后不能改）"</span>
                        <input placeholder="字母、数字和连字符，如 sh15" autocomplete="off" disabled=busy prop:value=id on:input=move |e| id.set(event_target_value(&e)) />
                    </label>
                })}
                {line("店名", "name", "连店·某某店", |d| &mut d.name)}
                {line("城市", "city", "上海", |d| &mut d.city)}
                {line("区县", "district", "徐汇区", |d| &mut d.district)}
                {line("地址", "address", "路名和门牌", |d| &mut d.address)}
                {line("电话", "phone", "021-5550-0101", |d| &mut d.phone)}
                {line("纬度（GCJ-02）", "lat", "31.2304", |d| &mut d.lat)}
                {line("经度（GCJ-02）", "lng", "121.4737", |d| &mut d.lng)}
            </div>
            <h2>"归属"</h2>
            <div class="papers">
                {choice("区域", "region", regions, |d| &mut d.region)}
                {choice("经营模式", "mode", modes, |d| &mut d.mode)}
                {choice("等级", "tier", tiers, |d| &mut d.tier)}
                {choice("分账规则", "rule", rules, |d| &mut d.rule)}
                {new.then(|| line("部署单元（建店后不能改）", "cell", "main", |d| &mut d.cell))}
            </div>
            <h2>"营业与服务"</h2>
            <div class="papers">
                {choice("状态", "status", status, |d| &mut d.status)}
                {line("营业时间", "hours", "07:00–23:00；周日 休息", |d| &mut d.hours)}
                {line("配送半径（米）", "radius_m", "3000", |d| &mut d.radius_m)}
                {choice("主页风格", "theme", themes, |d| &mut d.theme)}
            </div>
            <div class="papers" hidden=move || !paused()>
                {line("暂停原因（顾客可见）", "reason", "设备检修", |d| &mut d.reason)}
                {line("恢复时间（可不填）", "until", "2026-12-01T08:00", |d| &mut d.until)}
            </div>
            <p class="sub">"特殊营业日在门店页面的营业安排里设置。"</p>
            <small class="wrong" role="alert">{move || wrong("exceptions")}</small>
            <div class="papers">
                {flag("自提", |d| &mut d.pickup)}
                {flag("配送", |d| &mut d.delivery)}
                {flag("有前置仓", |d| &mut d.front_warehouse)}
                <small class="wrong" role="alert">{move || wrong("pickup")}</small>
            </div>
            <h2>"入口与联系"</h2>
            <div class="papers">
                {line("入口码", "entrance", "4 到 32 位字母、数字、- 或 _", |d| &mut d.entrance)}
                {line("客服", "service", "电话、微信号或网址", |d| &mut d.service)}
                {line("会员群", "group", "https:// 邀请链接，或在下面上传二维码图片", |d| &mut d.group)}
            </div>
            <PictureField route=uploads value=group set=set_group disabled=busy.into() most=1 />
            <label class="day wide">
                <span>"修改原因（更换经营模式、等级、区域或关店时必填）"</span>
                <input maxlength="100" disabled=busy aria-invalid=move || wrong("why").map(|_| "true") prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                <small class="wrong" role="alert">{move || wrong("why")}</small>
            </label>
            <div class="papers">
                <button type="button" disabled=busy on:click=preview>"检查并预览"</button>
                <button type="button" class="primary" disabled=busy on:click=move |_| save(false)>"保存"</button>
                <button type="button" disabled=busy hidden=move || !asks.get() on:click=move |_| save(true)>"仍然关店"</button>
            </div>
            <Refusal problem=problem />
            <div role="status">
                {move || shown.get().map(|p| {
                    let change = |c: liandian_types::api::ChangedField| format!("{}：{} → {}", c.field, c.old, c.new);
                    let bad = p.faults.len();
                    view! {
                        <h2>{if bad > 0 { format!("有 {bad} 处需要修改") } else { "保存后".to_owned() }}</h2>
                        {(bad == 0 && p.changes.is_empty()).then(|| view! { <p>"没有改动。"</p> })}
                        {listed("改动", p.changes.into_iter().map(change).collect())}
                        {listed("随之改变的规则", p.policies.into_iter().map(change).collect())}
                        {listed("请注意", p.notes)}
                    }
                })}
            </div>
        </section>
    }
}
