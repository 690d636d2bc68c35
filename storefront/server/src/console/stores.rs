//! Pages about stores: the directory, one store with its form, files of stores, regions.

use std::collections::BTreeSet;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use liandian_console::pages::{Section, hq, store as of_store};
use liandian_functions::views::stores::{
    StoresAsk,
    differences::store_differences,
    edit::{imports, new_draft, region_list, rule_names, store_changes, store_record, stores_file},
    opening_view, stores_mapped,
    warehouses::{warehouse_view, warehouses_of_chain, warehouses_of_store},
};
use liandian_types::{LocationId, Permission, StoreId, StoreStatus, api::StoreRecord};
use qrcode::{QrCode, render::svg};

use super::{Ask, Handler, Visit, nothing_here, parsed};
use crate::answer::{Answer, found, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/hq/stores", get(stores)),
        ("/console/hq/stores/{store}", get(store)),
        ("/console/hq/stores/{store}/edit", get(edit)),
        ("/console/hq/stores/new", get(new)),
        ("/console/hq/store-imports", get(store_imports)),
        ("/console/hq/store-export", get(export)),
        ("/console/hq/regions", get(regions)),
        ("/console/s/{store}/profile", get(profile)),
        ("/console/hq/stores/{store}/differences", get(differences_from_above)),
        ("/console/s/{store}/differences", get(differences)),
        ("/console/hq/warehouses", get(warehouses)),
        ("/console/hq/warehouses/{location}", get(warehouse)),
        ("/console/s/{store}/warehouses", get(store_warehouses)),
        ("/console/s/{store}/warehouses/{location}", get(store_warehouse)),
    ]
}

async fn stores(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let get = |name: &str| ask.get(name);
        let (text, region, mode, tier, status, city, cursor) =
            (get("q"), get("region"), get("mode"), get("tier"), get("status"), get("city"), get("cursor"));
        let asked = StoresAsk {
            text: text.as_deref(),
            region: region.as_deref(),
            mode: mode.as_deref(),
            tier: tier.as_deref(),
            status: status.as_deref(),
            city: city.as_deref(),
            cursor: cursor.as_deref(),
        };
        let (tables, reach, now) = (&visit.app.tables, visit.reach().await?, visit.app.now());
        let (mapped, regions) = tokio::join!(stores_mapped(tables, &reach, asked, now), region_list(tables));
        let ((list, all), regions) = (read(mapped)?, read(regions)?);
        let directory = read(tables.directory().await)?;
        let cities: BTreeSet<String> = directory.iter().filter(|s| reach.store(&s.store)).map(|s| s.city.clone()).collect();
        Ok(hq::stores(&visit.frame(Section::Stores), list, &all, &regions, cities.into_iter().collect()))
    };
    visit.answer(page.await)
}

/// A store as HQ keeps it.
async fn kept(visit: &Visit) -> Answer<(StoreId, StoreRecord)> {
    let store = visit.at.clone().ok_or_else(nothing_here)?;
    let record = found(store_record(&visit.app, &store, visit.app.now()).await, "门店")?;
    Ok((store, record))
}

/// An address as a QR code. It always fits; should it ever not, the address beside it does.
fn qr(link: &str) -> String {
    let picture = QrCode::new(link).map(|qr| qr.render::<svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build()).unwrap_or_default();
    picture.find("<svg").map(|at| picture[at..].to_owned()).unwrap_or_default()
}

async fn store(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, record) = kept(&visit).await?;
        let cursor = ask.get("cursor");
        let (profile, history) = tokio::join!(visit.app.tables.store_now(&store), store_changes(&visit.app, &store, cursor.as_deref()));
        let (opening, history) = (opening_view(&found(profile, "门店")?), read(history)?);
        let qr = qr(&record.entrance_link);
        let view = hq::StoreView { record, qr, opening, history, older: cursor.is_some() };
        Ok(hq::store(&visit.frame(Section::Stores), view))
    };
    visit.answer(page.await)
}

async fn edit(visit: Visit) -> Response {
    let page = async {
        let (_, record) = kept(&visit).await?;
        let regions = read(region_list(&visit.app.tables).await)?;
        Ok(hq::edit(&visit.frame(Section::Stores), record, &regions, rule_names()))
    };
    visit.answer(page.await)
}

