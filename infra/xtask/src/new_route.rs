//! `cargo xtask new-route`: a row in routes.toml and a handler in its context's folder; everything else is generated.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, ensure};

use crate::{
    generate,
    routes::{self, Routes},
    scaffold::{self, Changes, Item},
};

/// Where the list of functions is.
pub const LIST: &str = "infra/routes.toml";

/// The pages' part of the list, its last.
const PAGES: &str = "# ------------------------------------------------------------------ pages";

/// What a route is to be.
pub struct Wish<'a> {
    /// Binary and Lambda name.
    pub name: &'a str,
    /// GET, POST, PUT, DELETE.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// public, member, signed or resource:action.
    pub permission: &'a str,
    /// The context's word.
    pub context: &'a str,
    /// The SAM stack, when it is not that of the context's other routes.
    pub stack: Option<&'a str>,
}

/// Adds a JSON route.
///
/// # Errors
/// When the name is taken, or the list does not hold with it.
pub fn add(root: &Path, wish: &Wish<'_>) -> anyhow::Result<()> {
    let known = routes::read(root)?;
    let Wish { name, method, path, permission, context, .. } = wish;
    ensure!(scaffold::is_name(name, '-'), "{name}: lower-case words joined by -");
    ensure!(scaffold::is_name(context, '_'), "{context}: a context is one lower-case word");
    ensure!(!known.functions.iter().any(|f| f.name == *name), "there is a function {name} already");
    let stack = stack_of(&known, "routes", context, wish.stack)?;
    let function = name.replace('-', "_");
    let mut changes = Changes::default();
    let title = format!("{name}: say what lives here.");
    let text = handler(&function, "App", "Call", "Reply", "Failure");
    let spelled = handler(&function, "crate::App", "crate::http::Call", "crate::http::Reply", "crate::http::Failure");
    let imports = "use crate::{\n    App,\n    http::{Call, Failure, Reply},\n};";
    let new = Item { name: &function, title: &title, imports, text: &text, spelled: &spelled };
    let (handler, file) = scaffold::add_item(&mut changes, root, "functions/src/routes", context, &new)?;
    let scope = if permission.contains(':') && !path.contains("{store}") { "scope = \"all\"\n" } else { "" };
    // What a store's page reads; say what this one does.
    let reach = if *permission == "public" { "partitions = { cell = [\"LOC#*\"], hq = [\"STORE#*\"] }\n" } else { "" };
    let row = format!(
        "[[function]]\nname = \"{name}\"\ncontext = \"{stack}\"\nhandler = \"routes::{handler}\"\nmethod = \"{}\"\npath = \"{path}\"\n\
         permission = \"{permission}\"\n{scope}summary = \"{name}: say in one line what it does\"\ncell = \"read\"\nhq = \"read\"\n{reach}\n",
        method.to_uppercase()
    );
    let list = with_row(&changes.text(root, LIST)?, &row);
    routes::parse(&list)?;
    changes.set(LIST, list);
    changes.format(root)?;
    changes.write(root)?;
    generate::write(root)?;
    println!("now fill in {file}, name its DTOs in {LIST} (body, answers), and run `cargo xtask generate`");
    Ok(())
}

/// The list with one more row: before the pages, with which it ends.
pub fn with_row(list: &str, row: &str) -> String {
    let at = list.find(PAGES).unwrap_or(list.len());
    format!("{}{row}{}", &list[..at], &list[at..])
}

/// The SAM stack of a context: the wanted one, or where most of its handlers are (`kind` is routes or workers).
///
/// # Errors
/// The context has none yet, and none is named.
pub fn stack_of(known: &Routes, kind: &str, context: &str, wanted: Option<&str>) -> anyhow::Result<String> {
    if let Some(stack) = wanted {
        return Ok(stack.to_owned());
    }
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for f in known.functions.iter().filter(|f| f.handler.starts_with(&format!("{kind}::{context}::"))) {
        *count.entry(&f.context).or_default() += 1;
    }
    let most = count.into_iter().max_by_key(|(_, n)| *n).map(|(stack, _)| stack.to_owned());
    most.with_context(|| {
        format!("{context} has no {kind} yet: name its stack with --stack shop|orders|stock|catalog|staff|governance|settlement|events, or a new one")
    })
}

fn handler(function: &str, app: &str, call: &str, reply: &str, failure: &str) -> String {
    format!(
        "/// Parse → load → decide → commit → respond.\n///\n/// # Errors\n/// Name the codes that a client may meet.\n\
         pub async fn {function}(_app: {app}, call: {call}) -> Result<{reply}, {failure}> {{\n    {reply}::json(&call.path)\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Routes {
        let row = |name: &str, context: &str, handler: &str| {
            format!(
                "[[function]]\nname = \"{name}\"\ncontext = \"{context}\"\nhandler = \"{handler}\"\nsummary = \"s\"\nschedule = \"rate(1 day)\"\n"
            )
        };
        let rows = [row("a", "shop", "routes::stores::a"), row("b", "stock", "routes::stores::b"), row("c", "stock", "routes::stores::c")];
        routes::parse(&format!("queue = []\n{}", rows.concat())).unwrap()
    }

    #[test]
    fn given_a_context_with_routes_when_its_stack_is_asked_for_then_it_is_where_most_of_them_are() {
        assert_eq!(stack_of(&list(), "routes", "stores", None).unwrap(), "stock");
        assert_eq!(stack_of(&list(), "routes", "stores", Some("shop")).unwrap(), "shop");
        assert!(stack_of(&list(), "routes", "store", None).unwrap_err().to_string().contains("--stack"));
        assert!(stack_of(&list(), "workers", "stores", None).is_err());
    }

    #[test]
    fn given_a_list_when_a_row_is_added_then_it_stands_before_the_pages() {
        assert_eq!(with_row(&format!("a\n\n{PAGES}: x\nb\n"), "row\n\n"), format!("a\n\nrow\n\n{PAGES}: x\nb\n"));
        assert_eq!(with_row("a\n", "row\n"), "a\nrow\n");
    }
}
