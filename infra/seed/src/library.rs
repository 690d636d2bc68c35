//! HQ's library of the demo chain: categories, brands and products, out of `data/` and a few that show what goods can be besides on sale.

use std::collections::BTreeMap;

use liandian_domain::catalog::{
    barcode::{Barcode, check_digit},
    category::{AttributeKind, AttributeRule, Category, CategoryTree},
    library::{BrandList, Categories},
    product::{Brand, Brands, Image, ImageKind, OptionKind, OptionValue, Product, ProductOption, ProductStatus, Sku, Storage},
};
use liandian_types::Fen;

use crate::{
    chain::id,
    data::{self, Good},
    pictures,
};

/// Keys of the brands.
const BRANDS: [(&str, &str); 15] = [
    ("yunpan", "云畔牧"),
    ("donglifang", "冻立方"),
    ("jingxiaoyue", "净小月"),
    ("shanyeji", "山野集"),
    ("xiangkouwei", "巷口味"),
    ("shimaifang", "拾麦坊"),
    ("jiangan", "江岸"),
    ("jiangwan", "江湾"),
    ("xishangqing", "溪上青"),
    ("bailujian", "白露间"),
    ("tongyaowu", "童谣屋"),
    ("cuicuiding", "脆脆町"),
    ("guxiaoman", "谷小满"),
    ("lianyunling", "连云岭"),
    ("lianyouxuan", "连优选"),
];

/// The same, of the rest.
const MORE_BRANDS: [(&str, &str); 2] = [("liancha", "连茶"), ("xuesongtang", "雪松堂")];

fn brand_list() -> impl Iterator<Item = (&'static str, &'static str)> {
    BRANDS.into_iter().chain(MORE_BRANDS)
}

/// The brands.
pub(crate) fn brands() -> BrandList {
    let all = brand_list().map(|(key, name)| Brand { key: key.to_owned(), name: name.to_owned(), logo: String::new() });
    BrandList { brands: Brands::of(all).unwrap_or_else(|e| panic!("{e:?}")), version: 1 }
}

/// The categories of the shops, and below some of them what HQ is about to begin with.
pub(crate) fn categories() -> Categories {
    let rule = |key: &str, name: &str, kind| AttributeRule { key: key.to_owned(), name: name.to_owned(), kind, required: false };
    let own = |key: &str| match key {
        "dairy" => vec![rule("fat", "脂肪含量", AttributeKind::Choice(vec!["全脂".into(), "低脂".into(), "脱脂".into()]))],
        "drinks" => vec![rule("sugar-free", "无糖", AttributeKind::Flag)],
        _ => Vec::new(),
    };
    let tops = data::categories().into_iter().enumerate().map(|(i, c)| Category {
        attributes: own(&c.key),
        permit: None,
        rank: u32::try_from(i).unwrap_or(0),
        key: c.key,
        name: c.name,
        parent: None,
    });
    let below = [("ready-coffee", "即饮咖啡", "drinks"), ("cold-brew", "冷萃", "ready-coffee"), ("imported-snacks", "进口零食", "snacks")];
    let below = below.into_iter().enumerate().map(|(i, (key, name, parent))| Category {
        key: key.to_owned(),
        name: name.to_owned(),
        parent: Some(parent.to_owned()),
        rank: u32::try_from(i).unwrap_or(0),
        attributes: if key == "ready-coffee" { vec![rule("caffeine", "咖啡因（毫克）", AttributeKind::Number(0, 400))] } else { Vec::new() },
        // What HQ is about to begin with: nobody lists it without the permit.
        permit: Some("食品经营许可证".to_owned()),
    });
    Categories { tree: CategoryTree::of(tops.chain(below).collect()).unwrap_or_else(|e| panic!("{e:?}")), version: 1 }
}

/// A code in the in-store range, with its check digit.
fn barcode(prefix: char, n: usize) -> Barcode {
    let payload = format!("{prefix}{n:011}");
    let code = format!("{payload}{}", check_digit(&payload));
    Barcode::read(&code).unwrap_or_else(|e| panic!("{code}: {e}"))
}

