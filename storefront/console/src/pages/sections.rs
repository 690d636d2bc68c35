//! The sections of the console: one table. Navigation, the bar of a phone and the command box follow from it; a new section is a row.

use liandian_types::{Permission, Scope, StoreId};

use super::{Frame, Place};

/// A part of the console, with pages of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// 接单 of a store, 总览 of HQ.
    Home,
    /// 核销
    Pickup,
    /// 收发货 of a store, 调拨 of HQ.
    Transfers,
    /// 库存
    Stock,
    /// 盘点
    Counts,
    /// 库存流水
    Movements,
    /// 结算
    Settlement,
    /// 异常
    Exceptions,
    /// 全链规则
    Rules,
    /// 门店
    Stores,
    /// 订单
    Orders,
    /// 已发快递
    Parcels,
    /// 待处理
    Approvals,
    /// 访问记录
    Access,
    /// 价格
    Prices,
    /// 审批单
    Requests,
    /// 分级规则 of HQ, 本店规则 of a store.
    Settings,
    /// 需求诊断
    Setup,
    /// 区域
    Regions,
    /// 门店导入
    StoreImports,
    /// 门店资料 of a store.
    Profile,
    /// 仓库
    Warehouses,
    /// 商品库
    Products,
    /// 类目
    Categories,
    /// 品牌
    Brands,
    /// 商品导入
    Imports,
    /// 员工账号 of HQ and of regions.
    Accounts,
    /// 角色权限
    Roles,
    /// 接口密钥
    Keys,
    /// 员工 of a store.
    Staff,
    /// 选品
    Assortment,
    /// 本地商品 of a store.
    Locals,
    /// 本地商品审核
    LocalReview,
    /// 活动
    Campaigns,
    /// 活动审核
    CampaignReview,
    /// 活动日历
    CampaignCalendar,
    /// 搜索词
    Words,
    /// 修改记录
    Audit,
    /// 优惠券
    Coupons,
    /// 预约时段 of a store.
    Slots,
    /// 协议与政策
    Legal,
    /// None of them.
    Elsewhere,
}

/// Whose section it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The chain's, and a region's part of it.
    Hq,
    /// One store's.
    Store,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    whose: Whose,
    /// Which it is.
    pub section: Section,
    /// Sections of the same group stand together; a group of one shows no title.
    pub group: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Its path, below that of HQ or of the store.
    tail: &'static str,
    permission: Option<Permission>,
    /// Only for who sees the whole chain.
    of_chain: bool,
    /// In the bar of a phone, which has room for four.
    pub in_bar: bool,
    /// Other words by which the command box finds it.
    pub words: &'static str,
    /// The name of the figure that says how much waits there.
    pub waits: Option<&'static str>,
}

impl Row {
    const fn new(whose: Whose, group: &'static str, title: &'static str, tail: &'static str, section: Section) -> Self {
        Self { whose, section, group, title, tail, permission: None, of_chain: false, in_bar: false, words: "", waits: None }
    }

    const fn hq(group: &'static str, title: &'static str, tail: &'static str, section: Section) -> Self {
        Self::new(Whose::Hq, group, title, tail, section)
    }

    const fn store(group: &'static str, title: &'static str, tail: &'static str, section: Section) -> Self {
        Self::new(Whose::Store, group, title, tail, section)
    }

    const fn needs(mut self, permission: Permission) -> Self {
        self.permission = Some(permission);
        self
    }

    const fn of_chain(mut self) -> Self {
        self.of_chain = true;
        self
    }

    const fn in_bar(mut self) -> Self {
        self.in_bar = true;
        self
    }

    const fn words(mut self, words: &'static str) -> Self {
        self.words = words;
        self
    }

    const fn waits(mut self, figure: &'static str) -> Self {
        self.waits = Some(figure);
        self
    }
}

