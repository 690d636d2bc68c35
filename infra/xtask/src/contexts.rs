//! Which context may know which. A context is a folder, or a file while it is small, of that name in every layer; in the domain and in the flows one
//! may know another only in the direction of these tables, so there is no circle between two of them that the tables do not own up to.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context as _, ensure};

use crate::check;

/// A layer: where it lies, how its modules begin, its contexts with those that each may know, and what stands above all of them.
struct Layer {
    folder: &'static str,
    base: &'static [&'static str],
    contexts: &'static [(&'static str, &'static [&'static str])],
    above: &'static [&'static str],
}

/// The layers whose contexts are held apart.
const CONTEXTS: &[Layer] = &[
    Layer {
        folder: "shared/domain/src",
        base: &[],
        contexts: &[
            // The one circle: what any context has decided is a variant of one type, so that one transaction can take all of it.
            ("decision", &["access", "catalog", "governance", "marketing", "orders", "payments", "settlement", "stock", "stores", "transfers"]),
            ("stores", &["decision"]),
            ("catalog", &["decision"]),
            ("members", &["decision"]),
            ("stock", &["decision", "stores"]),
            ("sourcing", &["decision", "stores", "stock"]),
            ("transfers", &["decision", "stores", "stock"]),
            ("payments", &["decision"]),
            ("marketing", &["decision", "stores", "catalog"]),
            ("orders", &["decision", "stores", "catalog", "stock", "sourcing", "transfers", "payments", "marketing"]),
            ("settlement", &["decision", "marketing", "orders"]),
            // Numbers that hold everywhere: each is a type of the context that goes by it.
            ("governance", &["catalog", "decision", "orders", "sourcing", "stock", "stores", "transfers"]),
            ("access", &["decision"]),
        ],
        above: &["lib", "fsck"],
    },
    Layer {
        folder: "functions/src/flows",
        base: &["flows"],
        contexts: &[
            ("catalog", &[]),
            ("governance", &[]),
            ("sourcing", &[]),
            ("orders", &["sourcing"]),
            ("payments", &["orders"]),
            ("stock", &["orders"]),
            ("transfers", &["orders", "sourcing", "stock"]),
            ("coupons", &[]),
            ("marketing", &["coupons", "orders"]),
            // A cart as the foot of a page shows it: nobody knows it.
            ("basket", &["marketing", "orders", "sourcing"]),
        ],
        above: &["mod"],
    },
];

/// Reads every file of the layers.
///
/// # Errors
/// Names each context that knows one it may not, and each that has no row.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for layer in CONTEXTS {
        let folder = root.join(layer.folder);
        for file in check::files(&folder)? {
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let inside = file.strip_prefix(&folder).unwrap_or(&file);
            wrong.extend(against(layer, inside, &text).into_iter().map(|why| format!("{}/{}: {why}", layer.folder, inside.display())));
        }
    }
    ensure!(wrong.is_empty(), "contexts know what they may not (infra/xtask/src/contexts.rs):\n  {}", wrong.join("\n  "));
    Ok(())
}

/// What of a file of a layer goes against its table.
fn against(layer: &Layer, inside: &Path, text: &str) -> Vec<String> {
    let own: Vec<String> = inside.with_extension("").iter().map(|p| p.to_string_lossy().into_owned()).collect();
    let Some(context) = own.first() else { return Vec::new() };
    if layer.above.contains(&context.as_str()) {
        return Vec::new();
    }
    let Some((_, may)) = layer.contexts.iter().find(|(name, _)| name == context) else {
        return vec![format!("the context {context} has no row")];
    };
    // How many steps up it is from here to where the contexts lie.
    let up = own.iter().filter(|part| *part != "mod").count();
    let known = |name: &&String| layer.above.contains(&name.as_str()) || layer.contexts.iter().any(|(c, _)| c == name);
    let named = names(text, layer.base, up);
    let others = named.iter().filter(known).filter(|name| *name != context && !may.contains(&name.as_str()));
    others.map(|name| format!("{context} must not know {name}")).collect()
}

/// The modules right below the base that a file names: by `crate::…`, or by as many `super::` as lead there (one more within its tests).
fn names(text: &str, base: &[&str], up: usize) -> BTreeSet<String> {
    let text = without_words(text);
    let mut all = BTreeSet::new();
    let from_crate = ["crate"].into_iter().chain(base.iter().copied());
    for path in [from_crate.collect::<Vec<_>>(), vec!["super"; up], vec!["super"; up + 1]] {
        all.extend(after(&text, &path));
    }
    all
}

/// Code only: no comments and no texts in quotes, which name what they like.
fn without_words(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let mut quoted = false;
        let mut before = ' ';
        for (i, c) in line.char_indices() {
            if !quoted && line[i..].starts_with("//") {
                break;
            }
            if c == '"' && before != '\\' && before != '\'' {
                quoted = !quoted;
            } else if !quoted {
                code.push(c);
            }
            before = c;
        }
        code.push('\n');
    }
    code
}

