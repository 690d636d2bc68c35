//! Pages for when there is nothing to show: not found, not allowed, not now; and the way to log in.

use leptos::prelude::*;
use liandian_types::{Code, Problem};

use super::frame::{Module, Page};

/// A refusal as a page.
#[must_use]
pub fn problem(page: &Page, problem: &Problem) -> String {
    page.document(&problem.title, Module::None, "oops", || {
        let icon = match problem.code {
            Code::NotFound | Code::BadRequest | Code::BadCursor => "pic lost",
            Code::Forbidden | Code::Unauthenticated => "pic lock",
            _ => "pic cloud",
        };
        view! {
            <main class="blank full">
                <i class=icon></i>
                <h1>{problem.title.clone()}</h1>
                <p>{problem.detail.clone()}</p>
                {page.last.as_ref().map(|(store, name)| view! { <a class="btn" href=format!("/s/{store}")>{format!("回到 {name}")}</a> })}
                <a class="btn" class:plain=page.last.is_some() href="/">"选择门店"</a>
                <a class="btn plain" href="/orders">"我的订单"</a>
            </main>
        }
    })
}

/// `/login`: why to log in, and where; `back` for who does not want to.
#[must_use]
pub fn login(page: &Page, href: String, back: String) -> String {
    page.document("登录", Module::None, "oops", || {
        view! {
            <main class="blank full">
                <i class="pic me"></i>
                <h1>"登录后继续"</h1>
                <p>"下单、查看订单和取货码需要登录。在微信小程序里打开会自动登录；在浏览器里，请点下面的按钮，完成后会回到刚才的页面。"</p>
                <a class="btn" href=href>"微信一键登录"</a>
                <a class="btn plain" href=back>"先逛逛"</a>
                <p class="hint">"登录只使用你的微信标识；手机号、地址只在配送时使用，并加密保存。首次下单前会请你确认"<a class="link" href="/legal/agreement">"《用户服务协议》"</a>"和"<a class="link" href="/legal/privacy">"《隐私政策》"</a>"，同意后可随时撤回。"</p>
            </main>
        }
    })
}
