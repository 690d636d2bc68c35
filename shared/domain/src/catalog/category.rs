//! HQ's categories: a tree of at most three levels, and which attributes goods of a category have.

use std::collections::{BTreeMap, BTreeSet};

use liandian_types::{Code, Problem, text};
use serde::{Deserialize, Serialize};

use crate::{Refusable, conflict};

/// Levels of the tree: 大类, 中类, 小类.
pub const LEVELS: usize = 3;

/// Categories of a tree.
pub const MOST_CATEGORIES: usize = 2_000;

/// One category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its key, which addresses and products name: never changes.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The category that it is in; absent at the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Order among its neighbours.
    pub rank: u32,
    /// What is asked of its goods, besides what its parents ask.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeRule>,
    /// The permit (资质) without which nobody sells its goods, by the name of its document; absent: as what it is in; empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<String>,
}

/// The longest name of a permit, in characters.
const LONGEST_PERMIT: usize = 20;

/// An attribute that goods of a category have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeRule {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What a value looks like.
    pub kind: AttributeKind,
    /// Goods are not sold before it is filled in.
    #[serde(default)]
    pub required: bool,
}

/// What a value of an attribute looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Any text of at most this many characters.
    Text(usize),
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// One of these.
    Choice(Vec<String>),
    /// 是 or 否.
    Flag,
}

impl AttributeRule {
    /// Why a value does not fit, if so.
    #[must_use]
    pub fn objection(&self, value: &str) -> Option<String> {
        match &self.kind {
            AttributeKind::Text(longest) => {
                (value.chars().count() > *longest || text::unfit(value).is_some()).then(|| format!("{}最多 {longest} 个字", self.name))
            }
            AttributeKind::Number(least, most) => {
                let fits = value.parse::<i64>().is_ok_and(|n| (*least..=*most).contains(&n));
                (!fits).then(|| format!("{}应为 {least} 到 {most} 的整数", self.name))
            }
            AttributeKind::Choice(all) => (!all.iter().any(|v| v == value)).then(|| format!("{}只能是：{}", self.name, all.join("、"))),
            AttributeKind::Flag => (!matches!(value, "是" | "否")).then(|| format!("{}只能填“是”或“否”", self.name)),
        }
    }
}

/// All categories. What is in here is always a tree: each change is checked as a whole before it is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Category>", into = "Vec<Category>")]
pub struct CategoryTree {
    nodes: BTreeMap<String, Category>,
}

impl TryFrom<Vec<Category>> for CategoryTree {
    type Error = String;
    fn try_from(all: Vec<Category>) -> Result<Self, String> {
        Self::of(all).map_err(|p| p.detail)
    }
}

impl From<CategoryTree> for Vec<Category> {
    fn from(tree: CategoryTree) -> Self {
        tree.nodes.into_values().collect()
    }
}

fn bad<T>(field: &str, detail: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::BadRequest, detail).at(field))
}