/// All sections, in the order in which they are shown.
const SECTIONS: &[Row] = &[
    Row::hq("工作台", "总览", "", Section::Home).needs(Permission::StoreRead).in_bar().words("首页 工作台"),
    Row::hq("工作台", "待处理", "/approvals", Section::Approvals).needs(Permission::StockApprove).words("审批 盘点差异").waits("approvals"),
    Row::hq("工作台", "审批单", "/requests", Section::Requests).needs(Permission::RequestDecide).words("价格审批 改价 驳回").waits("requests"),
    Row::hq("工作台", "异常", "/exceptions", Section::Exceptions).needs(Permission::StockRead).words("缺货 超时 预警").waits("exceptions"),
    Row::hq("门店", "门店", "/stores", Section::Stores).needs(Permission::StoreRead).in_bar().words("网点 营业安排"),
    Row::hq("门店", "区域", "/regions", Section::Regions).needs(Permission::StoreWrite).of_chain().words("区域树 大区"),
    Row::hq("门店", "门店导入", "/store-imports", Section::StoreImports).needs(Permission::StoreWrite).of_chain().words("批量 CSV"),
    Row::hq("门店", "仓库", "/warehouses", Section::Warehouses).needs(Permission::WarehouseWrite).of_chain().words("前置仓 总部仓 库位 库管"),
    Row::hq("商品", "商品库", "/products", Section::Products).needs(Permission::LibraryRead).of_chain().words("商品 SPU 价格 底价 上架 下架"),
    Row::hq("商品", "类目", "/categories", Section::Categories).needs(Permission::LibraryRead).of_chain().words("分类 属性"),
    Row::hq("商品", "品牌", "/brands", Section::Brands).needs(Permission::LibraryRead).of_chain(),
    Row::hq("商品", "搜索词", "/search-words", Section::Words).needs(Permission::LibraryRead).of_chain().words("同义词 热搜"),
    Row::hq("商品", "商品导入", "/product-imports", Section::Imports).needs(Permission::LibraryRead).of_chain().words("CSV 表格 批量 导出"),
    Row::hq("商品", "本地商品审核", "/local-products", Section::LocalReview).needs(Permission::LocalReview).of_chain().words("资质 审批 自有商品"),
    Row::hq("库存与调拨", "库存", "/stock", Section::Stock).needs(Permission::StockRead).in_bar().words("商品 SKU 可售"),
    Row::hq("库存与调拨", "调拨", "/transfers", Section::Transfers).needs(Permission::TransferRead).words("在途 调配"),
    Row::hq("订单与售后", "订单", "/orders", Section::Orders).needs(Permission::OrderRead).in_bar().words("售后 退款"),
    Row::hq("营销", "活动", "/campaigns", Section::Campaigns).needs(Permission::CampaignRead).of_chain().words("满减 折扣 套餐 促销 审核"),
    Row::hq("营销", "优惠券", "/coupons", Section::Coupons).needs(Permission::CampaignRead).of_chain().words("券 兑换码 领券 发放"),
    Row::hq("营销", "活动审核", "/campaigns/review", Section::CampaignReview)
        .needs(Permission::CampaignReview)
        .of_chain()
        .words("批准 驳回 门店活动")
        .waits("campaigns"),
    Row::hq("营销", "活动日历", "/campaigns/calendar", Section::CampaignCalendar).needs(Permission::CampaignRead).words("排期 冲突 月历"),
    Row::hq("财务", "结算", "/settlement", Section::Settlement).needs(Permission::SettlementRead).words("财务 分成 分录"),
    Row::hq("设置", "全链规则", "/rules", Section::Rules).needs(Permission::StoreRead).of_chain().words("设置 参数 政策"),
    Row::hq("设置", "访问记录", "/access", Section::Access).needs(Permission::AuditRead).of_chain().words("审计 登录"),
    Row::hq("设置", "分级规则", "/settings", Section::Settings).needs(Permission::PolicyWrite).of_chain().words("权限 阈值 经营模式 等级 区域"),
    Row::hq("设置", "需求诊断", "/setup", Section::Setup).needs(Permission::PolicyWrite).of_chain().words("问卷 方案 开通"),
    Row::hq("设置", "员工账号", "/accounts", Section::Accounts).needs(Permission::AccountRead).words("员工 账号 邀请 停用"),
    Row::hq("设置", "角色权限", "/roles", Section::Roles).needs(Permission::AccountRead).of_chain().words("权限 角色"),
    Row::hq("设置", "接口密钥", "/keys", Section::Keys).needs(Permission::KeyWrite).words("对接 API 密钥"),
    Row::hq("设置", "协议与政策", "/legal", Section::Legal).needs(Permission::PolicyWrite).of_chain().words("用户协议 隐私政策 版本 同意"),
    Row::hq("设置", "修改记录", "/audit", Section::Audit).needs(Permission::AuditRead).of_chain().words("审计 历史 谁改的"),
    Row::store("", "接单", "", Section::Home).needs(Permission::OrderRead).in_bar().words("待办 备货").waits("preparing"),
    Row::store("", "核销", "/pickup", Section::Pickup).needs(Permission::PickupVerify).in_bar().words("自提 取货码"),
    Row::store("", "收发货", "/transfers", Section::Transfers).needs(Permission::TransferRead).in_bar().words("调拨 补货").waits("transfers"),
    Row::store("", "库存", "/stock", Section::Stock).needs(Permission::StockRead).in_bar().words("入库 报损 临期 缺货"),
    Row::store("更多", "订单", "/orders", Section::Orders).needs(Permission::OrderRead).words("查单 已完成"),
    Row::store("更多", "已发快递", "/parcels", Section::Parcels).needs(Permission::OrderRead).words("包裹 快递"),
    Row::store("更多", "预约时段", "/slots", Section::Slots).needs(Permission::OrderRead).words("自提时间 配送时间 容量 约满 暂停预约"),
    Row::store("更多", "盘点", "/counts", Section::Counts).needs(Permission::StockRead).words("盘点单"),
    Row::store("更多", "库存流水", "/movements", Section::Movements).needs(Permission::StockRead).words("单据 变动"),
    Row::store("更多", "价格", "/prices", Section::Prices).needs(Permission::StoreRead).words("改价 限时价 折扣"),
    Row::store("更多", "审批单", "/requests", Section::Requests).needs(Permission::StoreRead).words("申请 撤回").waits("asked"),
    Row::store("更多", "门店资料", "/profile", Section::Profile).needs(Permission::StoreRead).words("营业时间 入口 二维码"),
    Row::store("更多", "仓库", "/warehouses", Section::Warehouses).needs(Permission::StoreRead).words("前置仓 库位 库管"),
    Row::store("更多", "结算", "/settlement", Section::Settlement).needs(Permission::SettlementRead).words("分成 分录"),
    Row::store("更多", "本店规则", "/policy", Section::Settings).needs(Permission::StoreRead).words("权限 阈值 政策"),
    Row::store("更多", "员工", "/staff", Section::Staff).needs(Permission::AccountRead).words("账号 店员 邀请"),
    Row::store("更多", "选品", "/assortment", Section::Assortment).needs(Permission::ListingWrite).words("上架 下架 商品库"),
    Row::store("更多", "本地商品", "/local-products", Section::Locals).needs(Permission::ListingWrite).words("自有商品 资质 证照"),
    Row::store("更多", "活动", "/campaigns", Section::Campaigns).needs(Permission::CampaignRead).words("满减 折扣 套餐 促销"),
    Row::store("更多", "优惠券", "/coupons", Section::Coupons).needs(Permission::CampaignRead).words("券 兑换码 领券"),
    Row::store("更多", "活动日历", "/campaigns/calendar", Section::CampaignCalendar).needs(Permission::CampaignRead).words("排期 冲突 月历"),
];

