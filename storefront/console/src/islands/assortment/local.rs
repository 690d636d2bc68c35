//! A product of a store's own: the store's form, and HQ's two buttons.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Fen, Problem, SpuId, StoreId,
    api::{Category, DecideLocal, LocalDocument, LocalForm, LocalSku, LocalStep, LocalView},
};
use serde::de::IgnoredAny;

use crate::{
    browser,
    islands::kit::{
        Refusal,
        uploads::{DocumentField, PictureField},
    },
    text::typed_yuan,
};

/// What a document may certify; others are typed.
const KINDS: [&str; 6] = ["营业执照", "食品经营许可证", "食品生产许可证", "检验报告", "商标授权书", "化妆品备案"];

/// A text of a unit of sale, of a document.
type OfSku = fn(&mut LocalSku) -> &mut String;
type OfDocument = fn(&mut LocalDocument) -> &mut String;

/// The figures of a unit of sale as they are typed.
#[derive(Debug, Clone, Default, PartialEq)]
struct Typed {
    price: String,
    weight: String,
}

/// What was typed, as what it says.
fn written(form: &LocalForm, typed: &[Typed], images: &str) -> Result<LocalForm, Problem> {
    let mut form = form.clone();
    for (i, (sku, t)) in form.skus.iter_mut().zip(typed).enumerate() {
        let bad = |field: &str, text: &str| Problem::new(Code::BadRequest, format!("第 {} 个规格：{text}", i + 1)).at(format!("skus[{i}].{field}"));
        sku.price = typed_yuan(t.price.trim()).ok_or_else(|| bad("price", "请填写售价，例如 12.90"))?;
        sku.weight_g = t.weight.trim().parse().map_err(|_| bad("weight_g", "请填写重量（克）"))?;
    }
    form.images = images.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
    Ok(form)
}