async fn new(visit: Visit) -> Response {
    let page = async {
        let regions = read(region_list(&visit.app.tables).await)?;
        Ok(hq::new(&visit.frame(Section::Stores), new_draft(), &regions, rule_names()))
    };
    visit.answer(page.await)
}

async fn store_imports(visit: Visit, ask: Ask) -> Response {
    let list = imports(&visit.app, ask.get("cursor").as_deref()).await;
    visit.answer(read(list).map(|l| hq::store_imports(&visit.frame(Section::StoreImports), l)))
}

async fn export(visit: Visit) -> Response {
    let file = async { read(stores_file(&visit.app.tables, &visit.reach().await?, visit.app.now()).await) };
    match file.await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
                (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"stores.csv\"")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, file.csv).into_response()
        }
        Err(p) => visit.answer(Err(p)),
    }
}

async fn regions(visit: Visit) -> Response {
    let list = region_list(&visit.app.tables).await;
    visit.answer(read(list).map(|l| hq::regions(&visit.frame(Section::Regions), l)))
}

async fn profile(visit: Visit) -> Response {
    let page = async {
        let (store, record) = kept(&visit).await?;
        let opening = opening_view(&found(visit.app.tables.store(&store).await, "门店")?);
        let qr = qr(&record.entrance_link);
        Ok(of_store::profile(&visit.frame(Section::Profile), &record.row, &record, qr, opening))
    };
    visit.answer(page.await)
}

/// The stores that can keep a warehouse, with their names.
async fn keepers(visit: &Visit) -> Answer<Vec<(String, String)>> {
    let directory = read(visit.app.tables.directory().await)?;
    let open = directory.iter().filter(|s| s.status != StoreStatus::Closed);
    let mut all: Vec<(String, String)> = open.map(|s| (s.store.to_string(), format!("{} · {}", s.city, s.name))).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(all)
}

/// May this person change warehouses?
fn edits(visit: &Visit) -> bool {
    visit.staff.permissions.contains(&Permission::WarehouseWrite)
}

async fn warehouses(visit: Visit) -> Response {
    let page = async {
        let list = read(warehouses_of_chain(&visit.app.tables).await)?;
        Ok(hq::warehouses(&visit.frame(Section::Warehouses), list, keepers(&visit).await?))
    };
    visit.answer(page.await)
}

async fn warehouse(visit: Visit, Path(location): Path<String>, ask: Ask) -> Response {
    let page = async {
        let location: LocationId = parsed(&location)?;
        let cursor = ask.get("cursor");
        let view = found(warehouse_view(&visit.app.tables, &location, None, cursor.as_deref(), edits(&visit)).await, "仓库")?;
        Ok(hq::warehouse(&visit.frame(Section::Warehouses), None, view, keepers(&visit).await?))
    };
    visit.answer(page.await)
}

async fn store_warehouses(visit: Visit) -> Response {
    let page = async {
        let (store, record) = kept(&visit).await?;
        let list = read(warehouses_of_store(&visit.app.tables, &store).await)?;
        Ok(of_store::warehouses(&visit.frame(Section::Warehouses), &record.row, list))
    };
    visit.answer(page.await)
}

async fn store_warehouse(visit: Visit, Path((_, location)): Path<(String, String)>, ask: Ask) -> Response {
    let page = async {
        let (store, record) = kept(&visit).await?;
        let location: LocationId = parsed(&location)?;
        let cursor = ask.get("cursor");
        let view = found(warehouse_view(&visit.app.tables, &location, Some(&store), cursor.as_deref(), edits(&visit)).await, "仓库")?;
        Ok(of_store::warehouse(&visit.frame(Section::Warehouses), Some(&record.row), view, Vec::new()))
    };
    visit.answer(page.await)
}

async fn differences(visit: Visit) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let profile = found(visit.app.tables.store(&id).await, "门店")?;
        let all = read(store_differences(&visit.app.tables, &profile, visit.app.now()).await)?;
        Ok(of_store::differences(&visit.frame(Section::Profile), &row, true, all))
    };
    visit.answer(page.await)
}

async fn differences_from_above(visit: Visit) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let profile = found(visit.app.tables.store(&id).await, "门店")?;
        let all = read(store_differences(&visit.app.tables, &profile, visit.app.now()).await)?;
        Ok(hq::store_differences(&visit.frame(Section::Stores), &row, false, all))
    };
    visit.answer(page.await)
}
