//! What some stores of the demo chain say in their own words, and products of their own: one on sale, one whose document ends in a few days, one that
//! waits for HQ.

use liandian_domain::{
    catalog::{
        LibrarySku, Listing,
        listing::Own,
        local::{Document, DocumentKind, LocalProduct, Review},
        product::{Image, ImageKind, Product, ProductStatus, Sku, Storage},
        review,
        upload::{self, KeptFile, Owner},
    },
    stores::{
        hours::{CHINA, day, midnight},
        profile::StoreProfile,
    },
};
use liandian_store::{
    catalog::{listing_item, local_item, named_item, sku_item, uploads::upload_item},
    db::Item,
};
use liandian_types::{Fen, SpuId, StaffId, StoreId, Timestamp, UploadPurpose};

use crate::{chain::StoreGoods, pictures};

/// Units of each SKU of a product that is on sale.
const UNITS: i64 = 30;

/// One product of a store: what it is, how many days its document still holds, and whether HQ has said yes.
struct Made {
    store: &'static str,
    name: &'static str,
    description: &'static str,
    category: &'static str,
    spec: &'static str,
    price: i64,
    picture: &'static str,
    days: i64,
    approved: bool,
}

const PRODUCTS: [Made; 3] = [
    Made {
        store: "cd01",
        name: "手工红糖糍粑",
        description: "门店每天现打，糯而不粘，配红糖浆和黄豆粉。",
        category: "snacks",
        spec: "6 个装",
        price: 1_280,
        picture: "/pictures/local-ciba-800.webp",
        days: 400,
        approved: true,
    },
    Made {
        store: "sh07",
        name: "弄堂葱油拌面料",
        description: "小锅慢熬的葱油，一勺就香。",
        category: "instant",
        spec: "200g",
        price: 1_680,
        picture: "/pictures/local-scallion-oil-800.webp",
        days: 6,
        approved: true,
    },
    Made {
        store: "hz05",
        name: "师傅现烤鲜肉月饼",
        description: "酥皮现包现烤，趁热吃。",
        category: "bakery",
        spec: "4 个装",
        price: 2_400,
        picture: "/pictures/local-mooncake-800.webp",
        days: 200,
        approved: false,
    },
];

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Display,
{
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn manager(store: &StoreId) -> StaffId {
    id(&format!("stf_{}-manager", store.as_str().trim_start_matches("sto_")))
}

/// A page that says what it is: small, and what it is kept as is a real document.
fn paper(m: &Made) -> Vec<u8> {
    let text = format!("BT /F1 24 Tf 72 700 Td (FOOD PERMIT JY1{}) Tj 0 -40 Td (Liandian demo chain) Tj ET", m.store.to_uppercase());
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{text}\nendstream", text.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let (mut file, mut places) = ("%PDF-1.4\n".to_owned(), String::new());
    for (i, o) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{o}\nendobj\n", i + 1));
    }
    let (at, many) = (file.len(), objects.len() + 1);
    file.push_str(&format!("xref\n0 {many}\n0000000000 65535 f \n{places}trailer<</Size {many}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n"));
    file.into_bytes()
}

/// The document of a product as it is kept, and its bytes.
fn kept(m: &Made, now: Timestamp) -> anyhow::Result<(KeptFile, Vec<u8>)> {
    let (store, bytes): (StoreId, _) = (id(&format!("sto_{}", m.store)), paper(m));
    let by = manager(&store);
    let file = upload::look(Owner::Store(store), UploadPurpose::Document, &bytes, by, now).map_err(|p| anyhow::anyhow!(p.detail))?;
    Ok((file, bytes))
}

/// The documents of all such products: their keys in the bucket, and their bytes.
pub(crate) fn papers(now: Timestamp) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let one = |m: &Made| kept(m, now).map(|(f, bytes)| (f.owner.kept(UploadPurpose::Document, &f.name), bytes));
    PRODUCTS.iter().map(one).collect()
}