fn wishes() -> Vec<ProductOption> {
    let values = |all: [(&str, &str); 3]| all.map(|(key, name)| OptionValue { key: key.to_owned(), name: name.to_owned() }).to_vec();
    let option =
        |key: &str, name: &str, all| ProductOption { key: key.to_owned(), name: name.to_owned(), kind: OptionKind::Wish, values: values(all) };
    vec![
        option("sugar", "糖度", [("full", "正常糖"), ("half", "半糖"), ("none", "不另加糖")]),
        option("ice", "温度", [("ice", "正常冰"), ("less", "少冰"), ("hot", "热")]),
    ]
}

fn storage(g: &Good) -> Storage {
    match g.category.as_str() {
        "frozen" => Storage::Frozen,
        "dairy" if g.form.contains("ice") => Storage::Frozen,
        "dairy" => Storage::Chilled,
        _ => Storage::Normal,
    }
}

/// A product's one picture, by the tail of its id.
fn image(tail: &str) -> Vec<Image> {
    let file = pictures::address(tail);
    vec![Image { bytes: pictures::bytes(&file), kind: ImageKind::Webp, file }]
}

fn product(g: &Good, before: usize) -> Product {
    let brand = brand_list().find(|(_, name)| *name == g.brand).map_or_else(|| panic!("data/goods.csv: {}: brand {}", g.id, g.brand), |(key, _)| key);
    let several = g.specs.contains('|');
    let tracks_expiry = matches!(g.category.as_str(), "dairy" | "bakery") && !g.has("off");
    let skus = g.specs.split('|').enumerate().map(|(i, spec)| {
        let parts: Vec<&str> = spec.split(':').collect();
        let [text, price, grams] = parts[..] else { panic!("data/goods.csv: {}: {spec}", g.id) };
        let price = Fen(price.parse().unwrap_or_else(|_| panic!("data/goods.csv: {}: {spec}", g.id)));
        let n = before + i + 1;
        // What sells fast comes in two packings, each with a code.
        let barcodes = if g.has("fast") { vec![barcode('2', n), barcode('2', 5_000 + n)] } else { vec![barcode('2', n)] };
        Sku {
            sku: if several { id(&format!("sku_{}-{}", g.id, i + 1)) } else { id(&format!("sku_{}", g.id)) },
            spec: text.to_owned(),
            choice: BTreeMap::new(),
            barcodes,
            price,
            // Up to the next tenth of a yuan, so that price tags look like price tags.
            floor: Fen((price.0 * g.floor / 100 + 9) / 10 * 10),
            region_prices: BTreeMap::new(),
            weight_g: grams.parse().unwrap_or_else(|_| panic!("data/goods.csv: {}: {spec}", g.id)),
            picture: String::new(),
            retired: false,
        }
    });
    Product {
        spu: id(&format!("spu_{}", g.id)),
        name: g.name.clone(),
        category: g.category.clone(),
        brand: brand.to_owned(),
        description: g.description.clone(),
        images: image(&g.id),
        attributes: BTreeMap::new(),
        options: if g.category == "tea" { wishes() } else { Vec::new() },
        skus: skus.collect(),
        flagship: g.has("flagship"),
        mandatory: g.has("core") && g.has("fast"),
        offline_only: g.has("off"),
        tracks_expiry,
        storage: storage(g),
        origin: String::new(),
        shelf_life_days: tracks_expiry.then_some(if g.category == "bakery" { 3 } else { 21 }),
        ingredients: String::new(),
        keywords: Vec::new(),
        status: ProductStatus::On,
        rank: u32::try_from(before).unwrap_or(0),
        version: 1,
    }
}

/// A table of goods that waits for somebody to look at it: two of its rows are wrong.
pub(crate) const TABLE: &str = "\
规格编码,商品编码,商品名称,规格,类目,品牌,条码,建议售价,最低售价,储存方式,状态
cracker-sea,cracker-sea,海苔脆片,60g,imported-snacks,脆脆町,2000000091013,12.90,9.90,常温,草稿
cracker-corn,cracker-corn,玉米脆片,80g,imported-snacks,脆脆町,2000000091020,9.90,7.90,常温,草稿
cracker-rice,cracker-rice,米饼,100g,imported-snacks,脆脆町,2000000091030,8.90,6.90,常温,草稿
cracker-nut,cracker-nut,坚果脆片,60g,imported-snacks,脆脆町,,\"1,590.00\",13.90,常温,草稿
";

