//! Staff accounts, roles, integration keys, and one's own account.

use leptos::prelude::*;
use liandian_types::{
    AccountState, Permission,
    api::{
        AccessChange, AccessHistory, AccountList, AccountRow, InvitationView, KeyList, KeyRow, OwnSession, OwnSessions, PermissionView, RoleMatrix,
        RoleView, StoreRow,
    },
};

use super::{
    Frame, Module, Place, Section, head,
    kit::{Asked, Column, Filter, Table, filters, pager, table},
    page, render,
};
use crate::islands::{AccountDesk, Invitation, InviteForm, KeyForm, KeyRevoke, PasswordForm, RoleForm, SessionEnd};

/// What a page of accounts shows.
#[derive(Debug, Clone)]
pub struct AccountsPage {
    /// The accounts.
    pub list: AccountList,
    /// The one that was asked for, with what happened to it.
    pub one: Option<(AccountRow, AccessHistory)>,
    /// Roles that may be given, by id and name.
    pub roles: Vec<(String, String)>,
    /// Scopes that may be given, by the word of their choice.
    pub kinds: Vec<(String, String)>,
    /// May this person manage accounts?
    pub writes: bool,
}

/// Accounts of the chain, or of a region.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, shown: AccountsPage) -> String {
    let asked = frame.asked("/console/hq/accounts");
    page(frame, Module::Staff, "员工账号", || content(&asked, shown, "/api/v1/hq/accounts", true))
}

/// Accounts of one store.
#[must_use]
pub fn of_store(frame: &Frame<'_>, row: &StoreRow, shown: AccountsPage) -> String {
    let frame = &frame.at(row);
    let asked = frame.asked(format!("/console/s/{}/staff", row.store));
    page(frame, Module::Staff, "员工", || content(&asked, shown, &format!("/api/v1/stores/{}/accounts", row.store), false))
}

fn content(asked: &Asked, shown: AccountsPage, api: &str, chain: bool) -> AnyView {
    let AccountsPage { list, one, roles, kinds, writes } = shown;
    let title = if chain { "员工账号" } else { "员工" };
    let back = one.is_some().then(|| asked.with(&[("account", None)]));
    let desk = one.map(|(account, history)| one_account(account, history, api, chain, &roles, &kinds));
    let invites = writes && desk.is_none();
    let api = api.to_owned();
    let states = AccountState::ALL.iter().map(|s| (s.word().to_owned(), s.title().to_owned())).collect();
    let columns = vec![
        Column::new("姓名", {
            let asked = asked.clone();
            move |r: &AccountRow| {
                let href = asked.with(&[("account", Some(r.staff.as_str()))]);
                let username = r.username.clone().unwrap_or_else(|| "用户名待选".to_owned());
                view! { <a href=href>{r.name.clone()}</a><small>{username}</small> }.into_any()
            }
        })
        .class("what"),
        Column::new("角色", |r: &AccountRow| r.role_title.clone().into_any()).by("role", |r| r.role_title.clone()),
        Column::new("管辖范围", |r: &AccountRow| r.scope_text.clone().into_any()).class("what").by("scope", |r| r.scope_text.clone()),
        Column::new("状态", state).class("nowrap").by("state", |r| r.state.word()),
    ];
    let next = list.next.clone();
    let table = Table { caption: title, class: "stock cards", asked, columns, rows: list.accounts, empty: "没有符合的账号。" }.show(|_| "");
    view! {
        <h1>{title}</h1>
        <p class="sub">"停用后全部登录立即结束；角色、范围的修改 10 秒内生效。不能授予自己没有的权限和范围。"</p>
        {back.map(|href| view! { <p class="crumbs"><a href=href>"‹ 回到列表"</a></p> })}
        {desk}
        {invites.then(|| view! { <InviteForm path=api roles=roles kinds=if chain { kinds } else { Vec::new() } /> })}
        {filters(asked, vec![Filter::words("q", "姓名或用户名", "姓名或用户名"), Filter::choice("state", "全部状态", states)])}
        {table}
        {pager(asked, next.as_deref())}
    }
    .into_any()
}

fn state(r: &AccountRow) -> AnyView {
    let class = match r.state {
        AccountState::Active => "badge",
        AccountState::Invited | AccountState::Disabled => "badge warn",
    };
    let until = r.link_until.as_ref().map(|until| view! { <small>{format!("链接 {until} 前有效")}</small> });
    view! { <span class=class>{r.state.title()}</span>{until} }.into_any()
}

fn one_account(
    account: AccountRow,
    history: AccessHistory,
    api: &str,
    chain: bool,
    roles: &[(String, String)],
    kinds: &[(String, String)],
) -> AnyView {
    let (step, change) = (format!("{api}/{}/step", account.staff), chain.then(|| format!("{api}/{}", account.staff)));
    let who = format!("{} · {} · {}", account.name, account.role_title, account.scope_text);
    let manages = account.manages;
    let (mut roles, kinds) = (roles.to_vec(), kinds.to_vec());
    // What it is stays a choice, also for who could not give it.
    let now = (account.role.to_string(), account.role_title.clone());
    if !roles.iter().any(|(id, _)| *id == now.0) {
        roles.insert(0, now);
    }
    view! {
        <h2>{who}</h2>
        {if manages {
            view! { <AccountDesk account=account step_path=step change_path=change roles=roles kinds=kinds /> }.into_any()
        } else {
            view! { <p class="empty">"此账号不由您管理。"</p> }.into_any()
        }}
        {changes(history)}
    }
    .into_any()
}

