//! The chain's synonyms and hot words.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{LibraryHistory, SearchWordsSheet, SynonymRow},
};

use super::library::changes;
use crate::{
    islands::WordsForm,
    pages::{
        Frame, Module,
        kit::{Column, Table},
        page,
    },
};

/// What HQ says about words, and who changed it.
#[must_use]
pub fn search_words(frame: &Frame<'_>, words: SearchWordsSheet, history: LibraryHistory) -> String {
    const PATH: &str = "/console/hq/search-words";
    let (asked, sets) = (frame.asked(PATH), frame.may(Permission::LibraryWrite));
    let older = asked.get("cursor").is_some();
    page(frame, Module::Goods, "搜索词", || {
        let lists = (!older).then(|| {
            let columns = vec![
                Column::new("顾客输入", |s: &SynonymRow| s.word.clone().into_any()).class("what").by("word", |s| s.word.clone()),
                Column::new("同时查找", |s: &SynonymRow| s.means.join("、").into_any()).class("what"),
            ];
            let rows = words.synonyms.clone();
            let table = Table { caption: "同义词", class: "stock", asked: &asked, columns, rows, empty: "还没有同义词。" }.show(|_| "");
            let hot = words.hot.iter().map(|w| view! { <li>{w.clone()}</li> }).collect_view();
            let none = words.hot.is_empty();
            view! {
                <h2>"热搜词"</h2>
                {none.then(|| view! { <p class="empty">"还没有热搜词。"</p> })}
                <ol hidden=none>{hot}</ol>
                <h2>"同义词"</h2>
                {table}
                {sets.then(|| view! { <WordsForm words=words /> })}
            }
        });
        view! {
            <h1>"搜索词"</h1>
            <p class="sub">"商城搜索和后台查找商品都按这里的同义词扩展；热搜词显示在商城搜索页，只显示本店有货的。"</p>
            {older.then(|| view! { <p class="crumbs"><a href=PATH>"‹ 回到搜索词"</a></p> })}
            {lists}
            {changes(&asked, history, SearchWordsSheet::title, "还没有人修改过搜索词。")}
        }
    })
}