fn product(m: &Made, store: &StoreId, file: &KeptFile, now: Timestamp) -> LocalProduct {
    let spu: SpuId = id(&format!("spu_{}1", review::prefix(store)));
    let sku = Sku {
        sku: review::sku_id(&spu, 0).unwrap_or_else(|e| panic!("{e:?}")),
        spec: m.spec.to_owned(),
        choice: std::collections::BTreeMap::new(),
        barcodes: Vec::new(),
        price: Fen(m.price),
        floor: Fen::ZERO,
        region_prices: std::collections::BTreeMap::new(),
        weight_g: 300,
        picture: String::new(),
        retired: false,
    };
    let product = Product {
        spu,
        name: m.name.to_owned(),
        category: m.category.to_owned(),
        brand: String::new(),
        description: m.description.to_owned(),
        images: vec![Image { file: m.picture.to_owned(), kind: ImageKind::Webp, bytes: pictures::bytes(m.picture) }],
        attributes: std::collections::BTreeMap::new(),
        options: Vec::new(),
        skus: vec![sku],
        flagship: false,
        mandatory: false,
        offline_only: false,
        tracks_expiry: false,
        storage: Storage::Normal,
        origin: String::new(),
        shelf_life_days: None,
        ingredients: String::new(),
        keywords: Vec::new(),
        status: if m.approved { ProductStatus::On } else { ProductStatus::Draft },
        rank: 0,
        version: 0,
    };
    let ends = midnight(day(now.plus((m.days + 1) * Timestamp::DAY), CHINA), CHINA);
    let document = Document {
        kind: DocumentKind::FoodPermit,
        number: format!("JY1{}", m.store.to_uppercase()),
        expires: Some(ends),
        file: file.address(),
        bytes: file.bytes,
    };
    let asked = now.plus(-2 * Timestamp::DAY);
    let review = if m.approved {
        Review::Approved { by: id("stf_merch"), at: now.plus(-Timestamp::DAY) }
    } else {
        Review::Waiting { by: manager(store), at: asked }
    };
    let version = if m.approved { 3 } else { 2 };
    LocalProduct { documents: vec![document], review, approved_before: m.approved, version, ..LocalProduct::begin(store.clone(), product) }
}

/// The rows of what a store says in its own words and of its own products; its goods get what is to be had of these.
pub(crate) fn own_items(s: &StoreProfile, goods: &mut StoreGoods, library: &[LibrarySku], now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let mut items = Vec::new();
    let tail = s.store.as_str().trim_start_matches("sto_");
    if matches!(tail, "hz08" | "hz09" | "cd07") {
        items.extend(own_words(s, &mut goods.listings, library, now)?);
    }
    for m in PRODUCTS.iter().filter(|m| m.store == tail) {
        let (file, _) = kept(m, now)?;
        items.push(upload_item(&file)?);
        let local = product(m, &s.store, &file, now);
        if m.approved {
            for sku in review::on_sale(&local, &review::tree(&s.categories)) {
                items.push(listing_item(&s.store, &Listing { version: 1, ..Listing::taken(&sku, now) })?);
                goods.stock.push((sku.sku.clone(), liandian_domain::stock::record::Stock { on_hand: UNITS, ..Default::default() }));
                items.push(sku_item(&sku)?);
            }
        }
        items.push(local_item(&local, now)?);
    }
    Ok(items)
}

/// A name and an order of its own among its snacks.
fn own_words(s: &StoreProfile, listings: &mut [Listing], library: &[LibrarySku], now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let mut items = Vec::new();
    let (by, at) = (manager(&s.store), now.plus(-3 * Timestamp::DAY));
    let mut snacks = listings.iter_mut().filter(|l| l.category == "snacks");
    if let Some(l) = snacks.next()
        && let Some(sku) = library.iter().find(|k| k.sku == l.sku)
    {
        let value = format!("{}（店长推荐）", sku.name);
        items.push(named_item(&s.store, &l.sku, &value)?);
        (l.name, l.version) = (Own::Store { value, by: by.clone(), at }, l.version + 1);
    }
    if let Some(l) = snacks.nth(2) {
        (l.own_rank, l.rank, l.version) = (Own::Store { value: 0, by, at }, 0, l.version + 1);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chain;

    #[test]
    fn given_the_demo_chain_when_looked_at_then_stores_have_products_of_their_own_in_each_state() {
        let (chain, now) = (Chain::demo(), Timestamp(1_795_420_800_000));
        for m in &PRODUCTS {
            let s = chain.stores.iter().find(|s| s.store.as_str() == format!("sto_{}", m.store)).unwrap();
            let (file, _) = kept(m, now).unwrap();
            let p = product(m, &s.store, &file, now);
            let tree = review::tree(&s.categories);
            assert!(p.product.problems(&tree, &Default::default()).is_empty(), "{:?}", p.product.problems(&tree, &Default::default()));
            assert!(p.problems(&review::needed(&tree, m.category), now).is_empty(), "{}", m.name);
            assert_eq!((p.is_on_sale(now), review::is_own(&s.store, &p.product.spu)), (m.approved, true), "{}", m.name);
        }
        let s = chain.stores.iter().position(|s| s.store.as_str() == "sto_hz09").unwrap();
        let mut goods = chain.goods_of(s);
        let items = own_items(&chain.stores[s], &mut goods, &chain.library, now).unwrap();
        assert_eq!((items.len(), goods.listings.iter().filter(|l| l.version == 1).count()), (1, 2));
    }
}
