//! One product, whole: every field with what is wrong with it beside it. What was typed stays until it is saved.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Fen, ImageKind, OptionKind, Problem, ProductStatus, RegionId, Storage,
    api::{LibraryAttribute, LibraryCategory, LibraryImage, LibraryOption, LibraryOptionValue, LibraryProduct, LibrarySkuEdit},
};

use crate::{
    browser,
    islands::kit::{Refusal, uploads::PictureField},
    text,
};

/// A SKU as typed.
#[derive(Debug, Clone, PartialEq)]
struct SkuForm {
    sku: String,
    spec: String,
    choice: String,
    barcodes: String,
    price: String,
    floor: String,
    regions: String,
    weight: String,
    picture: String,
    retired: bool,
}

/// A product as typed.
#[derive(Debug, Clone, PartialEq)]
struct Form {
    spu: String,
    name: String,
    category: String,
    brand: String,
    description: String,
    images: String,
    attributes: BTreeMap<String, String>,
    options: String,
    skus: Vec<SkuForm>,
    flagship: bool,
    mandatory: bool,
    offline_only: bool,
    tracks_expiry: bool,
    storage: Storage,
    origin: String,
    shelf_life: String,
    ingredients: String,
    keywords: String,
    status: ProductStatus,
    rank: String,
    version: u64,
    /// Kinds and sizes of pictures that were there already.
    known: Vec<LibraryImage>,
}

/// Parts of a text, without empty ones.
fn parts<'a>(text: &'a str, between: &'a [char]) -> impl Iterator<Item = &'a str> {
    text.split(between).map(str::trim).filter(|p| !p.is_empty())
}

fn bad<T>(field: impl Into<String>, why: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::new(Code::BadRequest, why).at(field))
}

