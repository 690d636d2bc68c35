//! What `new-route`, `new-page` and `new-event` have in common: text is put at its place in files that people wrote, and nothing else in them changes.

use std::path::Path;

use anyhow::{Context, ensure};

use crate::generate;

/// Files that shall change, with their new text: written all together when everything is known to fit.
#[derive(Debug, Default)]
pub struct Changes(Vec<(String, String)>);

impl Changes {
    /// The text of a file as it will be.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn text(&self, root: &Path, file: &str) -> anyhow::Result<String> {
        if let Some((_, text)) = self.0.iter().find(|(f, _)| f == file) {
            return Ok(text.clone());
        }
        std::fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))
    }

    /// The file shall have this text.
    pub fn set(&mut self, file: &str, text: String) {
        self.0.retain(|(f, _)| f != file);
        self.0.push((file.to_owned(), text));
    }

    /// Puts text into a file that is there.
    ///
    /// # Errors
    /// The file has no place for it: names the place.
    pub fn put(&mut self, root: &Path, file: &str, change: impl FnOnce(&str) -> Option<String>, place: &str) -> anyhow::Result<()> {
        let text = change(&self.text(root, file)?).with_context(|| format!("{file}: cannot find {place}"))?;
        self.set(file, text);
        Ok(())
    }

    /// Is there such a file, or will there be one?
    pub fn has(&self, root: &Path, file: &str) -> bool {
        self.0.iter().any(|(f, _)| f == file) || root.join(file).exists()
    }

    /// Lays out the Rust among them as `cargo fmt` would: where a line breaks is not said by who puts text in.
    ///
    /// # Errors
    /// One of them is no Rust.
    pub fn format(&mut self, root: &Path) -> anyhow::Result<()> {
        for (file, text) in self.0.iter_mut().filter(|(file, _)| file.ends_with(".rs")) {
            *text = generate::formatted(root, text).with_context(|| format!("{file} would be no Rust"))?;
        }
        Ok(())
    }

    /// Writes all of them, and names each.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(self, root: &Path) -> anyhow::Result<()> {
        for (file, text) in self.0 {
            let path = root.join(&file);
            std::fs::create_dir_all(path.parent().unwrap_or(root))?;
            std::fs::write(&path, text).with_context(|| format!("cannot write {file}"))?;
            println!("wrote {file}");
        }
        Ok(())
    }
}

/// A context's place in a folder: its file `<context>.rs`, or its folder `<context>/`, in which a thing gets a file of its own.
pub enum Home {
    /// `<folder>/<context>.rs`, which may be new.
    File,
    /// `<folder>/<context>/`, whose list of modules is its `mod.rs`, or `<context>.rs` beside it.
    Folder,
}

/// Where a context lives below a folder. A context that is new there begins as a file.
pub fn home(root: &Path, folder: &str, context: &str) -> Home {
    if root.join(folder).join(context).is_dir() { Home::Folder } else { Home::File }
}

/// Adds an item to the context's home below `folder`: appended to its file, or in a file of its own in its folder. Answers the Rust path below
/// `folder` and the file. `imports` head a new file, `title` says what a new context's file is.
///
/// # Errors
/// There is a file of that name already, or a list of modules cannot be read.
pub fn add_item(changes: &mut Changes, root: &Path, folder: &str, context: &str, new: &Item<'_>) -> anyhow::Result<(String, String)> {
    match home(root, folder, context) {
        Home::Folder => {
            let file = format!("{folder}/{context}/{}.rs", new.name);
            ensure!(!changes.has(root, &file), "{file} is there already");
            changes.set(&file, format!("//! {}\n\n{}\n\n{}", new.title, new.imports, new.text));
            let list = list_of(changes, root, &format!("{folder}/{context}"));
            changes.put(root, &list, |t| Some(with_module(t, new.name)), "the list of modules")?;
            Ok((format!("{context}::{}::{}", new.name, new.name), file))
        }
        Home::File => {
            let file = format!("{folder}/{context}.rs");
            if changes.has(root, &file) {
                let text = changes.text(root, &file)?;
                ensure!(!text.contains(&format!("fn {}(", new.name)), "{file} has a function {} already", new.name);
                changes.set(&file, before_tests(&text, new.spelled));
            } else {
                changes.set(&file, format!("//! {}\n\n{}\n\n{}", new.title, new.imports, new.text));
                let list = list_of(changes, root, folder);
                changes.put(root, &list, |t| Some(with_module(t, context)), "the list of modules")?;
            }
            Ok((format!("{context}::{}", new.name), file))
        }
    }
}

