//! Pages about what levels say about stores, what holds in one, and set-up by questions.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::{
    governance::{
        settings::{setting_editor, settings_changes, store_policy},
        setup::setup_view,
    },
    stores::{StoresAsk, store_rows},
};

use crate::{
    answer::{found, read},
    console::{Ask, Handler, Visit},
};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/hq/settings", get(settings)),
        ("/console/hq/settings/history", get(history)),
        ("/console/hq/setup", get(setup)),
        ("/console/hq/stores/{store}/policy", get(policy_from_above)),
        ("/console/s/{store}/policy", get(policy)),
    ]
}

async fn settings(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let level = ask.get("level").unwrap_or_else(|| "hq".to_owned());
        let editor = found(setting_editor(&visit.app.tables, &level, visit.app.now()).await, "层级")?;
        let sought = match ask.get("q") {
            Some(text) => {
                let wanted = StoresAsk { text: Some(&text), ..StoresAsk::default() };
                Some(read(store_rows(&visit.app.tables, &visit.reach().await?, wanted, visit.app.now()).await)?)
            }
            None => None,
        };
        Ok(hq::level_settings(&visit.frame(Section::Settings), editor, sought))
    };
    visit.answer(page.await)
}

async fn history(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let history = read(settings_changes(&visit.app, ask.get("cursor").as_deref()).await)?;
        Ok(hq::settings_history(&visit.frame(Section::Settings), history))
    };
    visit.answer(page.await)
}

async fn setup(visit: Visit) -> Response {
    let page = async {
        let view = read(setup_view(&visit.app.tables, visit.app.now()).await)?;
        Ok(hq::setup(&visit.frame(Section::Setup), view))
    };
    visit.answer(page.await)
}

async fn policy(visit: Visit) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let profile = found(visit.app.tables.store(&id).await, "门店")?;
        let policy = read(store_policy(&visit.app.tables, &profile, visit.app.now()).await)?;
        Ok(store::policy(&visit.frame(Section::Settings), &row, policy))
    };
    visit.answer(page.await)
}

async fn policy_from_above(visit: Visit) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let profile = found(visit.app.tables.store(&id).await, "门店")?;
        let policy = read(store_policy(&visit.app.tables, &profile, visit.app.now()).await)?;
        Ok(hq::store_policy(&visit.frame(Section::Stores), &row, policy))
    };
    visit.answer(page.await)
}
