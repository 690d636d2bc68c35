//! `cargo xtask new-page`: a `[[page]]` row in routes.toml, a page function (DTO → HTML) in the app's pages, and its handler in the server, each in its
//! context's file or folder.

use std::path::Path;

use anyhow::{bail, ensure};

use crate::{
    generate,
    new_route::LIST,
    routes,
    scaffold::{self, Changes, Home, Item},
};

/// What a page is to be.
pub struct Wish<'a> {
    /// Lower-case words joined by `-`.
    pub name: &'a str,
    /// `shop` or `console`.
    pub app: &'a str,
    /// The path.
    pub path: &'a str,
    /// public, member or resource:action.
    pub permission: &'a str,
    /// Where the permission must hold.
    pub scope: Option<&'a str>,
    /// The context's word.
    pub context: &'a str,
}

/// The two apps differ in what a page is told, and in how its handler is written.
struct App {
    /// What a page function is told.
    told: &'static str,
    /// Imports of a file of pages.
    page_imports: &'static str,
    /// Imports of a file of handlers.
    handler_imports: &'static str,
    /// How a handler makes what a page is told.
    tells: &'static str,
}

const SHOP: App = App {
    told: "page: &Page",
    page_imports: "use leptos::prelude::*;\n\nuse crate::pages::frame::{Module, Page};",
    handler_imports: "use axum::response::Response;\nuse liandian_shop::pages;\n\nuse super::Visit;",
    tells: "&visit.page()",
};

const CONSOLE: App = App {
    told: "frame: &Frame<'_>",
    page_imports: "use leptos::prelude::*;\n\nuse crate::pages::{Frame, Module, page};",
    handler_imports: "use axum::response::Response;\nuse liandian_console::pages::{self, Section};\n\nuse super::Visit;",
    tells: "&visit.frame(Section::Elsewhere)",
};

/// Adds a page.
///
/// # Errors
/// When the name is taken, or the list does not hold with it.
pub fn add(root: &Path, wish: &Wish<'_>) -> anyhow::Result<()> {
    let Wish { name, app, path, context, .. } = wish;
    ensure!(scaffold::is_name(name, '-'), "{name}: lower-case words joined by -");
    ensure!(scaffold::is_name(context, '_'), "{context}: a context is one lower-case word");
    let of = match *app {
        "shop" => SHOP,
        "console" => CONSOLE,
        other => bail!("there is no app {other}: shop or console"),
    };
    let mut changes = Changes::default();
    let list = changes.text(root, LIST)?;
    let row = row(wish)?;
    let taken =
        list.split("[[page]]").skip(1).any(|r| r.lines().any(|l| l == format!("name = \"{name}\"")) && r.contains(&format!("app = \"{app}\"")));
    ensure!(!taken, "the {app} has a page {name} already");
    let list = format!("{}\n\n{row}", list.trim_end());
    routes::parse(&list)?;
    changes.set(LIST, list);

    let function = name.replace('-', "_");
    let pages = format!("storefront/{app}/src/pages");
    let title = format!("{name}: say what is shown here.");
    let text = page(&function, name, &of, "");
    let spelled = page(&function, name, &of, if *app == "shop" { "crate::pages::frame::" } else { "crate::pages::" });
    let new = Item { name: &function, title: &title, imports: of.page_imports, text: &text, spelled: &spelled };
    let (below, shown_in) = scaffold::add_item(&mut changes, root, &pages, context, &new)?;
    // The server names a page by the app's pages alone: in which file it lies is the app's own affair.
    let shown = format!("pub use {below};\n");
    changes.put(root, &format!("{pages}/mod.rs"), |t| Some(after_modules(t, &shown)), "the list of modules")?;

    let text = handler(&function, path, &of, "Visit", "Response", "pages::", "");
    let whole = format!("liandian_{app}::pages::");
    let visit = match scaffold::home(root, &format!("storefront/server/src/{app}"), context) {
        Home::Folder => format!("crate::{app}::Visit"),
        Home::File => "super::Visit".to_owned(),
    };
    let spelled = handler(&function, path, &of, &visit, "axum::response::Response", &whole, &whole);
    let title = format!("{name}: say what is read for it.");
    let new = Item { name: &function, title: &title, imports: of.handler_imports, text: &text, spelled: &spelled };
    let (_, read_in) = scaffold::add_item(&mut changes, root, &format!("storefront/server/src/{app}"), context, &new)?;
    changes.format(root)?;
    changes.write(root)?;
    generate::write(root)?;
    println!("now show something in {shown_in}, read it in {read_in} by a view of functions/src/views/{context}, and say what it is in {LIST}");
    Ok(())
}

