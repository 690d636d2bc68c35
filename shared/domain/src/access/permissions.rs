//! What each permission opens, in words for those who edit roles.

use liandian_types::Permission as P;

/// Every permission, by what it is about, with a sentence for what it opens.
pub const PERMISSIONS: &[(P, &str, &str)] = &[
    (P::OrderRead, "订单", "查看范围内的订单、接单看板和顾客留言"),
    (P::OrderPrepare, "订单", "备货、标记备好，处理订单缺货"),
    (P::PickupVerify, "订单", "核对取货码并把商品交给顾客"),
    (P::ParcelShip, "订单", "查看收件人、填写快递单号发出包裹"),
    (P::ParcelLose, "订单", "判定包裹丢失，货款退回顾客"),
    (P::TransferRead, "调拨", "查看调出、调入的调拨单"),
    (P::TransferWork, "调拨", "接单、拣货、发出、收货"),
    (P::TransferRequest, "调拨", "向其他门店或仓库要货"),
    (P::TransferDirect, "调拨", "总部在任意两处之间调货、召回、作废"),
    (P::StockRead, "库存", "查看库存、流水、临期与缺货"),
    (P::StockReceive, "库存", "登记到货与顾客退回"),
    (P::StockAdjust, "库存", "登记报损与库存调整"),
    (P::StockSafety, "库存", "设置安全库存"),
    (P::StockSplit, "库存", "为抢购商品拆分库存行"),
    (P::StockCount, "库存", "盘点货架"),
    (P::StockApprove, "库存", "审批他人的盘点、报损与调整"),
    (P::PosWrite, "收银", "收银台上传线下销售小票"),
    (P::StoreRead, "门店", "查看门店名录、规则与营业安排"),
    (P::StoreWrite, "门店", "新建、修改和导入门店与区域，设置营业状态"),
    (P::WarehouseWrite, "门店", "修改仓库的名称、地址和库管；总部还可新建和关闭"),
    (P::PolicyWrite, "总部规则", "修改全链规则"),
    (P::LibraryRead, "商品库", "查看商品库、类目和品牌，以及它们的修改记录"),
    (P::LibraryWrite, "商品库", "修改商品、类目和品牌，批量导入"),
    (P::ListingWrite, "商品库", "选择门店销售的商品、修改门店的名称与展示，维护本地商品"),
    (P::LocalReview, "商品库", "审核门店提交的本地商品与资质"),
    (P::PriceWrite, "价格与审批", "设置门店价与限时价，超出权限时提交审批"),
    (P::RequestDecide, "价格与审批", "审批门店提交的申请"),
    (P::CampaignRead, "营销", "查看范围内的营销活动与效果"),
    (P::CampaignWrite, "营销", "起草、提交、暂停和结束范围内的营销活动"),
    (P::CampaignReview, "营销", "审核活动并决定是否上线"),
    (P::SettlementRead, "财务", "查看分账流水与结算汇总"),
    (P::AuditRead, "审计", "查看谁看过个人信息、谁登录过"),
    (P::AccountRead, "员工与权限", "查看范围内的员工账号和角色"),
    (P::AccountWrite, "员工与权限", "邀请、停用、重置范围内的员工账号，授予自己拥有的权限"),
    (P::RoleWrite, "员工与权限", "修改角色拥有的权限，新建角色"),
    (P::KeyWrite, "员工与权限", "生成和吊销接口密钥"),
];

/// What a permission is about, and what it opens.
#[must_use]
pub fn said(permission: P) -> (&'static str, &'static str) {
    PERMISSIONS.iter().find(|(p, ..)| *p == permission).map_or(("其他", permission.as_str()), |(_, group, says)| (*group, *says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_every_permission_when_looked_up_then_it_is_there_once_with_a_sentence() {
        for p in P::ALL {
            assert_eq!(PERMISSIONS.iter().filter(|(q, ..)| q == p).count(), 1, "{p} needs one line in PERMISSIONS");
        }
        for (p, group, says) in PERMISSIONS {
            assert!(!group.is_empty() && says.chars().count() >= 4 && said(*p) == (*group, *says), "{p}");
        }
    }

    #[test]
    fn given_the_list_of_routes_when_a_row_names_a_permission_then_it_has_a_sentence() {
        let named: Vec<&str> = include_str!("../../../../infra/routes.toml")
            .lines()
            .filter_map(|l| l.strip_prefix("permission = \"")?.strip_suffix('"'))
            .filter(|p| p.contains(':'))
            .collect();
        assert!(named.len() > 20);
        for p in named {
            assert!(PERMISSIONS.iter().any(|(q, ..)| q.as_str() == p), "{p} of infra/routes.toml needs a line in PERMISSIONS");
        }
    }

    #[test]
    fn given_the_table_when_read_then_a_group_stands_together() {
        let mut groups: Vec<&str> = PERMISSIONS.iter().map(|(_, group, _)| *group).collect();
        groups.dedup();
        let all = groups.len();
        groups.sort_unstable();
        groups.dedup();
        assert_eq!(groups.len(), all);
    }
}
