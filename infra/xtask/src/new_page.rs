//! `cargo xtask new-page`: a `[[page]]` row in routes.toml, a page function (DTO → HTML) in the app's pages, and its handler in the server, each in its
//! context's file or folder.

use std::path::Path;

use anyhow::{bail, ensure};

use crate::{
    generate,
    new_route::LIST,
    routes,
    scaffold::{self, Changes, Home, Item, before_tests},
};

/// What a page is to be.
pub struct Wish<'a> {
    /// Lower-case words joined by `-`.
    pub name: &'a str,
    /// `shop` or `console`.
    pub app: &'a str,
    /// The path.
    pub path: &'a str,
    /// public, member (shop), staff (console: any session) or resource:action.
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
    /// Imports of a new context's file of handlers.
    handler_imports: &'static str,
    /// How a handler makes what a page is told.
    tells: &'static str,
}

const SHOP: App = App {
    told: "page: &Page",
    page_imports: "use leptos::prelude::*;\n\nuse crate::pages::frame::{Module, Page};",
    handler_imports: "",
    tells: "&visit.page()",
};

const CONSOLE: App = App {
    told: "frame: &Frame<'_>",
    page_imports: "use leptos::prelude::*;\n\nuse crate::pages::{Frame, Module, page};",
    handler_imports: "use axum::{response::Response, routing::get};\nuse liandian_console::pages::{self, Section};\n\nuse super::{Handler, Visit};",
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

    let read_in = match *app {
        "shop" => shop_handler(&mut changes, root, &function, path)?,
        _ => console_handler(&mut changes, root, &function, path, context, &title)?,
    };
    changes.format(root)?;
    changes.write(root)?;
    generate::write(root)?;
    println!("now show something in {shown_in}, read it in {read_in} by a view of functions/src/views/{context}, and say what it is in {LIST}");
    Ok(())
}

/// The shop's handlers are one file, with a table of them.
fn shop_handler(changes: &mut Changes, root: &Path, function: &str, path: &str) -> anyhow::Result<String> {
    let file = "storefront/server/src/shop.rs";
    let entry = format!("(\"{path}\", get({function})), ");
    let text = handler(function, path, &SHOP, "Visit", "Response", "pages::", "");
    changes.put(
        root,
        file,
        |t| with_entry(&one_more(t)?, "fn handlers()", "\n    [", &entry).map(|t| before_tests(&t, &text)),
        "the table of handlers",
    )?;
    Ok(file.to_owned())
}

/// The console's are a file a context, each with its table.
fn console_handler(changes: &mut Changes, root: &Path, function: &str, path: &str, context: &str, title: &str) -> anyhow::Result<String> {
    let folder = "storefront/server/src/console";
    let whole = "liandian_console::pages::";
    let in_folder = matches!(scaffold::home(root, folder, context), Home::Folder);
    let known = in_folder || changes.has(root, &format!("{folder}/{context}.rs"));
    let visit = if in_folder { "crate::console::Visit" } else { "super::Visit" };
    let spelled = handler(function, path, &CONSOLE, visit, "axum::response::Response", whole, whole);
    let text = if known { spelled.clone() } else { handler(function, path, &CONSOLE, "Visit", "Response", "pages::", "") };
    let table = "pub(super) fn pages() -> Vec<Handler> {\n    vec![]\n}\n\n";
    let text = if known { text } else { format!("{table}{text}") };
    let imports = if known { "" } else { CONSOLE.handler_imports };
    let new = Item { name: function, title, imports, text: &text, spelled: &spelled };
    let (_, file) = scaffold::add_item(changes, root, folder, context, &new)?;
    let (tables, name) = if in_folder {
        (scaffold::list_of(changes, root, &format!("{folder}/{context}")), format!("{function}::{function}"))
    } else {
        (file.clone(), function.to_owned())
    };
    let entry = format!("(\"{path}\", get({name})), ");
    changes.put(root, &tables, |t| with_entry(t, "fn pages()", "vec![", &entry), "the table of its pages")?;
    if !known {
        let entry = format!("{context}::pages(), ");
        changes.put(root, &format!("{folder}/mod.rs"), |t| with_entry(t, "let contexts", "[", &entry), "the list of contexts")?;
    }
    Ok(file)
}

/// A table with one more entry, its first: where a line ends with a comma is no matter there.
fn with_entry(text: &str, from: &str, bracket: &str, entry: &str) -> Option<String> {
    let start = text.find(from)?;
    let at = start + text[start..].find(bracket)? + bracket.len();
    Some(format!("{}{entry}{}", &text[..at], &text[at..]))
}

