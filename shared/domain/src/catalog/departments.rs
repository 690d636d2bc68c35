//! The categories that a store has to show, and those that its own goods can be put in. What a store keeps of them are keys and names of the day on which
//! it was made: which there are now, and what they are called, HQ says.

use std::collections::BTreeMap;

use super::{LibrarySku, category::CategoryTree};

/// What customers of a store find goods by: the categories that it began with, in its order, then those that goods of the library are in besides; each
/// by the name that it has now.
#[must_use]
pub fn shown(own: &[(String, String)], library: &[LibrarySku]) -> Vec<(String, String)> {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut last = "";
    for s in library.iter().filter(|s| s.sold_online()) {
        // The library comes category by category: most rows are of the one before.
        if s.category != last {
            last = s.category.as_str();
            names.entry(last).or_insert(s.category_name.as_str());
        }
    }
    with_more(own, |key| names.get(key).copied(), names.iter().map(|(key, name)| (*key, *name)))
}

/// What a store's own goods can be put in: what it began with, and the chain's categories of the first level, by which it is known what documents such
/// goods need. While HQ has written down no categories, all stays as it was.
#[must_use]
pub fn to_choose(own: &[(String, String)], tree: &CategoryTree) -> Vec<(String, String)> {
    let known = |key: &str| tree.get(key).map(|c| c.name.as_str());
    let nothing_said = tree.iter().next().is_none();
    let own: Vec<(String, String)> = own.iter().filter(|(key, _)| nothing_said || known(key.as_str()).is_some()).cloned().collect();
    with_more(&own, known, tree.within(None).into_iter().map(|c| (c.key.as_str(), c.name.as_str())))
}

/// The store's own with their names of now, and then the others.
fn with_more<'a>(
    own: &[(String, String)],
    name: impl Fn(&str) -> Option<&'a str>,
    others: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = own.iter().map(|(key, was)| (key.clone(), name(key.as_str()).unwrap_or(was.as_str()).to_owned())).collect();
    let more = others.filter(|(key, _)| own.iter().all(|(k, _)| k.as_str() != *key));
    all.extend(more.map(|(key, name)| (key.to_owned(), name.to_owned())));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{
        category::Category,
        product::tests::{brands, milk, tree},
    };

    fn own(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).collect()
    }

    fn sku(category: &str, name: &str) -> LibrarySku {
        let first = milk().library(&tree(), &brands()).remove(0);
        LibrarySku { category: category.into(), category_name: name.into(), ..first }
    }

    #[test]
    fn given_a_store_of_before_when_hq_renames_and_adds_categories_then_both_are_shown_and_its_order_stays() {
        let library = [sku("bakery", "烘焙"), sku("dairy", "乳品与冰品"), sku("dairy", "乳品与冰品"), sku("pets", "宠物")];
        let was = own(&[("dairy", "乳品"), ("fresh", "生鲜")]);
        assert_eq!(shown(&was, &library), own(&[("dairy", "乳品与冰品"), ("fresh", "生鲜"), ("bakery", "烘焙"), ("pets", "宠物")]));
        // The first store of a chain began with none.
        assert_eq!(shown(&[], &library[..1]), own(&[("bakery", "烘焙")]));
        assert!(shown(&[], &[]).is_empty());
        let off = LibrarySku { off: true, ..sku("toys", "玩具") };
        assert!(shown(&[], &[off]).is_empty(), "nothing of it can be bought");
    }

    #[test]
    fn given_categories_of_hq_when_a_store_chooses_then_all_of_them_can_be_and_those_that_are_gone_cannot() {
        let category =
            |key: &str, name: &str| Category { key: key.into(), name: name.into(), parent: None, rank: 0, attributes: Vec::new(), permit: None };
        let below = Category { parent: Some("pets".into()), ..category("cat-food", "猫粮") };
        let tree = CategoryTree::of(vec![category("dairy", "乳品与冰品"), category("pets", "宠物"), below]).unwrap();
        let was = own(&[("toys", "玩具"), ("dairy", "乳品")]);
        assert_eq!(to_choose(&was, &tree), own(&[("dairy", "乳品与冰品"), ("pets", "宠物")]));
        assert_eq!(to_choose(&was, &CategoryTree::default()), was);
    }
}