/// Keys are parts of addresses and of table keys.
pub(crate) fn key_fits(key: &str) -> bool {
    (1..=40).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl CategoryTree {
    /// Out of its categories.
    ///
    /// # Errors
    /// `bad_request` with the field when they are no tree of at most [`LEVELS`] levels.
    pub fn of(all: Vec<Category>) -> Refusable<Self> {
        let mut nodes = BTreeMap::new();
        for c in all {
            let key = c.key.clone();
            if nodes.insert(key.clone(), c).is_some() {
                return bad("key", format!("类目编码 {key} 重复"));
            }
        }
        let tree = Self { nodes };
        tree.check()?;
        Ok(tree)
    }

    fn check(&self) -> Refusable<()> {
        if self.nodes.len() > MOST_CATEGORIES {
            return bad("key", format!("类目最多 {MOST_CATEGORIES} 个"));
        }
        let mut names = BTreeSet::new();
        for c in self.nodes.values() {
            if !key_fits(&c.key) {
                return bad("key", "类目编码只能用小写字母、数字和连字符，最多 40 位");
            }
            if c.name.trim().is_empty() || c.name.chars().count() > 20 || text::unfit(&c.name).is_some() {
                return bad("name", "类目名称应为 1 到 20 个字");
            }
            if !names.insert((c.parent.as_deref(), text::squeeze(&c.name))) {
                return bad("name", format!("同一级已有类目“{}”", c.name));
            }
            if c.permit.as_ref().is_some_and(|p| p.chars().count() > LONGEST_PERMIT || text::unfit(p).is_some()) {
                return bad("permit", format!("类目“{}”的证照名称最多 {LONGEST_PERMIT} 个字", c.name));
            }
            let mut keys = BTreeSet::new();
            if c.attributes.iter().any(|a| !key_fits(&a.key) || a.name.trim().is_empty() || !keys.insert(&a.key)) {
                return bad("attributes", format!("类目“{}”的属性编码重复或不合规", c.name));
            }
            let (mut at, mut level) = (c, 1);
            while let Some(parent) = &at.parent {
                let Some(above) = self.nodes.get(parent) else {
                    return bad("parent", format!("没有上级类目 {parent}"));
                };
                if above.key == c.key {
                    return bad("parent", format!("类目“{}”不能在它自己下面", c.name));
                }
                level += 1;
                if level > LEVELS {
                    return bad("parent", format!("类目最多 {LEVELS} 级"));
                }
                at = above;
            }
        }
        Ok(())
    }

    fn changed(&self, change: impl FnOnce(&mut BTreeMap<String, Category>)) -> Refusable<Self> {
        let mut next = self.clone();
        change(&mut next.nodes);
        next.check()?;
        Ok(next)
    }

    /// A category by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Category> {
        self.nodes.get(key)
    }

    /// By its key or, where only one has it, by its name: what people write into a table of goods.
    #[must_use]
    pub fn find(&self, written: &str) -> Option<&Category> {
        self.nodes.get(written).or_else(|| {
            let name = text::squeeze(written);
            let mut all = self.nodes.values().filter(|c| text::squeeze(&c.name) == name);
            all.next().filter(|_| all.next().is_none())
        })
    }

    /// From the top down to this one; empty for a key that nobody has.
    #[must_use]
    pub fn path(&self, key: &str) -> Vec<&Category> {
        let mut path = Vec::new();
        let mut at = self.nodes.get(key);
        while let Some(c) = at.filter(|_| path.len() < LEVELS) {
            path.push(c);
            at = c.parent.as_deref().and_then(|p| self.nodes.get(p));
        }
        path.reverse();
        path
    }

    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.nodes.values()
    }

    /// Those directly in it (at the top for `None`), in their order.
    #[must_use]
    pub fn within(&self, parent: Option<&str>) -> Vec<&Category> {
        let mut all: Vec<&Category> = self.nodes.values().filter(|c| c.parent.as_deref() == parent).collect();
        all.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.key.cmp(&b.key)));
        all
    }

    /// Is it this one, or does it lie below it?
    #[must_use]
    pub fn is_under(&self, key: &str, top: &str) -> bool {
        self.path(key).iter().any(|c| c.key == top)
    }

    /// What is asked of goods in it, with what is asked above; where both ask for one key, the lower counts.
    #[must_use]
    pub fn attributes(&self, key: &str) -> Vec<&AttributeRule> {
        let mut all: Vec<&AttributeRule> = Vec::new();
        for rule in self.path(key).into_iter().flat_map(|c| &c.attributes) {
            all.retain(|r| r.key != rule.key);
            all.push(rule);
        }
        all
    }

    /// The permit that goods in it need, by the name of its document: its own, or that of the nearest that it is in and that says anything. What nobody
    /// says anything about needs none.
    #[must_use]
    pub fn permit(&self, key: &str) -> Option<&str> {
        self.path(key).into_iter().rev().find_map(|c| c.permit.as_deref()).filter(|p| !p.is_empty())
    }

    /// Does it, or anything that it is in, say whether a permit is needed?
    #[must_use]
    pub fn says_of_permits(&self, key: &str) -> bool {
        self.path(key).iter().any(|c| c.permit.is_some())
    }

    /// With one more.
    ///
    /// # Errors
    /// `bad_request` when it fits nowhere, `conflict` when its key is taken.
    pub fn with(&self, category: Category) -> Refusable<Self> {
        if self.nodes.contains_key(&category.key) {
            return conflict(format!("类目编码 {} 已被使用", category.key));
        }
        self.changed(|nodes| {
            nodes.insert(category.key.clone(), category);
        })
    }

    /// With another name.
    ///
    /// # Errors
    /// `not_found`, or `bad_request` when its neighbour has that name.
    pub fn renamed(&self, key: &str, name: &str) -> Refusable<Self> {
        self.must_have(key)?;
        self.changed(|nodes| {
            if let Some(c) = nodes.get_mut(key) {
                name.trim().clone_into(&mut c.name);
            }
        })
    }

    /// With it and all that it holds at another place.
    ///
    /// # Errors
    /// `not_found`; `bad_request` when it would lie in itself, or what it holds would lie too deep.
    pub fn moved(&self, key: &str, parent: Option<&str>, rank: u32) -> Refusable<Self> {
        self.must_have(key)?;
        if let Some(to) = parent {
            self.must_have(to)?;
            if self.is_under(to, key) {
                return bad("parent", "类目不能移到它自己或它的下级里");
            }
        }
        self.changed(|nodes| {
            if let Some(c) = nodes.get_mut(key) {
                c.parent = parent.map(str::to_owned);
                c.rank = rank;
            }
        })
    }

    /// Without it.
    ///
    /// # Errors
    /// `not_found`; `conflict` when other categories or goods are in it.
    pub fn without(&self, key: &str, goods: usize) -> Refusable<Self> {
        self.must_have(key)?;
        if self.nodes.values().any(|c| c.parent.as_deref() == Some(key)) {
            return conflict("请先移走或删除下级类目");
        }
        if goods > 0 {
            return conflict(format!("类目里还有 {goods} 个商品，请先移走"));
        }
        self.changed(|nodes| {
            nodes.remove(key);
        })
    }

    fn must_have(&self, key: &str) -> Refusable<()> {
        if self.nodes.contains_key(key) { Ok(()) } else { Err(Problem::new(Code::NotFound, "没有这个类目").at("key")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn category(key: &str, name: &str, parent: Option<&str>) -> Category {
        Category { key: key.into(), name: name.into(), parent: parent.map(str::to_owned), rank: 0, attributes: Vec::new(), permit: None }
    }

    #[test]
    fn given_a_permit_when_asked_for_below_then_the_nearest_word_counts_and_an_empty_one_is_none() {
        let with = |c: Category, permit: &str| Category { permit: Some(permit.into()), ..c };
        let t = CategoryTree::of(vec![
            with(category("drinks", "水饮酒水", None), "食品经营许可证"),
            category("tea", "茶饮料", Some("drinks")),
            with(category("wine", "酒", Some("drinks")), "酒类经营许可证"),
            with(category("cups", "杯具", Some("drinks")), ""),
            category("toys", "玩具", None),
        ])
        .unwrap();
        let all: Vec<Option<&str>> = ["drinks", "tea", "wine", "cups", "toys", "none"].into_iter().map(|k| t.permit(k)).collect();
        assert_eq!(all, [Some("食品经营许可证"), Some("食品经营许可证"), Some("酒类经营许可证"), None, None, None]);
        assert!(t.says_of_permits("cups") && !t.says_of_permits("toys"));
        let long = with(category("x", "甲", None), &"证".repeat(LONGEST_PERMIT + 1));
        assert_eq!(CategoryTree::of(vec![long]).unwrap_err().field.as_deref(), Some("permit"));
        assert!(CategoryTree::of(vec![with(category("x", "甲", None), &"证".repeat(LONGEST_PERMIT))]).is_ok());
    }

    fn tree() -> CategoryTree {
        CategoryTree::of(vec![
            category("drinks", "水饮酒水", None),
            category("tea", "茶饮料", Some("drinks")),
            category("green-tea", "绿茶", Some("tea")),
            category("fresh", "果蔬鲜食", None),
            category("fruit", "水果", Some("fresh")),
        ])
        .unwrap()
    }

    #[test]
    fn given_a_tree_when_a_branch_is_moved_then_no_cycle_and_no_fourth_level_comes_of_it() {
        let t = tree();
        let names = |t: &CategoryTree, key: &str| t.path(key).iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&t, "green-tea"), ["水饮酒水", "茶饮料", "绿茶"]);
        assert_eq!(names(&t.moved("tea", Some("fresh"), 3).unwrap(), "green-tea"), ["果蔬鲜食", "茶饮料", "绿茶"]);
        for (key, to) in [("drinks", "drinks"), ("drinks", "tea"), ("drinks", "green-tea"), ("tea", "fruit"), ("fruit", "green-tea")] {
            assert_eq!(t.moved(key, Some(to), 0).unwrap_err().field.as_deref(), Some("parent"), "{key} {to}");
        }
        assert_eq!(t.moved("nothing", None, 0).unwrap_err().code, Code::NotFound);
        assert!(t.is_under("green-tea", "drinks") && !t.is_under("drinks", "green-tea"));
    }

    #[test]
    fn given_bad_categories_when_made_a_tree_then_the_field_is_named() {
        let of = |all: Vec<Category>| CategoryTree::of(all).unwrap_err().field.unwrap();
        assert_eq!(of(vec![category("a", "甲", None), category("a", "乙", None)]), "key");
        assert_eq!(of(vec![category("A b", "甲", None)]), "key");
        assert_eq!(of(vec![category("a", "甲", Some("z"))]), "parent");
        assert_eq!(of(vec![category("a", "甲", Some("b")), category("b", "乙", Some("a"))]), "parent");
        assert_eq!(of(vec![category("a", "甲", None), category("b", " 甲", None)]), "name");
        assert!(serde_json::from_str::<CategoryTree>(r#"[{"key":"a","name":"甲","parent":"a","rank":0}]"#).is_err());
        let t = tree();
        assert_eq!(serde_json::from_str::<CategoryTree>(&serde_json::to_string(&t).unwrap()).unwrap(), t);
    }

    #[test]
    fn given_a_category_in_use_when_removed_then_it_is_refused() {
        let t = tree();
        assert_eq!(t.without("tea", 0).unwrap_err().code, Code::Conflict);
        assert_eq!(t.without("fruit", 3).unwrap_err().code, Code::Conflict);
        assert!(t.without("fruit", 0).unwrap().get("fruit").is_none());
        assert_eq!(t.with(category("tea", "茶", None)).unwrap_err().code, Code::Conflict);
        assert_eq!(t.renamed("fruit", "鲜果").unwrap().find("鲜 果").unwrap().key, "fruit");
    }

    #[test]
    fn given_attributes_on_two_levels_when_asked_then_the_lower_one_counts() {
        let rule = |key: &str, kind| AttributeRule { key: key.into(), name: "酒精度".into(), kind, required: true };
        let mut all: Vec<Category> = tree().into();
        all.iter_mut().find(|c| c.key == "drinks").unwrap().attributes =
            vec![rule("degree", AttributeKind::Text(4)), rule("sugar", AttributeKind::Flag)];
        all.iter_mut().find(|c| c.key == "tea").unwrap().attributes = vec![rule("degree", AttributeKind::Number(0, 60))];
        let t = CategoryTree::of(all).unwrap();
        let rules = t.attributes("green-tea");
        assert_eq!(rules.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(), ["sugar", "degree"]);
        assert!(rules[1].objection("61").is_some() && rules[1].objection("12").is_none() && rules[0].objection("也许").is_some());
    }

    proptest! {
        #[test]
        fn given_any_moves_when_made_then_every_path_ends_at_the_top_within_three_levels(
            moves in proptest::collection::vec((0_usize..8, proptest::option::of(0_usize..8)), 0..40)
        ) {
            let key = |i: usize| format!("c{i}");
            let mut t = CategoryTree::of((0..8).map(|i| category(&key(i), &format!("类{i}"), None)).collect()).unwrap();
            for (what, to) in moves {
                let to = to.map(key);
                if let Ok(next) = t.moved(&key(what), to.as_deref(), 0) {
                    t = next;
                }
                for i in 0..8 {
                    let path = t.path(&key(i));
                    prop_assert!((1..=LEVELS).contains(&path.len()) && path[0].parent.is_none());
                }
            }
        }
    }
}