/// A product of a store's own as a form.
#[island]
pub fn LocalEditor(
    /// Whose.
    store: StoreId,
    /// Which; none: a new one.
    spu: Option<SpuId>,
    /// As it is.
    form: LocalForm,
    /// `draft`, `waiting`, `approved`, `rejected`.
    state: String,
    /// The store's categories.
    categories: Vec<Category>,
) -> impl IntoView {
    let is_new = spu.is_none();
    let uploads = StoredValue::new(format!("/api/v1/stores/{store}/uploads"));
    let looks = StoredValue::new(format!("/api/v1/stores/{store}/documents?file="));
    let api = format!("/api/v1/stores/{store}/local-products");
    let api = StoredValue::new(spu.map_or_else(|| api.clone(), |s| format!("{api}/{s}")));
    let page = StoredValue::new(format!("/console/s/{store}/local-products"));
    let key = StoredValue::new(String::new());
    let typed = form.skus.iter().map(|s| Typed { price: s.price.yuan(), weight: s.weight_g.to_string() }).collect::<Vec<_>>();
    // What is submitted is what is kept: what was typed since must be saved first.
    let kept = StoredValue::new((form.clone(), typed.clone(), form.images.join("\n")));
    let saved = StoredValue::new(false);
    let (typed, images) = (RwSignal::new(typed), RwSignal::new(form.images.join("\n")));
    let (version, waits, asks) = (form.version, state == "waiting", matches!(state.as_str(), "draft" | "rejected"));
    let chosen = form.category.clone();
    let held = RwSignal::new(form);
    let (busy, problem) = (RwSignal::new(true), RwSignal::new(None::<Problem>));
    Effect::new(move |_| busy.set(false));
    let frozen = move || busy.get() || waits;
    let changed = move || {
        kept.with_value(|(form, figures, pictures)| {
            held.with_untracked(|h| h != form) || typed.with_untracked(|t| t != figures) || images.with_untracked(|i| i != pictures)
        })
    };
    browser::ask_before_leaving(move || saved.try_get_value() == Some(false) && changed());
    let change = move |with: &dyn Fn(&mut LocalForm)| held.update(|h| with(h));
    let at_fault = move |name: &str| problem.with(|p| p.as_ref().is_some_and(|p| p.field.as_deref() == Some(name))).then_some("true");
    let refused = move |p: Problem| {
        problem.set(Some(p));
        busy.set(false);
    };
    let save = move |_| {
        let form = match written(&held.get_untracked(), &typed.get_untracked(), &images.get_untracked()) {
            Ok(form) => form,
            Err(p) => return problem.set(Some(p)),
        };
        busy.set(true);
        problem.set(None);
        if key.with_value(String::is_empty) {
            key.set_value(browser::fresh_key());
        }
        spawn_local(async move {
            let path = api.get_value();
            if is_new {
                match browser::post_once::<LocalView>(&path, &key.get_value(), &form).await {
                    Ok(made) => {
                        saved.set_value(true);
                        browser::go(&format!("{}/{}", page.get_value(), made.card.spu));
                    }
                    Err(p) => {
                        // Corrected, it is another request.
                        key.set_value(browser::fresh_key());
                        refused(p);
                    }
                }
            } else {
                match browser::put::<LocalView>(&path, &form).await {
                    Ok(_) => {
                        saved.set_value(true);
                        browser::reload();
                    }
                    Err(p) => refused(p),
                }
            }
        });
    };
    let step = move |what: &'static str| {
        if changed() {
            return problem.set(Some(Problem::new(Code::BadRequest, "有修改尚未保存，请先保存")));
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<IgnoredAny>(&format!("{}/{what}", api.get_value()), &LocalStep { version }).await {
                Ok(_) => browser::reload(),
                Err(p) => refused(p),
            }
        });
    };
    let sku_text = move |i: usize, title: &'static str, name: &'static str, field: OfSku| {
        view! {
            <label class="day">
                <span>{title}</span>
                <input
                    disabled=frozen
                    aria-invalid=move || at_fault(&format!("skus[{i}].{name}"))
                    prop:value=move || held.with(|h| h.skus.get(i).cloned()).map(|mut s| field(&mut s).clone()).unwrap_or_default()
                    on:input=move |e| {
                        let value = event_target_value(&e);
                        change(&|h| if let Some(s) = h.skus.get_mut(i) { field(s).clone_from(&value) });
                    }
                />
            </label>
        }
    };
    let figure = move |i: usize, title: &'static str, name: &'static str, get: fn(&mut Typed) -> &mut String| {
        view! {
            <label class="day">
                <span>{title}</span>
                <input
                    inputmode="decimal"
                    disabled=frozen
                    aria-invalid=move || at_fault(&format!("skus[{i}].{name}"))
                    prop:value=move || typed.with(|t| t.get(i).cloned()).map(|mut t| get(&mut t).clone()).unwrap_or_default()
                    on:input=move |e| {
                        let value = event_target_value(&e);
                        typed.update(|t| if let Some(t) = t.get_mut(i) { get(t).clone_from(&value) });
                    }
                />
            </label>
        }
    };
    let document = move |i: usize, title: &'static str, name: &'static str, kind: &'static str, list: Option<&'static str>, field: OfDocument| {
        view! {
            <label class="day">
                <span>{title}</span>
                <input
                    type=kind
                    list=list
                    disabled=frozen
                    aria-invalid=move || at_fault(&format!("documents[{i}].{name}"))
                    prop:value=move || held.with(|h| h.documents.get(i).cloned()).map(|mut d| field(&mut d).clone()).unwrap_or_default()
                    on:input=move |e| {
                        let value = event_target_value(&e);
                        change(&|h| if let Some(d) = h.documents.get_mut(i) { field(d).clone_from(&value) });
                    }
                />
            </label>
        }
    };
    let skus = Memo::new(move |_| held.with(|h| h.skus.len()));
    let documents = Memo::new(move |_| held.with(|h| h.documents.len()));
    let add_sku = move |_| {
        held.update(|h| h.skus.push(LocalSku { sku: None, spec: String::new(), price: Fen(0), barcode: String::new(), weight_g: 0 }));
        typed.update(|t| t.push(Typed::default()));
    };
    let drop_sku = move |i: usize| {
        held.update(|h| {
            if i < h.skus.len() {
                h.skus.remove(i);
            }
        });
        typed.update(|t| {
            if i < t.len() {
                t.remove(i);
            }
        });
    };
    let pictures = Signal::derive(move || images.with(|t| t.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect::<Vec<_>>()));
    let set_pictures = Callback::new(move |all: Vec<String>| images.set(all.join("\n")));
    let stands = Signal::derive(frozen);
    let paper = move |i: usize| {
        let value = Signal::derive(move || held.with(|h| h.documents.get(i).map(|d| d.file.clone()).unwrap_or_default()));
        let set = Callback::new(move |file: String| {
            held.update(|h| {
                if let Some(d) = h.documents.get_mut(i) {
                    d.file = file
                }
            })
        });
        view! { <DocumentField route=uploads looks=looks value=value set=set disabled=stands /> }
    };
    let new_document = || LocalDocument { kind: String::new(), number: String::new(), expires: String::new(), file: String::new() };
    let add_document = move |_| held.update(|h| h.documents.push(new_document()));
    view! {
        <section class="stock-desk opening" aria-label="本地商品">
            <datalist id="document-kinds">{KINDS.into_iter().map(|k| view! { <option value=k></option> }).collect_view()}</datalist>
            <div class="papers">
                <label class="day wide">
                    <span>"商品名称"</span>
                    <input maxlength="60" disabled=frozen aria-invalid=move || at_fault("name") prop:value=move || held.with(|h| h.name.clone()) on:input=move |e| { let v = event_target_value(&e); change(&|h| h.name.clone_from(&v)); } />
                </label>
                <label class="day">
                    <span>"类目"</span>
                    <select disabled=frozen aria-invalid=move || at_fault("category") on:change=move |e| { let v = event_target_value(&e); change(&|h| h.category.clone_from(&v)); }>
                        <option value="">"请选择"</option>
                        {categories.into_iter().map(|c| { let here = c.key == chosen; view! { <option value=c.key selected=here>{c.name}</option> } }).collect_view()}
                    </select>
                </label>
                <label class="day">
                    <span>"产地（可不填）"</span>
                    <input maxlength="30" disabled=frozen prop:value=move || held.with(|h| h.origin.clone()) on:input=move |e| { let v = event_target_value(&e); change(&|h| h.origin.clone_from(&v)); } />
                </label>
            </div>
            <label class="day wide">
                <span>"描述"</span>
                <textarea rows="3" maxlength="2000" disabled=frozen aria-invalid=move || at_fault("description") prop:value=move || held.with(|h| h.description.clone()) on:input=move |e| { let v = event_target_value(&e); change(&|h| h.description.clone_from(&v)); }></textarea>
            </label>
            <h2>"图片"</h2>
            <PictureField route=uploads value=pictures set=set_pictures disabled=stands most=10 />
            <details class="fold">
                <summary>"用地址添加图片"</summary>
                <label class="day wide">
                    <span>"图片地址（每行一个，以 /media/ 或 https:// 开头）"</span>
                    <textarea rows="2" disabled=frozen aria-invalid=move || at_fault("images") prop:value=images on:input=move |e| images.set(event_target_value(&e))></textarea>
                </label>
            </details>
            <h2>"规格"</h2>
            <ul>
                {move || (0..skus.get()).map(|i| view! {
                    <li class="papers">
                        {sku_text(i, "规格名称", "spec", |s| &mut s.spec)}
                        {figure(i, "售价（元）", "price", |t| &mut t.price)}
                        {figure(i, "重量（克）", "weight_g", |t| &mut t.weight)}
                        {sku_text(i, "条码（可不填）", "barcode", |s| &mut s.barcode)}
                        <button type="button" disabled=frozen aria-label="删除这个规格" on:click=move |_| drop_sku(i)>"删除"</button>
                    </li>
                }).collect_view()}
            </ul>
            <div class="papers"><button type="button" disabled=frozen on:click=add_sku>"添加规格"</button></div>
            <h2>"资质"</h2>
            <p class="sub">"到期当日 24 点起自动停售；到期前 30、7、1 天会提醒。"</p>
            <ul>
                {move || (0..documents.get()).map(|i| view! {
                    <li class="papers">
                        {document(i, "类型", "kind", "text", Some("document-kinds"), |d| &mut d.kind)}
                        {document(i, "编号", "number", "text", None, |d| &mut d.number)}
                        {document(i, "有效期至（长期可不填）", "expires", "date", None, |d| &mut d.expires)}
                        {paper(i)}
                        {document(i, "文件地址", "file", "text", None, |d| &mut d.file)}
                        <button type="button" disabled=frozen aria-label="删除这份资质" on:click=move |_| change(&|h| if i < h.documents.len() { h.documents.remove(i); })>"删除"</button>
                    </li>
                }).collect_view()}
            </ul>
            <div class="papers"><button type="button" disabled=frozen on:click=add_document>"添加资质"</button></div>
            <label class="check">
                <input type="checkbox" disabled=frozen prop:checked=move || held.with(|h| h.on) on:change=move |e| { let on = event_target_checked(&e); change(&|h| h.on = on); } />
                "销售中（通过审核后生效）"
            </label>
            <div class="papers">
                <button type="button" class="primary" disabled=frozen on:click=save>"保存"</button>
                <button type="button" disabled=busy hidden={is_new || !asks} on:click=move |_| step("submit")>"提交总部审核"</button>
                <button type="button" disabled=busy hidden=!waits on:click=move |_| step("withdraw")>"撤回申请"</button>
            </div>
            <Refusal problem=problem />
        </section>
    }
}

/// HQ's answer to a product that waits.
#[island]
pub fn LocalReview(
    /// Whose.
    store: StoreId,
    /// Which.
    spu: SpuId,
    /// As HQ sees it.
    version: u64,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/hq/local-products/{spu}/decision"));
    let store = StoredValue::new(store);
    let (busy, rejects, why) = (RwSignal::new(true), RwSignal::new(false), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(false));
    let decide = move |approve: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let reason = Some(why.get_untracked()).filter(|_| !approve);
        let ask = DecideLocal { store: store.get_value(), approve, reason, version };
        spawn_local(async move {
            match browser::post::<IgnoredAny>(&path.get_value(), &ask).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <div class="actions">
            <button type="button" class="primary" disabled=busy on:click=move |_| decide(true)>"通过"</button>
            <button type="button" disabled=busy hidden=rejects on:click=move |_| rejects.set(true)>"不通过"</button>
        </div>
        <div class="lookup" hidden=move || !rejects.get()>
            <input aria-label="不通过的原因" placeholder="不通过的原因（必填）" maxlength="200" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
            <button type="button" disabled=busy on:click=move |_| decide(false)>"确认不通过"</button>
        </div>
        <Refusal problem=problem />
    }
}