/// A section that this person may open, with its address.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its row.
    pub row: Row,
    /// Where it is.
    pub href: String,
    /// Is this page one of its own?
    pub here: bool,
}

/// Sections that stand together.
#[derive(Debug, Clone)]
pub struct Group {
    /// What they are together; empty when they need no title.
    pub title: &'static str,
    /// The sections.
    pub links: Vec<Link>,
}

/// What this person may open from this page: first what belongs to its place.
pub(super) fn groups(frame: &Frame<'_>) -> Vec<Group> {
    let store = |id: &StoreId, here: bool| of(frame, Whose::Store, &format!("/console/s/{id}"), here);
    match (frame.place, &frame.staff.scope) {
        (Place::Store(row), Scope::Store(_)) => store(&row.store, true),
        (Place::Store(row), _) => {
            let mut all = store(&row.store, true);
            // Who came from above finds the way back, folded into one group.
            let above = of(frame, Whose::Hq, "/console/hq", false).into_iter().flat_map(|g| g.links).collect();
            all.push(Group { title: if frame.of_chain() { "总部" } else { "区域" }, links: above });
            all
        }
        (_, Scope::Store(id)) => store(id, true),
        _ => of(frame, Whose::Hq, "/console/hq", true),
    }
}

fn of(frame: &Frame<'_>, whose: Whose, base: &str, here: bool) -> Vec<Group> {
    let opens = |r: &&Row| r.whose == whose && r.permission.is_none_or(|p| frame.may(p)) && (!r.of_chain || frame.of_chain());
    let mut groups: Vec<Group> = Vec::new();
    for row in SECTIONS.iter().filter(opens) {
        let link = Link { row: *row, href: format!("{base}{}", row.tail), here: here && row.section == frame.section };
        match groups.last_mut().filter(|g| g.title == row.group) {
            Some(group) => group.links.push(link),
            None => groups.push(Group { title: row.group, links: vec![link] }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use liandian_types::{Role, api::StaffSession};

    use super::*;
    use crate::{pages::fixtures::session, text};

    fn shown(staff: &StaffSession) -> Vec<Group> {
        groups(&Frame { version: "v", staff, place: Place::Nowhere, section: Section::Stock, query: "", now: 0 })
    }

    #[test]
    fn given_each_role_when_shown_its_sections_then_its_first_page_is_among_them_and_four_fit_the_bar() {
        let store = Scope::Store("sto_1".parse().unwrap());
        let region = Scope::Region("reg_east".parse().unwrap());
        for (role, scope) in [
            (Role::Clerk, store.clone()),
            (Role::StoreManager, store),
            (Role::RegionManager, region),
            (Role::HqAdmin, Scope::All),
            (Role::Finance, Scope::All),
        ] {
            let staff = session(role, scope);
            let links: Vec<Link> = shown(&staff).into_iter().flat_map(|g| g.links).collect();
            assert!(links.iter().any(|l| l.href == text::home(&staff.scope, &staff.permissions)), "{role:?}");
            assert!(links.iter().filter(|l| l.row.in_bar).count() <= 4, "{role:?}");
        }
    }

    #[test]
    fn given_permissions_when_shown_sections_then_they_are_those_that_open_in_groups() {
        let titles = |role, scope| {
            let all = shown(&session(role, scope)).into_iter();
            all.map(|g| (g.title, g.links.iter().map(|l| l.row.title).collect::<Vec<_>>())).collect::<Vec<_>>()
        };
        let finance = titles(Role::Finance, Scope::All);
        let wanted =
            vec![("工作台", vec!["总览"]), ("门店", vec!["门店"]), ("订单与售后", vec!["订单"]), ("财务", vec!["结算"]), ("设置", vec!["全链规则"])];
        assert_eq!(finance, wanted);
        let clerk = titles(Role::Clerk, Scope::Store("sto_1".parse().unwrap()));
        assert_eq!(clerk[0], ("", vec!["接单", "核销", "收发货", "库存"]));
        assert!(clerk[1].1.iter().all(|t| *t != "结算"), "{clerk:?}");
    }

    #[test]
    fn given_who_may_open_all_when_shown_the_groups_then_none_comes_twice() {
        for scope in [Scope::All, Scope::Store("sto_1".parse().unwrap())] {
            let titles: Vec<&str> = shown(&session(Role::HqAdmin, scope)).iter().map(|g| g.title).collect();
            for (i, title) in titles.iter().enumerate() {
                assert!(!titles[i + 1..].contains(title), "{titles:?}");
            }
        }
    }

    #[test]
    fn given_the_table_when_read_then_no_address_comes_twice() {
        for (i, a) in SECTIONS.iter().enumerate() {
            for b in &SECTIONS[i + 1..] {
                assert!(a.whose != b.whose || (a.tail != b.tail && a.section != b.section), "{} {}", a.title, b.title);
            }
        }
    }
}