/// `[Handler; 11]` with one more.
fn one_more(text: &str) -> Option<String> {
    let at = text.find("[Handler; ")? + "[Handler; ".len();
    let end = at + text[at..].find(']')?;
    let count: usize = text[at..end].parse().ok()?;
    Some(format!("{}{}{}", &text[..at], count + 1, &text[end..]))
}

/// The row; where nothing is said of its scope, it follows from the permission and the path.
fn row(wish: &Wish<'_>) -> anyhow::Result<String> {
    let Wish { name, app, path, permission, .. } = wish;
    let staff = permission.contains(':');
    let open = if *app == "shop" { ["public", "member"] } else { ["public", "staff"] };
    ensure!(staff || open.contains(permission), "permission is {}, {} or resource:action, not {permission}", open[0], open[1]);
    let scope = match wish.scope {
        Some(s) => {
            ensure!(staff && matches!(s, "store" | "region" | "all"), "scope is store, region or all, and goes with a permission of staff");
            format!("scope = \"{s}\"\n")
        }
        None if staff => format!("scope = \"{}\"\n", if path.contains("{store}") { "store" } else { "all" }),
        None => String::new(),
    };
    Ok(format!(
        "[[page]]\nname = \"{name}\"\napp = \"{app}\"\npath = \"{path}\"\npermission = \"{permission}\"\n{scope}title = \"{name}: say in one line what it shows\"\n"
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
    format!("/// `{path}`\npub(super) async fn {function}(visit: {visit}) -> {response} {{\n    visit.answer(Ok({pages}{function}({tells})))\n}}\n")
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
                      title = \"gift-notes: say in one line what it shows\"\n";
        assert_eq!(store, wanted);
        assert!(row(&wish("/console/hq/gifts", "order:read", None)).unwrap().contains("scope = \"all\""));
        assert!(row(&wish("/console/hq/gifts", "order:read", Some("region"))).unwrap().contains("scope = \"region\""));
        assert!(!row(&wish("/console/gifts", "staff", None)).unwrap().contains("scope"));
        assert!(row(&wish("/console/gifts", "staff", Some("all"))).is_err() && row(&wish("/console/gifts", "member", None)).is_err());
        assert!(row(&Wish { app: "shop", ..wish("/gifts", "member", None) }).is_ok());
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
    fn given_each_context_of_the_console_when_a_page_is_added_then_its_table_takes_the_entry() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../storefront/server/src/console"));
        let mut seen = 0;
        for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file()) {
            let text = std::fs::read_to_string(&file).unwrap();
            let Some((_, pages)) = text.split_once("fn pages() -> Vec<Handler>") else { continue };
            let table = pages.split_once("\n}\n").unwrap().0;
            assert!(table.contains("vec!["), "{} has no table", file.display());
            seen += 1;
        }
        assert!(seen > 5, "{seen}");
    }

    #[test]
    fn given_a_list_of_pages_when_one_is_shown_then_its_line_stands_below_the_modules() {
        assert_eq!(
            after_modules("//! P.\n\nmod a;\nmod b;\n\nuse x::y;\n", "pub use b::c;\n"),
            "//! P.\n\nmod a;\nmod b;\n\npub use b::c;\n\nuse x::y;\n"
        );
        assert_eq!(after_modules("mod a;\n", "pub use a::c;\n"), "mod a;\n\npub use a::c;\n");
    }

    #[test]
    fn given_tables_of_handlers_when_a_page_is_added_then_it_is_their_first_entry_however_they_are_laid_out() {
        let entry = "(\"/b\", get(b)), ";
        let short = "fn pages() -> Vec<Handler> {\n    vec![(\"/a\", get(a))]\n}\n";
        assert!(with_entry(short, "fn pages()", "vec![", entry).unwrap().contains("vec![(\"/b\", get(b)), (\"/a\", get(a))]"));
        assert!(with_entry("fn pages() { vec![] }", "fn pages()", "vec![", entry).unwrap().contains("vec![(\"/b\", get(b)), ]"));
        let long = one_more("fn handlers() -> [Handler; 11] {\n    [\n        (\"/a\", get(a)),\n    ]\n}\n").unwrap();
        let long = with_entry(&long, "fn handlers()", "\n    [", entry).unwrap();
        assert_eq!(long, "fn handlers() -> [Handler; 12] {\n    [(\"/b\", get(b)), \n        (\"/a\", get(a)),\n    ]\n}\n");
        assert_eq!(with_entry("fn a() {}", "fn pages()", "vec![", entry), None);
    }
}