/// The row; where nothing is said of its scope, it follows from the permission and the path.
fn row(wish: &Wish<'_>) -> anyhow::Result<String> {
    let Wish { name, app, path, permission, .. } = wish;
    let staff = permission.contains(':');
    ensure!(staff || matches!(*permission, "public" | "member"), "permission is public, member or resource:action, not {permission}");
    let scope = match wish.scope {
        Some(s) => {
            ensure!(staff && matches!(s, "store" | "region" | "all"), "scope is store, region or all, and goes with a permission of staff");
            format!("scope = \"{s}\"\n")
        }
        None if staff => format!("scope = \"{}\"\n", if path.contains("{store}") { "store" } else { "all" }),
        None => String::new(),
    };
    Ok(format!(
        "[[page]]\nname = \"{name}\"\napp = \"{app}\"\npath = \"{path}\"\npermission = \"{permission}\"\n{scope}summary = \"{name}: say in one line what it shows\"\n"
    ))
}

fn page(function: &str, title: &str, app: &App, whole: &str) -> String {
    let told = app.told.replace("&Page", &format!("&{whole}Page")).replace("&Frame", &format!("&{whole}Frame"));
    let body = if app.told.starts_with("page") {
        format!("page.document(\"{title}\", {whole}Module::None, \"oops\", || view! {{ <main><h1>\"{title}\"</h1></main> }})")
    } else {
        format!("{whole}page(frame, {whole}Module::Hq, \"{title}\", || view! {{ <h1>\"{title}\"</h1> }})")
    };
    format!("/// Say what it shows.\n#[must_use]\npub fn {function}({told}) -> String {{\n    {body}\n}}\n")
}

fn handler(function: &str, path: &str, app: &App, visit: &str, response: &str, pages: &str, sections: &str) -> String {
    let tells = app.tells.replace("Section::", &format!("{sections}Section::"));
    format!("/// `{path}`\npub async fn {function}(visit: {visit}) -> {response} {{\n    visit.answer(Ok({pages}{function}({tells})))\n}}\n")
}

/// A line below the list of modules.
fn after_modules(text: &str, line: &str) -> String {
    let is_module = |l: &str| (l.starts_with("mod ") || l.starts_with("pub mod ")) && l.ends_with(';');
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().rposition(|l| is_module(l)).map_or(lines.len(), |i| i + 1);
    let (head, tail) = lines.split_at(at);
    let gap = if tail.first().is_some_and(|l| l.is_empty()) { "" } else { "\n" };
    format!("{}\n\n{line}{gap}{}", head.join("\n"), tail.join("\n")).trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(path: &'static str, permission: &'static str, scope: Option<&'static str>) -> Wish<'static> {
        Wish { name: "gift-notes", app: "console", path, permission, scope, context: "orders" }
    }

    #[test]
    fn given_a_page_when_its_row_is_written_then_its_scope_follows_from_its_path_unless_it_is_said() {
        let store = row(&wish("/console/s/{store}/gifts", "order:read", None)).unwrap();
        let wanted = "[[page]]\nname = \"gift-notes\"\napp = \"console\"\npath = \"/console/s/{store}/gifts\"\npermission = \"order:read\"\nscope = \"store\"\n\
                      summary = \"gift-notes: say in one line what it shows\"\n";
        assert_eq!(store, wanted);
        assert!(row(&wish("/console/hq/gifts", "order:read", None)).unwrap().contains("scope = \"all\""));
        assert!(row(&wish("/console/hq/gifts", "order:read", Some("region"))).unwrap().contains("scope = \"region\""));
        assert!(!row(&wish("/gifts", "member", None)).unwrap().contains("scope"));
        assert!(row(&wish("/gifts", "member", Some("all"))).is_err() && row(&wish("/gifts", "anybody", None)).is_err());
    }

    #[test]
    fn given_both_apps_when_a_page_and_its_handler_are_written_then_they_are_rust() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        for (app, whole) in [(&SHOP, "crate::pages::frame::"), (&CONSOLE, "crate::pages::")] {
            for text in [page("gifts", "gifts", app, ""), page("gifts", "gifts", app, whole)] {
                let text = generate::formatted(root, &text).unwrap();
                assert!(text.contains("pub fn gifts("), "{text}");
            }
            let whole = "liandian_x::pages::";
            let spelled = handler("gifts", "/gifts", app, "super::Visit", "axum::response::Response", whole, whole);
            let text = generate::formatted(root, &spelled).unwrap();
            assert!(text.contains("visit.answer(Ok(liandian_x::pages::gifts(&visit."), "{text}");
        }
    }

    #[test]
    fn given_a_list_of_pages_when_one_is_shown_then_its_line_stands_below_the_modules() {
        assert_eq!(
            after_modules("//! P.\n\nmod a;\nmod b;\n\nuse x::y;\n", "pub use b::c;\n"),
            "//! P.\n\nmod a;\nmod b;\n\npub use b::c;\n\nuse x::y;\n"
        );
        assert_eq!(after_modules("mod a;\n", "pub use a::c;\n"), "mod a;\n\npub use a::c;\n");
    }
}
