//! Regions (区域): a business grouping of stores, in a tree.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, Problem, RegionId, StaffId, text::unfit};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, StoresWrite},
};

/// The longest name of a region or of who is responsible for it, in characters.
const MAX_NAME: usize = 20;
/// How deep the tree is at most.
pub const MAX_DEPTH: usize = 4;
/// How many regions a chain has at most.
pub const MAX_REGIONS: usize = 500;

/// A region of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Its id.
    pub region: RegionId,
    /// Its name.
    pub name: String,
    /// The region that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<RegionId>,
    /// Who is responsible for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub manager: String,
    /// How often it was changed.
    #[serde(default)]
    pub version: u64,
}

/// The regions in which a region lies, the nearest first, itself not among them. Ends where the tree bites its tail.
#[must_use]
pub fn above<'a>(all: &'a [Region], region: &RegionId) -> Vec<&'a Region> {
    let mut way: Vec<&Region> = Vec::new();
    let mut at = all.iter().find(|r| r.region == *region);
    while let Some(parent) = at.and_then(|r| r.parent.as_ref()).and_then(|p| all.iter().find(|r| r.region == *p)) {
        if way.len() > MAX_DEPTH || parent.region == *region || way.contains(&parent) {
            break;
        }
        way.push(parent);
        at = Some(parent);
    }
    way
}

/// All regions in the order of the tree, each with how deep it lies.
#[must_use]
pub fn tree(all: &[Region]) -> Vec<(&Region, usize)> {
    let mut sorted: Vec<(Vec<&str>, &Region, usize)> = all
        .iter()
        .map(|r| {
            let way = above(all, &r.region);
            let path = way.iter().rev().copied().chain([r]).map(|r| r.region.as_str()).collect();
            (path, r, way.len())
        })
        .collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.into_iter().map(|(_, r, depth)| (r, depth)).collect()
}

/// The name of a region; its id where nobody has named it.
#[must_use]
pub fn name_of(all: &[Region], region: &RegionId) -> String {
    all.iter().find(|r| r.region == *region).map_or_else(|| region.to_string(), |r| r.name.clone())
}

fn changes(old: Option<&Region>, new: &Region) -> Vec<FieldChange> {
    let fields = |r: &Region| {
        let parent = r.parent.as_ref().map(ToString::to_string).unwrap_or_default();
        [("name", r.name.clone()), ("parent", parent), ("manager", r.manager.clone())]
    };
    let empty = || [("name", String::new()), ("parent", String::new()), ("manager", String::new())];
    let was = old.map_or_else(empty, fields);
    let pairs = was.into_iter().zip(fields(new));
    pairs.filter(|((_, old), (_, new))| old != new).map(|((field, old), (_, new))| FieldChange { field: field.to_owned(), old, new }).collect()
}

/// Makes a region, or changes its name, place in the tree, or who is responsible for it. `new.version` is the version that was seen, 0 for a new one.
///
/// # Errors
/// `conflict` when it is another by now; `bad_request` naming the field.
pub fn set(all: &[Region], mut new: Region, by: &StaffId) -> Refusable<Decision> {
    let old = all.iter().find(|r| r.region == new.region);
    if new.version != old.map_or(0, |r| r.version) {
        return conflict("区域刚被其他人修改过，请刷新页面，核对后再保存");
    }
    let bad = |field: &str, text: String| Err(Problem::new(Code::BadRequest, text).at(field));
    new.name = new.name.trim().to_owned();
    new.manager = new.manager.trim().to_owned();
    if new.name.is_empty() || new.name.chars().count() > MAX_NAME || unfit(&new.name).is_some() {
        return bad("name", format!("区域名称为 1 到 {MAX_NAME} 个字"));
    }
    if all.iter().any(|r| r.region != new.region && r.name == new.name && r.parent == new.parent) {
        return bad("name", "同级区域中已有这个名称".to_owned());
    }
    if new.manager.chars().count() > MAX_NAME || unfit(&new.manager).is_some() {
        return bad("manager", format!("负责人最多 {MAX_NAME} 个字"));
    }
    if old.is_none() && all.len() >= MAX_REGIONS {
        return bad("region", format!("最多 {MAX_REGIONS} 个区域"));
    }
    if let Some(parent) = &new.parent {
        if !all.iter().any(|r| r.region == *parent) {
            return bad("parent", "上级区域不存在".to_owned());
        }
        let mut way = above(all, parent).into_iter().map(|r| &r.region).chain([parent]);
        if way.any(|r| *r == new.region) {
            return bad("parent", "上级区域不能是自己或自己的下级".to_owned());
        }
        if above(all, parent).len() + 2 > MAX_DEPTH {
            return bad("parent", format!("区域最多 {MAX_DEPTH} 级"));
        }
    }
    let mut d = Decision::default();
    let changes = changes(old, &new);
    if !changes.is_empty() {
        let region = new.region.clone();
        d.write(StoresWrite::Region(new));
        d.event(Aggregate::Regions, Event::RegionChanged { region, by: by.clone(), changes });
    }
    Ok(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(id: &str, name: &str, parent: Option<&str>) -> Region {
        Region { region: id.parse().unwrap(), name: name.into(), parent: parent.map(|p| p.parse().unwrap()), manager: String::new(), version: 1 }
    }

    fn chain() -> Vec<Region> {
        vec![region("reg_b", "乙", Some("reg_a")), region("reg_a", "甲", None), region("reg_c", "丙", Some("reg_b"))]
    }

    fn field(new: Region) -> String {
        set(&chain(), new, &"stf_1".parse().unwrap()).unwrap_err().field.unwrap_or_default()
    }

    #[test]
    fn given_a_tree_when_listed_then_parts_stand_behind_the_whole_and_a_circle_ends() {
        let all = chain();
        let shown: Vec<(&str, usize)> = tree(&all).into_iter().map(|(r, depth)| (r.name.as_str(), depth)).collect();
        assert_eq!(shown, [("甲", 0), ("乙", 1), ("丙", 2)]);
        let circle = vec![region("reg_a", "甲", Some("reg_b")), region("reg_b", "乙", Some("reg_a"))];
        assert_eq!(tree(&circle).len(), 2);
        assert_eq!(name_of(&all, &"reg_x".parse().unwrap()), "reg_x");
    }

    #[test]
    fn given_a_region_when_set_then_each_limit_holds_and_who_saw_an_old_one_is_refused() {
        assert_eq!(field(region("reg_a", " ", None)), "name");
        assert_eq!(field(region("reg_a", &"长".repeat(21), None)), "name");
        assert_eq!(field(Region { version: 0, ..region("reg_d", "甲", None) }), "name");
        assert_eq!(field(region("reg_a", "甲", Some("reg_c"))), "parent");
        assert_eq!(field(region("reg_a", "甲", Some("reg_x"))), "parent");
        let by = "stf_1".parse().unwrap();
        let four = Region { version: 0, ..region("reg_d", "丁", Some("reg_c")) };
        let d = set(&chain(), four.clone(), &by).unwrap();
        assert_eq!((d.writes.len(), d.events.len()), (1, 1));
        let all: Vec<Region> = chain().into_iter().chain([Region { version: 1, ..four }]).collect();
        let five = Region { version: 0, ..region("reg_e", "戊", Some("reg_d")) };
        assert_eq!(set(&all, five, &by).unwrap_err().field.as_deref(), Some("parent"));
        assert_eq!(set(&all, Region { version: 4, ..region("reg_a", "甲", None) }, &by).unwrap_err().code, Code::Conflict);
        assert!(set(&all, region("reg_a", "甲", None), &by).unwrap().is_empty(), "nothing changed");
    }
}