fn changes(history: AccessHistory) -> AnyView {
    let none = history.changes.is_empty();
    let rows = history.changes.into_iter().map(change).collect_view().into_any();
    view! { <h2>"修改记录"</h2>{table::history(rows, none.then_some("还没有修改记录。"))} }.into_any()
}

fn change(c: AccessChange) -> impl IntoView + use<> {
    let who = c.by_name.or_else(|| c.by.map(|by| by.to_string())).unwrap_or_else(|| "本人".to_owned());
    let fields = c.fields.into_iter().map(|f| view! { <div>{format!("{}：{} → {}", field(&f.field), f.old, f.new)}</div> }).collect_view();
    view! {
        <tr>
            <td class="nowrap">{c.at_text}</td>
            <td class="what">{who}</td>
            <td class="what">{c.text}{fields}</td>
        </tr>
    }
}

/// What people call a field.
fn field(name: &str) -> &str {
    match name {
        "name" => "姓名",
        "role" => "角色",
        "scope" => "管辖范围",
        "password" => "密码",
        "title" => "名称",
        other => other,
    }
}

/// Roles and what each may do: the matrix, or one of them as a form.
#[must_use]
pub fn roles(frame: &Frame<'_>, matrix: RoleMatrix, chosen: Option<&str>, history: Option<AccessHistory>, own: &[Permission]) -> String {
    const PATH: &str = "/console/hq/roles";
    let writes = frame.may(Permission::RoleWrite);
    page(frame, Module::Staff, "角色权限", || {
        let one = matrix.roles.iter().find(|r| Some(r.role.as_str()) == chosen).cloned();
        let title = one.as_ref().map_or_else(|| "角色权限".to_owned(), |r| r.title.clone());
        let bases: Vec<RoleView> = matrix.roles.iter().filter(|r| r.built_in).cloned().collect();
        let edits = writes && (one.is_some() || chosen == Some("new"));
        let form = edits.then(|| {
            let (permissions, own) = (matrix.permissions.clone(), own.to_vec());
            view! { <RoleForm role=one bases=bases permissions=permissions own=own /> }
        });
        let adds = (writes && chosen.is_none()).then(|| view! { <p><a class="button" href=format!("{PATH}?role=new")>"新建角色"</a></p> });
        let back = chosen.is_some().then(|| view! { <p class="crumbs"><a href=PATH>"‹ 回到角色权限"</a></p> });
        let table = chosen.is_none().then(|| role_table(&matrix, PATH));
        view! {
            <h1>{title}</h1>
            <p class="sub">"每个角色能做什么。保存后 10 秒内对所有已登录的人生效。"</p>
            {back}
            {adds}
            {form}
            {table}
            {history.map(changes)}
            {chosen.filter(|role| *role != "new").map(|role| frame.audit_link(role))}
        }
    })
}