/// The file that lists a folder's modules.
pub fn list_of(changes: &Changes, root: &Path, folder: &str) -> String {
    let beside = format!("{folder}.rs");
    if changes.has(root, &beside) { beside } else { format!("{folder}/mod.rs") }
}

/// An item to be added.
pub struct Item<'a> {
    /// The function's name, and its file's in a context's folder.
    pub name: &'a str,
    /// First line of a new file.
    pub title: &'a str,
    /// Imports of a new file.
    pub imports: &'a str,
    /// The item, for a new file.
    pub text: &'a str,
    /// The same with whole paths, for a file whose imports are not known.
    pub spelled: &'a str,
}

/// The list of modules with one more, at its place in the alphabet.
pub fn with_module(text: &str, module: &str) -> String {
    let line = format!("pub mod {module};");
    let mut lines: Vec<&str> = text.lines().collect();
    let of = |l: &str| l.strip_prefix("pub ").unwrap_or(l).strip_prefix("mod ").and_then(|m| m.strip_suffix(';')).map(str::to_owned);
    if lines.iter().any(|l| of(l).as_deref() == Some(module)) {
        return text.to_owned();
    }
    let mods: Vec<usize> = (0..lines.len()).filter(|i| of(lines[*i]).is_some()).collect();
    let after = mods.iter().find(|i| of(lines[**i]).is_some_and(|m| m.as_str() > module));
    match (after, mods.last()) {
        (Some(i), _) => lines.insert(*i, &line),
        (None, Some(i)) => lines.insert(i + 1, &line),
        (None, None) => {
            // Below the header, above everything else.
            let at = lines.iter().position(|l| !l.starts_with("//!")).unwrap_or(lines.len());
            drop(lines.splice(at..at, ["", line.as_str()]));
        }
    }
    lines.join("\n") + "\n"
}

/// A file with one more item, above its tests.
pub fn before_tests(text: &str, item: &str) -> String {
    match text.find("#[cfg(test)]\nmod ") {
        Some(at) => format!("{}{item}\n{}", &text[..at], &text[at..]),
        None => format!("{}\n\n{item}", text.trim_end()),
    }
}

/// Text with something put in front of the first `mark` behind `from`.
pub fn before(text: &str, from: &str, mark: &str, what: &str) -> Option<String> {
    let start = text.find(from)?;
    let at = start + text[start..].find(mark)?;
    Some(format!("{}{what}{}", &text[..at], &text[at..]))
}

/// `gift_note` or `gift-note` is `GiftNote`.
pub fn camel(name: &str) -> String {
    name.split(['-', '_', '.']).filter(|w| !w.is_empty()).map(|w| w[..1].to_uppercase() + &w[1..]).collect()
}

