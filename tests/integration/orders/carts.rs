//! The account's cart and the devices that change it.

use liandian_tests::{World, cart, id};
use liandian_types::{
    Code, SkuId, StoreId,
    api::{AccountCart, DeviceCart, SeenCart},
};
use reqwest::Method;

const PATH: &str = "/api/v1/cart/sto_sh01";

async fn tell(w: &World, token: &str, lines: &[(SkuId, u32)], saw: Option<&AccountCart>) -> AccountCart {
    let saw = saw.map(|s| SeenCart { member: s.member.clone(), lines: s.lines.clone() });
    w.call(Method::PUT, PATH, token, Some(&DeviceCart { lines: cart(lines), saw })).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_two_devices_when_they_change_different_lines_then_both_changes_stay_and_nothing_is_lost_unsaid() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let token = w.customer("demo-01").await;
    let skus = w.skus_with(&store, 0, 900, 60).await;
    let [a, b, c] = [skus[0].clone(), skus[1].clone(), skus[2].clone()];

    // Both devices saw A and B. One takes A out, the other wants more of B.
    let both = tell(&w, &token, &[(a.clone(), 1), (b.clone(), 1)], None).await;
    let one = tell(&w, &token, &[(b.clone(), 1)], Some(&both)).await;
    assert_eq!(one.lines, cart(&[(b.clone(), 1)]));
    let two = tell(&w, &token, &[(a.clone(), 1), (b.clone(), 5)], Some(&both)).await;
    assert_eq!(two.lines, cart(&[(b.clone(), 5)]), "what was taken out stays out");

    // Many at once: each adds its line, and none is lost.
    let many = futures::future::join_all(skus[2..7].iter().map(|s| {
        let (w, token, two, b) = (&w, &token, &two, &b);
        async move { tell(w, token, &[(b.clone(), 5), (s.clone(), 1)], Some(two)).await }
    }));
    many.await;
    let now: AccountCart = w.get(PATH, &token).await.ok();
    assert_eq!(now.lines.len(), 6);

    // What another member saw on this device is none of this one's.
    let stranger = w.customer("demo-02").await;
    let theirs = tell(&w, &stranger, &[(c.clone(), 1)], Some(&now)).await;
    assert_eq!(theirs.lines, cart(&[(c.clone(), 1)]));

    // Forty here and forty there: what has no room is said by name.
    let forty: Vec<_> = skus[..40].iter().map(|s| (s.clone(), 1)).collect();
    let account = tell(&w, &token, &forty, Some(&now)).await;
    assert_eq!((account.lines.len(), account.left_out.len()), (40, 0));
    let others: Vec<_> = skus[20..60].iter().map(|s| (s.clone(), 2)).collect();
    let merged = tell(&w, &token, &others, None).await;
    assert_eq!((merged.lines.len(), merged.left_out.len()), (40, 20));
    assert!(merged.left_out.iter().all(|l| !l.name.is_empty() && l.reason == "购物车已满"), "{:?}", merged.left_out);

    // A cart holds nothing that does not exist.
    let none: SkuId = id("sku_never-was");
    let small = tell(&w, &stranger, &[(c.clone(), 1), (none.clone(), 3)], Some(&theirs)).await;
    assert_eq!((small.lines, small.left_out[0].sku.clone()), (cart(&[(c.clone(), 1)]), none));
    let twice = DeviceCart { lines: cart(&[(c.clone(), 1), (c, 2)]), saw: None };
    let refused = w.call(Method::PUT, PATH, &token, Some(&twice)).await.refused(400, "bad_request");
    assert_eq!(refused["code"], serde_json::json!(Code::BadRequest));
    w.stack.stop().await;
}