fn role_table(matrix: &RoleMatrix, path: &'static str) -> AnyView {
    let heads =
        matrix.roles.iter().map(|r| view! { <th scope="col"><a href=format!("{path}?role={}", r.role)>{r.title.clone()}</a></th> }).collect_view();
    let mut group = String::new();
    let rows = matrix
        .permissions
        .iter()
        .map(|p| {
            let begins = p.group != group;
            group.clone_from(&p.group);
            let cells = matrix
                .roles
                .iter()
                .map(|r| {
                    let has = r.permissions.contains(&p.permission);
                    view! { <td class="num">{if has { "✓" } else { "" }}</td> }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row" class="what">{begins.then(|| view! { <b>{p.group.clone()}</b>" " })}{p.says.clone()}<small>{p.permission.to_string()}</small></th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="角色权限">
            <table class="stock">
                <thead>
                    <tr>
                        <th scope="col">"权限"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Integration keys.
#[must_use]
pub fn keys(frame: &Frame<'_>, list: KeyList, permissions: Vec<PermissionView>, kinds: Vec<(String, String)>) -> String {
    let asked = frame.asked("/console/hq/keys");
    page(frame, Module::Staff, "接口密钥", || {
        let columns = vec![
            Column::new("名称", |r: &KeyRow| view! { {r.name.clone()}<small>{r.key.to_string()}</small> }.into_any()).class("what"),
            Column::new("范围", |r: &KeyRow| r.scope_text.clone().into_any()).class("what"),
            Column::new("权限", |r: &KeyRow| r.permissions.iter().map(|p| p.as_str()).collect::<Vec<_>>().join("、").into_any()).class("what"),
            Column::new("生成", |r: &KeyRow| view! { {r.made_text.clone()}<small>{r.made_by.clone()}</small> }.into_any()),
            Column::new("最近写入", |r: &KeyRow| r.used_text.clone().unwrap_or_else(|| "–".to_owned()).into_any()).class("nowrap"),
            Column::new("操作", |r: &KeyRow| match &r.revoked_text {
                Some(at) => view! { <span class="badge warn">{format!("{at} 已吊销")}</span> }.into_any(),
                None => view! { <KeyRevoke key=r.key.clone() /> }.into_any(),
            }),
        ];
        let table =
            Table { caption: "接口密钥", class: "stock cards", asked: &asked, columns, rows: list.keys, empty: "还没有接口密钥。" }.show(|_| "");
        view! {
            <h1>"接口密钥"</h1>
            <p class="sub">"供收银系统等程序调用接口（Authorization: Bearer lk_…）。密钥只显示一次，权限和范围不超过生成者；吊销立即生效。不能用来打开页面。"</p>
            {table}
            <KeyForm permissions=permissions kinds=kinds />
        }
    })
}

/// One's own password and sessions.
#[must_use]
pub fn own_account(frame: &Frame<'_>, sessions: OwnSessions) -> String {
    // It is the person's, and no page of the chain, a region or a store.
    let frame = &Frame { place: Place::Nowhere, ..frame.within(Section::Elsewhere) };
    let asked = frame.asked("/console/account");
    page(frame, Module::Staff, "我的账号", || {
        let columns = vec![
            Column::new("设备", |s: &OwnSession| {
                let here = s.here.then(|| view! { " "<span class="badge">"本机"</span> });
                view! { {s.device.clone()}{here} }.into_any()
            })
            .class("what"),
            Column::new("登录于", |s: &OwnSession| s.since_text.clone().into_any()).class("nowrap"),
            Column::new("最近活动", |s: &OwnSession| s.seen_text.clone().into_any()).class("nowrap"),
            Column::new("网络", |s: &OwnSession| s.from.clone().into_any()).class("nowrap"),
            Column::new("操作", |s: &OwnSession| view! { <SessionEnd session=s.session.clone() /> }.into_any()),
        ];
        let table = Table {
            caption: "登录的设备", class: "stock cards", asked: &asked, columns, rows: sessions.sessions, empty: "没有其他登录。"
        }
        .show(|_| "");
        view! {
            <h1>"我的账号"</h1>
            <p class="sub">{format!("{} · {}", frame.staff.name, frame.staff.role.title())}</p>
            <PasswordForm />
            <h2>"登录的设备"</h2>
            {table}
        }
    })
}

/// Where a one-time link leads; nothing for one that was used, has ended, or never was. `fault` says why it could not be looked at now.
#[must_use]
pub fn invite(version: &str, token: String, waits: Option<InvitationView>, fault: Option<String>) -> String {
    render(|| {
        view! {
            <html lang="zh-CN">
                {head("设置密码", version, Module::Staff)}
                <body class="plain">
                    <main class="login">
                        <p class="logo" aria-hidden="true">"连店"</p>
                        {match waits {
                            Some(w) => {
                                let says = if w.reset { "请为您的账号设置新密码" } else { "欢迎加入，请设置密码" };
                                let name = w.username.as_ref().map(|n| format!("用户名：{n}"));
                                view! {
                                    <h1>{format!("{}，您好", w.name)}</h1>
                                    <p class="sub">{format!("{says}。链接 {} 前有效，只能使用一次。", w.until)}</p>
                                    {name.map(|n| view! { <p>{n}</p> })}
                                    <noscript><p class="refusal">"设置密码需要 JavaScript。请在浏览器设置中打开后刷新本页。"</p></noscript>
                                    <Invitation token=token username=w.username />
                                }
                                    .into_any()
                            }
                            None => {
                                let (title, says) = match fault {
                                    Some(says) => ("暂时打不开", says),
                                    None => ("链接无效", "链接无效、已经用过，或已过期。请联系邀请您的人重新生成。".to_owned()),
                                };
                                view! {
                                    <h1>{title}</h1>
                                    <p>{says}</p>
                                    <p><a class="button" href="/console/login">"去登录"</a></p>
                                }
                                    .into_any()
                            }
                        }}
                    </main>
                </body>
            </html>
        }
    })
}

#[cfg(test)]
mod tests {
    use liandian_types::{Role, Scope};

    use super::*;
    use crate::pages::fixtures::{frame, session};

    #[test]
    fn given_a_clerk_when_shown_the_own_account_then_it_is_of_no_region_and_leads_back_to_the_store() {
        let staff = session(Role::Clerk, Scope::Store("sto_1".parse().unwrap()));
        let html = own_account(&frame(&staff, ""), OwnSessions { sessions: Vec::new() });
        assert!(!html.contains("我的区域") && !html.contains("总部") && html.contains("href=\"/console/s/sto_1\""), "{html}");
    }

    #[test]
    fn given_a_link_that_cannot_be_looked_at_when_shown_then_it_is_not_called_invalid() {
        let html = invite("v", String::new(), None, Some("请稍后再试".into()));
        assert!(html.contains("暂时打不开") && html.contains("请稍后再试") && !html.contains("链接无效"), "{html}");
        assert!(invite("v", String::new(), None, None).contains("链接无效"));
    }
}