/// Lower-case words, joined by one of these.
pub fn is_name(name: &str, joint: char) -> bool {
    name.split(joint)
        .all(|w| w.bytes().next().is_some_and(|b| b.is_ascii_lowercase()) && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_list_of_modules_when_one_is_added_then_it_stands_in_the_alphabet_and_all_else_stays() {
        let list = "//! Routes.\n\npub mod access;\npub mod stores;\n\nuse a::b;\n";
        assert_eq!(with_module(list, "orders"), "//! Routes.\n\npub mod access;\npub mod orders;\npub mod stores;\n\nuse a::b;\n");
        assert_eq!(with_module(list, "zones"), "//! Routes.\n\npub mod access;\npub mod stores;\npub mod zones;\n\nuse a::b;\n");
        assert_eq!(with_module(list, "stores"), list);
        let private = "//! Pages.\n\nmod access;\nmod kit;\nmod stores;\n";
        assert_eq!(with_module(private, "gifts"), "//! Pages.\n\nmod access;\npub mod gifts;\nmod kit;\nmod stores;\n");
        assert_eq!(with_module(private, "kit"), private);
        assert_eq!(with_module("//! Routes.\n\nuse a::b;\n", "gifts"), "//! Routes.\n\npub mod gifts;\n\nuse a::b;\n");
    }

    #[test]
    fn given_a_file_with_tests_when_an_item_is_added_then_it_stands_above_them() {
        assert_eq!(
            before_tests("fn a() {}\n\n#[cfg(test)]\nmod tests {}\n", "fn b() {}\n"),
            "fn a() {}\n\nfn b() {}\n\n#[cfg(test)]\nmod tests {}\n"
        );
        assert_eq!(before_tests("fn a() {}\n", "fn b() {}\n"), "fn a() {}\n\nfn b() {}\n");
    }

    #[test]
    fn given_a_mark_behind_another_when_text_is_put_before_it_then_an_earlier_one_is_left_alone() {
        assert_eq!(before("x ; fn a x ; y", "fn a", ";", "b ").as_deref(), Some("x ; fn a x b ; y"));
        assert_eq!(before("x ;", "fn a", ";", "b"), None);
    }

    #[test]
    fn given_names_when_written_as_types_then_every_word_begins_large() {
        assert_eq!((camel("order.gift_noted").as_str(), camel("stock-short").as_str()), ("OrderGiftNoted", "StockShort"));
        assert!(is_name("gift-note2", '-') && !is_name("Gift", '-') && !is_name("gift--note", '-') && !is_name("2", '-') && !is_name("", '-'));
    }

    #[test]
    fn given_a_context_with_a_file_or_a_folder_when_an_item_is_added_then_it_goes_where_its_context_is() {
        let root = std::env::temp_dir().join(format!("liandian-scaffold-{}", std::process::id()));
        std::fs::create_dir_all(root.join("r/orders")).unwrap();
        for (file, text) in
            [("r/mod.rs", "//! R.\n\npub mod orders;\npub mod stores;\n"), ("r/stores.rs", "//! S.\n"), ("r/orders/mod.rs", "//! O.\n")]
        {
            std::fs::write(root.join(file), text).unwrap();
        }
        let new = Item { name: "greet", title: "Greeting.", imports: "use a;", text: "fn greet() {}\n", spelled: "fn greet() { a::b() }\n" };
        let mut changes = Changes::default();
        let added = |c: &mut Changes, context: &str| add_item(c, &root, "r", context, &new).unwrap();
        assert_eq!(added(&mut changes, "orders"), ("orders::greet::greet".into(), "r/orders/greet.rs".into()));
        assert_eq!(added(&mut changes, "stores"), ("stores::greet".into(), "r/stores.rs".into()));
        assert_eq!(added(&mut changes, "gifts"), ("gifts::greet".into(), "r/gifts.rs".into()));
        assert!(add_item(&mut changes, &root, "r", "orders", &new).is_err(), "it is there already");
        changes.write(&root).unwrap();
        let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
        assert_eq!(read("r/mod.rs"), "//! R.\n\npub mod gifts;\npub mod orders;\npub mod stores;\n");
        assert_eq!(read("r/orders/mod.rs"), "//! O.\n\npub mod greet;\n");
        assert_eq!(read("r/orders/greet.rs"), "//! Greeting.\n\nuse a;\n\nfn greet() {}\n");
        assert_eq!(read("r/stores.rs"), "//! S.\n\nfn greet() { a::b() }\n");
        std::fs::remove_dir_all(root).unwrap();
    }
}