/// Yuan as typed: at most two decimals.
fn yuan(typed: &str, field: &str) -> Result<Fen, Problem> {
    let typed = typed.trim().trim_start_matches(['¥', '￥']).trim();
    let (whole, part) = typed.split_once('.').unwrap_or((typed, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let fen =
        (digits(whole) && digits(part) && part.len() <= 2 && whole.len() <= 9).then(|| format!("{whole}{part:0<2}").parse::<i64>().ok()).flatten();
    fen.map_or_else(|| bad(field, "金额请写成 12.90 的样子"), |n| Ok(Fen(n)))
}

fn whole(typed: &str, field: &str) -> Result<u32, Problem> {
    typed.trim().parse().or_else(|_| bad(field, "请填写不带小数的数字"))
}

impl SkuForm {
    fn of(s: &LibrarySkuEdit) -> Self {
        let pairs = |all: Vec<String>| all.join("；");
        Self {
            sku: s.sku.to_string(),
            spec: s.spec.clone(),
            choice: pairs(s.choice.iter().map(|(k, v)| format!("{k}={v}")).collect()),
            barcodes: pairs(s.barcodes.clone()),
            price: s.price.yuan(),
            floor: s.floor.yuan(),
            regions: pairs(s.region_prices.iter().map(|(r, p)| format!("{r}={}", p.yuan())).collect()),
            weight: s.weight_g.to_string(),
            picture: s.picture.clone(),
            retired: s.retired,
        }
    }

    fn read(&self, i: usize) -> Result<LibrarySkuEdit, Problem> {
        let at = |name: &str| format!("skus[{i}].{name}");
        let Ok(sku) = self.sku.trim().parse() else {
            return bad(at("sku"), "规格编码应以 sku_ 开头，后面是 1 到 40 位字母、数字或连字符");
        };
        let mut choice = BTreeMap::new();
        for part in parts(&self.choice, &[';', '；', ',', '，']) {
            let Some((key, value)) = part.split_once('=') else { return bad(at("choice"), "请写成“规格项编码=值编码”") };
            choice.insert(key.trim().to_owned(), value.trim().to_owned());
        }
        let mut region_prices: BTreeMap<RegionId, Fen> = BTreeMap::new();
        for part in parts(&self.regions, &[';', '；', ',', '，']) {
            let pair = part.split_once('=').and_then(|(region, price)| Some((region.trim().parse().ok()?, price)));
            let Some((region, price)) = pair else {
                return bad(at("region_prices"), "请写成“区域编码=价格”，区域编码以 reg_ 开头");
            };
            region_prices.insert(region, yuan(price, &at("region_prices"))?);
        }
        Ok(LibrarySkuEdit {
            sku,
            spec: self.spec.trim().to_owned(),
            choice,
            barcodes: parts(&self.barcodes, &[';', '；', ',', '，', '、']).map(str::to_owned).collect(),
            price: yuan(&self.price, &at("price"))?,
            floor: yuan(&self.floor, &at("floor"))?,
            region_prices,
            weight_g: whole(&self.weight, &at("weight_g"))?,
            picture: self.picture.trim().to_owned(),
            retired: self.retired,
        })
    }
}

fn option_line(o: &LibraryOption) -> String {
    let values: Vec<String> = o.values.iter().map(|v| format!("{}={}", v.key, v.name)).collect();
    let kind = match o.kind {
        OptionKind::Stock => "库存",
        OptionKind::Wish => "做法",
    };
    format!("{}|{kind}|{}|{}", o.key, o.name, values.join(","))
}

fn option_of(line: &str, i: usize) -> Result<LibraryOption, Problem> {
    let field = format!("options[{i}]");
    let form = "每行写成“编码|库存|名称|值=名称,值=名称”，第二段为库存或做法";
    let cut: Vec<&str> = line.split(['|', '｜']).map(str::trim).collect();
    let [key, kind, name, values] = cut[..] else { return bad(field, form) };
    let kind = match kind {
        "库存" => OptionKind::Stock,
        "做法" => OptionKind::Wish,
        _ => return bad(field, form),
    };
    let mut all = Vec::new();
    for value in parts(values, &[',', '，', '、']) {
        let Some((key, name)) = value.split_once('=') else { return bad(field, form) };
        all.push(LibraryOptionValue { key: key.trim().to_owned(), name: name.trim().to_owned() });
    }
    Ok(LibraryOption { key: key.to_owned(), name: name.to_owned(), kind, values: all })
}

/// A picture's kind by the end of its address.
fn kind_of(file: &str) -> ImageKind {
    let end = file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "png" => ImageKind::Png,
        "webp" => ImageKind::Webp,
        "svg" => ImageKind::Svg,
        _ => ImageKind::Jpeg,
    }
}

impl Form {
    fn of(p: LibraryProduct) -> Self {
        Self {
            spu: p.spu.to_string(),
            name: p.name,
            category: p.category,
            brand: p.brand,
            description: p.description,
            images: p.images.iter().map(|i| i.file.as_str()).collect::<Vec<_>>().join("\n"),
            attributes: p.attributes,
            options: p.options.iter().map(option_line).collect::<Vec<_>>().join("\n"),
            skus: p.skus.iter().map(SkuForm::of).collect(),
            flagship: p.flagship,
            mandatory: p.mandatory,
            offline_only: p.offline_only,
            tracks_expiry: p.tracks_expiry,
            storage: p.storage,
            origin: p.origin,
            shelf_life: p.shelf_life_days.map(|d| d.to_string()).unwrap_or_default(),
            ingredients: p.ingredients,
            keywords: p.keywords.join("；"),
            status: p.status,
            rank: p.rank.to_string(),
            version: p.version,
            known: p.images,
        }
    }

    /// What was typed, as the route takes it. `asked` are the attributes of its category: others are left behind.
    fn read(&self, asked: &[LibraryAttribute]) -> Result<LibraryProduct, Problem> {
        let Ok(spu) = self.spu.trim().parse() else {
            return bad("spu", "商品编码应以 spu_ 开头，后面是 1 到 40 位字母、数字或连字符");
        };
        let skus = self.skus.iter().enumerate().map(|(i, s)| s.read(i)).collect::<Result<Vec<_>, _>>()?;
        let image = |file: &str| {
            let known = self.known.iter().find(|k| k.file == file).cloned();
            known.unwrap_or_else(|| LibraryImage { file: file.to_owned(), kind: kind_of(file), bytes: 0 })
        };
        let shelf_life = self.shelf_life.trim();
        Ok(LibraryProduct {
            spu,
            name: self.name.trim().to_owned(),
            category: self.category.clone(),
            brand: self.brand.clone(),
            description: self.description.trim().to_owned(),
            images: parts(&self.images, &['\n']).map(image).collect(),
            attributes: self.attributes.iter().filter(|(k, _)| asked.iter().any(|a| a.key == **k)).map(|(k, v)| (k.clone(), v.clone())).collect(),
            options: parts(&self.options, &['\n']).enumerate().map(|(i, line)| option_of(line, i)).collect::<Result<Vec<_>, _>>()?,
            skus,
            flagship: self.flagship,
            mandatory: self.mandatory,
            offline_only: self.offline_only,
            tracks_expiry: self.tracks_expiry,
            storage: self.storage,
            origin: self.origin.trim().to_owned(),
            shelf_life_days: if shelf_life.is_empty() { None } else { Some(whole(shelf_life, "shelf_life_days")?) },
            ingredients: self.ingredients.trim().to_owned(),
            keywords: parts(&self.keywords, &[';', '；', ',', '，', '、']).map(str::to_owned).collect(),
            status: self.status,
            rank: whole(&self.rank, "rank")?,
            version: self.version,
        })
    }
}

/// What is asked of goods of a category, with what is asked above it; where both ask for one key, the lower counts.
fn asked_of(categories: &[LibraryCategory], key: &str) -> Vec<LibraryAttribute> {
    let mut path = Vec::new();
    let mut at = categories.iter().find(|c| c.key == key);
    while let Some(c) = at.filter(|_| path.len() < 3) {
        path.push(c);
        at = c.parent.as_deref().and_then(|p| categories.iter().find(|c| c.key == p));
    }
    let mut all: Vec<LibraryAttribute> = Vec::new();
    for a in path.into_iter().rev().flat_map(|c| &c.attributes) {
        all.retain(|r| r.key != a.key);
        all.push(a.clone());
    }
    all
}

type GetText = fn(&Form) -> &String;
type SetText = fn(&mut Form) -> &mut String;
type GetSku = fn(&SkuForm) -> &String;
type SetSku = fn(&mut SkuForm) -> &mut String;
type Flag = fn(&mut Form) -> &mut bool;

/// The editor of a product.
#[island]
pub fn ProductEditor(
    /// As it is.
    product: LibraryProduct,
    /// It is not kept yet: its codes can be chosen.
    fresh: bool,
    /// May this person change it?
    sets: bool,
    /// Keys of the categories with their names, set in by level.
    choices: Vec<(String, String)>,
    /// The categories, with what they ask.
    categories: Vec<LibraryCategory>,
    /// Keys of the brands with their names.
    brands: Vec<(String, String)>,
) -> impl IntoView {
    let form = Form::of(product);
    let status_at_first = form.status;
    let kept = StoredValue::new(form.clone());
    let held = RwSignal::new(form);
    let (busy, saved) = (RwSignal::new(true), RwSignal::new(false));
    let problem = RwSignal::new(None::<Problem>);
    let categories = StoredValue::new(categories);
    let rows = Memo::new(move |_| held.with(|h| h.skus.len()));
    // After a save other statuses may follow.
    let version = Memo::new(move |_| held.with(|h| h.version));
    let attributes = Memo::new(move |_| held.with(|h| categories.with_value(|all| asked_of(all, &h.category))));
    let changed = move || held.with(|h| kept.with_value(|k| k != h));
    Effect::new(move |_| busy.set(!sets));
    browser::ask_before_leaving(move || held.try_with_untracked(|h| kept.try_with_value(|k| k != h).unwrap_or(false)).unwrap_or(false));
    let edit = move |with: &dyn Fn(&mut Form)| {
        held.update(|h| with(h));
        saved.set(false);
    };
    // A refusal stands at its field, and at the foot of the form.
    let fault = move |field: &str| {
        let field = field.to_owned();
        problem.with(|p| {
            p.as_ref()
                .filter(|p| {
                    p.field.as_deref().is_some_and(|f| f == field || f.strip_prefix(field.as_str()).is_some_and(|rest| rest.starts_with(['[', '.'])))
                })
                .map(|p| p.detail.clone())
        })
    };
    let line = move |title: &'static str, hint: &'static str, name: &'static str, get: GetText, set: SetText| {
        view! {
            <label class="rule">
                <span>{title}<small>{hint}</small><small class="wrong" role="alert">{move || fault(name)}</small></span>
                <input
                    disabled=busy
                    aria-invalid=move || fault(name).is_some().then_some("true")
                    value=held.with_untracked(|h| get(h).clone())
                    prop:value=move || held.with(|h| get(h).clone())
                    on:input=move |e| {
                        let typed = event_target_value(&e);
                        edit(&|h| set(h).clone_from(&typed));
                    }
                />
            </label>
        }
    };
    let lines = move |title: &'static str, hint: &'static str, name: &'static str, get: GetText, set: SetText| {
        view! {
            <label class="rule tall">
                <span>{title}<small>{hint}</small><small class="wrong" role="alert">{move || fault(name)}</small></span>
                <textarea
                    rows="3"
                    disabled=busy
                    aria-invalid=move || fault(name).is_some().then_some("true")
                    prop:value=move || held.with(|h| get(h).clone())
                    on:input=move |e| {
                        let typed = event_target_value(&e);
                        edit(&|h| set(h).clone_from(&typed));
                    }
                >
                    {held.with_untracked(|h| get(h).clone())}
                </textarea>
            </label>
        }
    };
    let flag = move |title: &'static str, field: Flag| {
        let is = move || held.with(|h| *field(&mut h.clone()));
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    disabled=busy
                    checked=held.with_untracked(|h| *field(&mut h.clone()))
                    prop:checked=is
                    on:change=move |e| {
                        let ticked = event_target_checked(&e);
                        edit(&|h| *field(h) = ticked);
                    }
                />
                {title}
            </label>
        }
    };
    let choose = move |title: &'static str, name: &'static str, none: &'static str, of: Vec<(String, String)>, get: GetText, set: SetText| {
        let options = of
            .into_iter()
            .map(|(key, word)| {
                let own = key.clone();
                view! { <option value=key selected=move || held.with(|h| *get(h) == own)>{word}</option> }
            })
            .collect_view();
        view! {
            <label class="rule">
                <span>{title}<small class="wrong" role="alert">{move || fault(name)}</small></span>
                <select
                    disabled=busy
                    aria-invalid=move || fault(name).is_some().then_some("true")
                    on:change=move |e| {
                        let chosen = event_target_value(&e);
                        edit(&|h| set(h).clone_from(&chosen));
                    }
                >
                    <option value="">{none}</option>
                    {options}
                </select>
            </label>
        }
    };
    let cell = move |i: usize, title: &'static str, name: &'static str, get: GetSku, set: SetSku| {
        let field = StoredValue::new(format!("skus[{i}].{name}"));
        let wrong = move || field.with_value(|f| fault(f));
        view! {
            <label class="day">
                <span>{title}<small class="wrong" role="alert">{wrong}</small></span>
                <input
                    disabled=busy
                    aria-invalid=move || wrong().is_some().then_some("true")
                    value=held.with_untracked(|h| h.skus.get(i).map(|s| get(s).clone()).unwrap_or_default())
                    prop:value=move || held.with(|h| h.skus.get(i).map(|s| get(s).clone()).unwrap_or_default())
                    on:input=move |e| {
                        let typed = event_target_value(&e);
                        edit(&|h| if let Some(s) = h.skus.get_mut(i) { set(s).clone_from(&typed) });
                    }
                />
            </label>
        }
    };
    let sku_row = move |i: usize| {
        let retired = move || held.with(|h| h.skus.get(i).is_some_and(|s| s.retired));
        // What may have been sold is retired, not taken away.
        let removable = fresh || status_at_first == ProductStatus::Draft || kept.with_value(|k| i >= k.skus.len());
        view! {
            <li class="papers sku" class:faint=retired>
                {cell(i, "规格名称", "spec", |s| &s.spec, |s| &mut s.spec)}
                {cell(i, "规格编码", "sku", |s| &s.sku, |s| &mut s.sku)}
                {cell(i, "建议售价（元）", "price", |s| &s.price, |s| &mut s.price)}
                {cell(i, "最低售价（元）", "floor", |s| &s.floor, |s| &mut s.floor)}
                {cell(i, "条码（分号隔开）", "barcodes", |s| &s.barcodes, |s| &mut s.barcodes)}
                {cell(i, "区域价（reg_…=价格）", "region_prices", |s| &s.regions, |s| &mut s.regions)}
                {cell(i, "重量（克）", "weight_g", |s| &s.weight, |s| &mut s.weight)}
                {cell(i, "规格选择（项=值）", "choice", |s| &s.choice, |s| &mut s.choice)}
                {cell(i, "图片地址", "picture", |s| &s.picture, |s| &mut s.picture)}
                <label class="check">
                    <input
                        type="checkbox"
                        disabled=busy
                        checked=held.with_untracked(|h| h.skus.get(i).is_some_and(|s| s.retired))
                        prop:checked=retired
                        on:change=move |e| {
                            let ticked = event_target_checked(&e);
                            edit(&|h| if let Some(s) = h.skus.get_mut(i) { s.retired = ticked });
                        }
                    />
                    "停用"
                </label>
                {removable.then(|| view! {
                    <button type="button" disabled=busy on:click=move |_| edit(&|h| if i < h.skus.len() { h.skus.remove(i); })>"删除"</button>
                })}
            </li>
        }
    };
    let add = move |_| {
        edit(&|h| {
            let tail = h.spu.trim().trim_start_matches("spu_");
            let n = (1..).find(|n| h.skus.iter().all(|s| s.sku != format!("sku_{tail}-{n}"))).unwrap_or(1);
            let like = h.skus.last().cloned();
            h.skus.push(SkuForm {
                sku: format!("sku_{tail}-{n}"),
                spec: String::new(),
                choice: String::new(),
                barcodes: String::new(),
                picture: String::new(),
                regions: String::new(),
                retired: false,
                price: like.as_ref().map(|s| s.price.clone()).unwrap_or_default(),
                floor: like.as_ref().map(|s| s.floor.clone()).unwrap_or_default(),
                weight: like.map_or_else(|| "0".to_owned(), |s| s.weight),
            });
        });
    };
    let attribute = move |a: LibraryAttribute| {
        let key = StoredValue::new(a.key.clone());
        let value = move || held.with(|h| key.with_value(|k| h.attributes.get(k).cloned().unwrap_or_default()));
        let wrong = move || fault(&format!("attributes.{}", key.get_value()));
        let put = move |typed: String| {
            edit(&|h| {
                h.attributes.insert(key.get_value(), typed.clone());
            })
        };
        let title = format!("{}{}", a.name, if a.required { "（上架前必填）" } else { "" });
        let options = match a.kind.as_str() {
            "flag" => vec!["是".to_owned(), "否".to_owned()],
            "choice" => a.choices,
            _ => Vec::new(),
        };
        let input = if options.is_empty() {
            view! { <input disabled=busy prop:value=value on:input=move |e| put(event_target_value(&e)) /> }.into_any()
        } else {
            let options = options
                .into_iter()
                .map(|o| {
                    let own = o.clone();
                    let shown = o.clone();
                    view! { <option value=o selected=move || value() == own>{shown}</option> }
                })
                .collect_view();
            view! { <select disabled=busy on:change=move |e| put(event_target_value(&e))><option value="">"未填写"</option>{options}</select> }
                .into_any()
        };
        view! { <label class="rule"><span>{title}<small class="wrong" role="alert">{wrong}</small></span>{input}</label> }
    };
    let save = move |_| {
        saved.set(false);
        let read = held.with_untracked(|h| h.read(&attributes.get_untracked()));
        let body = match read {
            Ok(body) => body,
            Err(p) => {
                problem.set(Some(p));
                return;
            }
        };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let path = format!("/api/v1/hq/products/{}", text::percent(body.spu.as_str()));
            match browser::put::<LibraryProduct>(&path, &body).await {
                Ok(now) => {
                    let now = Form::of(now);
                    kept.set_value(now.clone());
                    held.set(now);
                    saved.set(true);
                    if fresh {
                        browser::go(&format!("/console/hq/products/{}", text::percent(body.spu.as_str())));
                    }
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let statuses = move || {
        ProductStatus::ALL
            .into_iter()
            .map(|s| {
                let on = move || held.with(|h| h.status == s);
                let open = kept.with_value(|k| k.status.may_become(s)) && !(fresh && s == ProductStatus::Off);
                view! {
                    <button type="button" class:on=on aria-pressed=move || on().to_string() disabled=move || busy.get() || !open on:click=move |_| edit(&|h| h.status = s)>
                        {s.name()}
                    </button>
                }
            })
            .collect_view()
    };
    let uploads = StoredValue::new("/api/v1/hq/uploads".to_owned());
    let pictures = Signal::derive(move || held.with(|h| parts(&h.images, &['\n']).map(str::to_owned).collect::<Vec<_>>()));
    let set_pictures = Callback::new(move |all: Vec<String>| {
        let lines = all.join("\n");
        edit(&|h| h.images.clone_from(&lines));
    });
    let storages = Storage::ALL
        .into_iter()
        .map(|s| {
            let on = move || held.with(|h| h.storage == s);
            view! {
                <button type="button" class:on=on aria-pressed=move || on().to_string() disabled=busy on:click=move |_| edit(&|h| h.storage = s)>
                    {s.name()}
                </button>
            }
        })
        .collect_view();
    view! {
        <section class="stock-desk rules product" aria-label="商品">
            {fresh.then(|| line("商品编码", "保存后不能修改", "spu", |h| &h.spu, |h| &mut h.spu))}
            {line("商品名称", "最多 60 个字", "name", |h| &h.name, |h| &mut h.name)}
            {choose("类目", "category", "请选择", choices, |h| &h.category, |h| &mut h.category)}
            {choose("品牌", "brand", "无品牌", brands, |h| &h.brand, |h| &mut h.brand)}
            {move || attributes.get().into_iter().map(attribute).collect_view()}
            <h2>"状态"</h2>
            <div class="kinds" role="group" aria-label="状态">{move || { version.track(); statuses() }}</div>
            <p class="wrong" role="alert">{move || fault("status")}</p>
            <h2>"规格与价格"</h2>
            <p class="wrong" role="alert">{move || problem.with(|p| p.as_ref().filter(|p| p.field.as_deref() == Some("skus")).map(|p| p.detail.clone()))}</p>
            <ul class="skus">{move || (0..rows.get()).map(sku_row).collect_view()}</ul>
            <div class="papers" hidden=!sets>
                <button type="button" disabled=busy on:click=add>"添加规格"</button>
            </div>
            {lines("规格项", "每行一项：编码|库存|名称|值=名称,值=名称；“做法”只是顾客的选择，没有库存", "options", |h| &h.options, |h| &mut h.options)}
            <h2>"规则"</h2>
            {flag("品牌主推：门店不能改价、不能下架", |h| &mut h.flagship)}
            {flag("必上：可售的门店都必须有", |h| &mut h.mandatory)}
            {flag("仅线下收银销售", |h| &mut h.offline_only)}
            {flag("按批次管理效期", |h| &mut h.tracks_expiry)}
            <h2>"储存方式"</h2>
            <div class="kinds" role="group" aria-label="储存方式">{storages}</div>
            <h2>"图文"</h2>
            <PictureField route=uploads value=pictures set=set_pictures disabled=busy.into() most=10 />
            {lines("图片地址", "每行一张，第一张是主图，最多 10 张", "images", |h| &h.images, |h| &mut h.images)}
            {lines("描述", "最多 2000 个字", "description", |h| &h.description, |h| &mut h.description)}
            {lines("配料", "", "ingredients", |h| &h.ingredients, |h| &mut h.ingredients)}
            {line("产地", "", "origin", |h| &h.origin, |h| &mut h.origin)}
            {line("保质期（天）", "不填为无保质期", "shelf_life_days", |h| &h.shelf_life, |h| &mut h.shelf_life)}
            {line("搜索词", "分号隔开，最多 20 个", "keywords", |h| &h.keywords, |h| &mut h.keywords)}
            {line("排序", "类目内从小到大", "rank", |h| &h.rank, |h| &mut h.rank)}
            <div class="papers" hidden=!sets>
                <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
                <span class="sub" hidden=move || !changed()>"有修改尚未保存"</span>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || !saved.get()>"已保存，门店页面、试算和下单立即按此执行。刷新页面可以看到修改记录。"</p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product() -> LibraryProduct {
        serde_json::from_value(serde_json::json!({
            "spu": "spu_a", "name": "奶茶", "category": "tea", "status": "on", "version": 3, "rank": 2, "shelf_life_days": 9, "keywords": ["甜", "奶"],
            "images": [{"file": "/p/a.png", "kind": "png", "bytes": 9}], "attributes": {"degree": "1"},
            "options": [{"key": "cup", "name": "杯型", "kind": "stock", "values": [{"key": "m", "name": "中杯"}]},
                        {"key": "sugar", "name": "糖度", "kind": "wish", "values": [{"key": "half", "name": "半糖"}, {"key": "full", "name": "正常"}]}],
            "skus": [{"sku": "sku_a", "spec": "中杯", "choice": {"cup": "m"}, "barcodes": ["6901234567892", "96385074"], "price": 1290, "floor": 1000,
                      "region_prices": {"reg_east-sh": 1350}, "weight_g": 450}],
        }))
        .unwrap()
    }

    fn asked() -> Vec<LibraryAttribute> {
        vec![LibraryAttribute {
            key: "degree".into(),
            name: "度".into(),
            kind: "text".into(),
            most: 9,
            least: 0,
            choices: Vec::new(),
            required: false,
        }]
    }

    #[test]
    fn given_a_product_when_nothing_is_typed_then_what_is_saved_is_what_was_there() {
        assert_eq!(Form::of(product()).read(&asked()).unwrap(), product());
        assert!(Form::of(product()).read(&[]).unwrap().attributes.is_empty(), "what its category does not ask is left behind");
    }

    #[test]
    fn given_what_cannot_be_read_when_saved_then_its_field_is_named() {
        let field = |change: &dyn Fn(&mut Form)| {
            let mut form = Form::of(product());
            change(&mut form);
            form.read(&asked()).unwrap_err().field.unwrap()
        };
        assert_eq!(field(&|f| f.skus[0].price = "12,9".into()), "skus[0].price");
        assert_eq!(field(&|f| f.skus[0].floor = "1.234".into()), "skus[0].floor");
        assert_eq!(field(&|f| f.skus[0].sku = "a b".into()), "skus[0].sku");
        assert_eq!(field(&|f| f.skus[0].regions = "east=1".into()), "skus[0].region_prices");
        assert_eq!(field(&|f| f.options = "cup|库存".into()), "options[0]");
        assert_eq!(field(&|f| f.shelf_life = "九".into()), "shelf_life_days");
        assert_eq!(field(&|f| f.rank = "-1".into()), "rank");
    }
}