/// The names that follow a path, wherever it is written: one, or those of a list in braces; and where the list has the rest of the path, what
/// follows there.
fn after(text: &str, path: &[&str]) -> Vec<String> {
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    let mut all = Vec::new();
    for (i, _) in text.match_indices(&format!("{first}::")) {
        // `pub(crate)` is no path, and neither is the end of a longer word or path.
        if text[..i].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        all.extend(follows(&text[i + first.len() + 2..], rest));
    }
    all
}

/// What of a path's end, as it is written in the code, stands right behind `rest`.
fn follows(end: &str, rest: &[&str]) -> Vec<String> {
    let end = end.trim_start();
    if let Some(list) = end.strip_prefix('{') {
        return items(list).into_iter().flat_map(|item| follows(item, rest)).collect();
    }
    let name: String = end.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    match rest.split_first() {
        None if name.is_empty() => Vec::new(),
        None => vec![name],
        Some((next, rest)) if name == *next => end[name.len()..].strip_prefix("::").map_or_else(Vec::new, |end| follows(end, rest)),
        Some(_) => Vec::new(),
    }
}

/// The items of a list in braces, of which the first brace is read already.
fn items(list: &str) -> Vec<&str> {
    let (mut all, mut depth, mut start) = (Vec::new(), 0_u32, 0);
    for (i, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                all.push(&list[start..i]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                all.push(&list[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYER: Layer = Layer {
        folder: "flows",
        base: &["flows"],
        contexts: &[("orders", &["sourcing"]), ("sourcing", &[]), ("stock", &["orders"])],
        above: &["mod"],
    };

    fn told(file: &str, text: &str) -> Vec<String> {
        against(&LAYER, Path::new(file), text)
    }

    #[test]
    fn given_a_context_that_knows_one_it_may_not_when_checked_then_it_is_told_however_it_is_written() {
        let wrong = ["sourcing must not know stock"];
        for text in [
            "use crate::flows::stock::shelf;",
            "use crate::{\n    App,\n    flows::{\n        orders_of,\n        stock::{counts, shelf},\n    },\n};",
            "fn f() { crate::flows::stock::shelf::expire(); }",
            "use super::stock;",
            "use super::{stock::shelf, other};",
            "mod tests { use super::super::stock; }",
        ] {
            assert_eq!(told("sourcing.rs", text), wrong, "{text}");
        }
        assert_eq!(told("sourcing/ways.rs", "use super::super::stock;"), wrong);
        assert_eq!(told("sourcing/mod.rs", "use super::stock;"), wrong);
    }

    #[test]
    fn given_what_is_allowed_or_is_no_path_when_checked_then_nothing_is_told() {
        for (file, text) in [
            ("stock/shelf.rs", "use crate::flows::orders::shortfalls;\nuse super::counts;\nuse crate::{App, http::Failure};"),
            ("sourcing.rs", "// crate::flows::stock is none of ours\nlet t = \"crate::flows::stock\";"),
            ("sourcing.rs", "use crate::stock::record; use liandian_domain::{flows::stock, stock::record};"),
            ("sourcing/ask.rs", "use super::stock;"),
            ("sourcing.rs", "pub(crate) fn f() {}\nuse crate::flows::sourcing::g;"),
            ("mod.rs", "use crate::flows::stock;"),
        ] {
            assert_eq!(told(file, text), Vec::<String>::new(), "{file}: {text}");
        }
    }

    #[test]
    fn given_a_context_without_a_row_when_checked_then_it_is_told() {
        assert_eq!(told("gifts/wrap.rs", ""), ["the context gifts has no row"]);
    }

    #[test]
    fn given_the_tables_when_read_then_each_context_has_one_row_and_knows_only_contexts_and_the_one_circle_is_the_decisions() {
        for layer in CONTEXTS {
            let names: BTreeSet<&str> = layer.contexts.iter().map(|(name, _)| *name).collect();
            assert_eq!(names.len(), layer.contexts.len());
            let known = layer.contexts.iter().flat_map(|(_, may)| may.iter().copied()).collect::<BTreeSet<&str>>();
            assert!(known.is_subset(&names), "{}: {known:?}", layer.folder);
            let mut open: Vec<(&str, Vec<&str>)> = layer.contexts.iter().map(|(name, may)| (*name, may.to_vec())).collect();
            open.retain(|(name, _)| *name != "decision");
            open.iter_mut().for_each(|(_, may)| may.retain(|n| *n != "decision"));
            // Whoever knows nobody that is left is taken away, again and again: a circle would be left.
            while let Some(i) = open.iter().position(|(_, may)| may.is_empty()) {
                let (gone, _) = open.remove(i);
                open.iter_mut().for_each(|(_, may)| may.retain(|n| *n != gone));
            }
            assert!(open.is_empty(), "{}: {open:?}", layer.folder);
        }
    }
}