/// All products: those of the shops, in the order of `data/`, then one that is not ready and one that is gone.
pub(crate) fn products(goods: &[Good]) -> Vec<Product> {
    let mut all = Vec::with_capacity(goods.len() + 2);
    let mut before = 0;
    for g in goods {
        let p = product(g, before);
        before += p.skus.len();
        all.push(p);
    }
    let Some(like) = all.first().cloned() else { return all };
    let bottle = |tail: &str, spec: &str, cup: &str, price: i64, n: usize| Sku {
        sku: id(&format!("sku_{tail}")),
        spec: spec.to_owned(),
        choice: if cup.is_empty() { BTreeMap::new() } else { BTreeMap::from([("size".to_owned(), cup.to_owned())]) },
        barcodes: vec![barcode('2', 9_000 + n)],
        price: Fen(price),
        floor: Fen(price * 8 / 10),
        region_prices: BTreeMap::from([(id("reg_east-sh"), Fen(price + 100))]),
        weight_g: 320,
        picture: String::new(),
        retired: false,
    };
    let value = |key: &str, name: &str| OptionValue { key: key.to_owned(), name: name.to_owned() };
    let size = ProductOption {
        key: "size".to_owned(),
        name: "容量".to_owned(),
        kind: OptionKind::Stock,
        values: vec![value("s", "280ml"), value("l", "1L")],
    };
    let coffee = Product {
        spu: id("spu_coffee-coldbrew"),
        name: "冷萃黑咖啡".to_owned(),
        category: "cold-brew".to_owned(),
        brand: "liancha".to_owned(),
        description: "慢萃十二小时，准备春季上市。".to_owned(),
        images: image("coffee-coldbrew"),
        attributes: BTreeMap::from([("caffeine".to_owned(), "120".to_owned()), ("sugar-free".to_owned(), "是".to_owned())]),
        options: vec![size],
        skus: vec![bottle("coffee-coldbrew-1", "280ml", "s", 990, 1), bottle("coffee-coldbrew-2", "1L", "l", 2_490, 2)],
        flagship: false,
        mandatory: false,
        storage: Storage::Chilled,
        origin: "云南保山".to_owned(),
        shelf_life_days: Some(60),
        ingredients: "饮用水、咖啡豆".to_owned(),
        keywords: vec!["美式".to_owned(), "黑咖".to_owned()],
        status: ProductStatus::Draft,
        rank: 0,
        ..like.clone()
    };
    let soda = Product {
        spu: id("spu_soda-salt"),
        name: "海盐苏打水".to_owned(),
        category: "drinks".to_owned(),
        brand: "xishangqing".to_owned(),
        description: "已由新配方替代。".to_owned(),
        images: image("soda-salt"),
        skus: vec![Sku { region_prices: BTreeMap::new(), ..bottle("soda-salt", "400ml", "", 450, 3) }],
        flagship: false,
        mandatory: false,
        status: ProductStatus::Retired,
        rank: u32::try_from(before).unwrap_or(0),
        ..like
    };
    all.extend([coffee, soda]);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn given_the_table_when_read_then_it_has_good_rows_and_bad_ones() {
        let sheet = liandian_domain::catalog::import::read(TABLE.as_bytes(), &categories().tree, &brands().brands).unwrap();
        assert_eq!((sheet.rows, sheet.drafts.len(), sheet.faults.len()), (4, 2, 2), "{:?}", sheet.faults);
    }

    #[test]
    fn given_the_products_when_checked_then_nothing_is_wrong_and_each_kind_is_there() {
        let (products, categories, brands) = (products(&data::goods()), categories(), brands());
        for p in &products {
            let wrong = p.problems(&categories.tree, &brands.brands);
            assert!(wrong.is_empty(), "{}: {wrong:?}", p.spu);
        }
        assert_eq!(brands.brands.iter().count(), 17);
        let has = |what: &dyn Fn(&Product) -> bool| products.iter().any(what);
        assert!(has(&|p| p.status == ProductStatus::Draft) && has(&|p| p.status == ProductStatus::Retired) && has(&|p| p.skus.len() > 1));
        assert!(has(&|p| p.wishes().count() == 2) && has(&|p| p.storage == Storage::Frozen) && has(&|p| p.mandatory));
        let codes: Vec<String> = products.iter().flat_map(|p| &p.skus).flat_map(|s| &s.barcodes).map(Barcode::normal).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    }
}
