//! Printed codes: what one looks like, how a mistyped one is told from a wrong one, and how one becomes a coupon.
//!
//! A code is twenty letters and digits in groups of four: three name its batch, three its place in it, thirteen prove it, and the last one checks the
//! others. The proof is a keyed digest of batch and place (whoever has the key makes it; nothing here knows it), of more than 64 bits: who knows a
//! thousand codes guesses no other one. So no code is kept anywhere before it is used, and a batch of thousands is one row.
//!
//! The alphabet has 31 characters, a prime number, without those that are taken for one another (0, 1, I, L, O): a sum of places with weights modulo 31
//! tells every single wrong character and every two that were swapped.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{CampaignId, Code as Refusal, CouponId, CouponState, MemberId, Problem, StaffId, Timestamp, text};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, MarketingWrite},
    marketing::{
        coupon::{Issued, Issuing, Template, next},
        wallet::{Coupon, had},
    },
};

/// The characters of a code.
pub const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// How many of them there are.
const BASE: u32 = 31;

/// Characters that name a batch, and those that name a place in it.
const NAME: usize = 3;

/// Characters that prove a code: 31¹³ > 2⁶⁴.
const PROOF: usize = 13;

/// All of a code.
const LENGTH: usize = 2 * NAME + PROOF + 1;

/// So many batches can be told from one another.
pub const MOST_BATCHES: u32 = BASE * BASE * BASE;

/// The most codes of a batch.
pub const MOST_CODES: u32 = 2_000;

fn letter(n: u32) -> char {
    ALPHABET.get(usize::try_from(n % BASE).unwrap_or(0)).map_or('2', |b| char::from(*b))
}

fn value(c: char) -> Option<u32> {
    ALPHABET.iter().position(|b| char::from(*b) == c).and_then(|i| u32::try_from(i).ok())
}

/// A number below [`MOST_BATCHES`] in three characters.
#[must_use]
pub fn name_of(n: u32) -> String {
    [n / (BASE * BASE), n / BASE, n].into_iter().map(letter).collect()
}

fn number_of(name: &str) -> Option<u32> {
    name.chars().try_fold(0_u32, |n, c| Some(n * BASE + value(c)?))
}

/// The character that checks the others.
fn check(body: &str) -> Option<char> {
    let sum = body.chars().zip(2_u32..).try_fold(0_u32, |sum, (c, weight)| Some((sum + value(c)? * weight) % BASE))?;
    Some(letter(sum))
}

/// The characters of a proof, from the first 16 bytes of a keyed digest.
fn proof(digest: [u8; 16]) -> String {
    let mut n = u128::from_be_bytes(digest);
    (0..PROOF)
        .map(|_| {
            let rest = u32::try_from(n % u128::from(BASE)).unwrap_or(0);
            n /= u128::from(BASE);
            letter(rest)
        })
        .collect()
}

/// What a digest is made of: the same for whoever prints a code and whoever is shown it.
#[must_use]
pub fn sealed_text(batch: &str, place: u32) -> String {
    format!("coupon code|{batch}|{place}")
}

/// A code as it is printed: `ABCD-EFGH-…`.
#[must_use]
pub fn printed(batch: &str, place: u32, digest: [u8; 16]) -> String {
    let body = format!("{batch}{}{}", name_of(place), proof(digest));
    let all: Vec<char> = body.chars().chain(check(&body)).collect();
    all.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A code that was typed, and may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The batch that it names.
    pub batch: String,
    /// Its place in it.
    pub place: u32,
    proof: String,
}

impl Typed {
    /// Reads what somebody typed, pasted or scanned: small letters, spaces and hyphens do not matter.
    ///
    /// # Errors
    /// `bad_request` for what is no code: it was mistyped.
    pub fn read(said: &str) -> Refusable<Self> {
        let refuse = |why: &str| Problem::new(Refusal::BadRequest, why).at("code");
        let code = text::code(said);
        if code.chars().count() != LENGTH {
            return Err(refuse("兑换码为 20 位字母和数字，请核对"));
        }
        let (Some(body), Some(last)) = (code.get(..LENGTH - 1), code.chars().next_back()) else { return Err(refuse("兑换码有误，请核对")) };
        if check(body) != Some(last) {
            return Err(refuse("兑换码有误，请核对是否输错"));
        }
        let part = |from: usize, until: usize| body.get(from..until).unwrap_or_default().to_owned();
        let place = number_of(&part(NAME, 2 * NAME)).ok_or_else(|| refuse("兑换码有误，请核对"))?;
        Ok(Self { batch: part(0, NAME), place, proof: part(2 * NAME, LENGTH - 1) })
    }

    /// Is it what was printed? All characters are compared, however early one differs.
    #[must_use]
    pub fn proves(&self, digest: [u8; 16]) -> bool {
        let right = proof(digest);
        right.len() == self.proof.len() && right.bytes().zip(self.proof.bytes()).fold(0_u8, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

/// A batch of printed codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its name.
    pub batch: String,
    /// Of which coupon.
    pub campaign: CampaignId,
    /// So many codes.
    pub count: u32,
    /// Who had them made.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Their file was handed out.
    pub taken: bool,
    /// Counts the changes.
    pub version: u64,
}

/// A code that became a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedCode {
    /// Its batch.
    pub batch: String,
    /// Its place in it.
    pub place: u32,
    /// Whose coupon it became.
    pub member: MemberId,
    /// Which one.
    pub coupon: CouponId,
    /// When.
    pub at: Timestamp,
}

fn event(d: &mut Decision, campaign: &CampaignId, by: &StaffId, field: &str, new: String) {
    let changes = vec![FieldChange { field: field.to_owned(), old: String::new(), new }];
    d.event(Aggregate::Campaign(campaign.clone()), Event::CampaignChanged { campaign: campaign.clone(), owner: None, by: by.clone(), changes });
}

/// Has so many codes made under a name that no batch has. Each of them is a coupon that is out: its worth is set aside.
///
/// # Errors
/// `bad_request` for too few or too many; `conflict` when the coupon is not given out by codes, or not so many are left.
pub fn make(t: &Template, issued: &Issued, batch: String, count: u32, by: &StaffId, now: Timestamp) -> Refusable<(Batch, Decision)> {
    if !(1..=MOST_CODES).contains(&count) {
        return Err(Problem::new(Refusal::BadRequest, format!("一批为 1 到 {MOST_CODES} 个")).at("count"));
    }
    if !t.issue.codes {
        return conflict("这种优惠券不发兑换码");
    }
    if t.state != CouponState::Issuing || now >= t.issue.until {
        return conflict("优惠券不在发放中，不能生成兑换码");
    }
    let left = t.left(issued);
    if left < count {
        return conflict(format!("只剩 {left} 张可发，请减少数量"));
    }
    let campaign = t.campaign.campaign.clone();
    let made = Batch { batch, campaign: campaign.clone(), count, by: by.clone(), at: now, taken: false, version: 0 };
    let mut d = Decision::default();
    event(&mut d, &campaign, by, "codes", format!("批次 {}，{count} 个", made.batch));
    d.write(MarketingWrite::Batch(Box::new(made.clone())));
    d.write(MarketingWrite::Issued(Box::new(Issuing {
        campaign,
        more: Issued {
            issued: i64::from(count),
            promised: liandian_types::Fen(t.worth().0 * i64::from(count)),
            codes: i64::from(count),
            ..Issued::default()
        },
        most_issued: Some(t.issue.number),
        most_promised: t.issue.budget,
    })));
    Ok((made, d))
}

/// Hands the codes of a batch out, once: a second file would be a second owner of each.
///
/// # Errors
/// `conflict` when it was handed out before.
pub fn take(batch: &Batch, by: &StaffId) -> Refusable<Decision> {
    if batch.taken {
        return conflict("这批兑换码已经下载过，不能再次下载");
    }
    let mut d = Decision::default();
    event(&mut d, &batch.campaign, by, "codes_taken", format!("批次 {}", batch.batch));
    d.write(MarketingWrite::Batch(Box::new(Batch { taken: true, ..batch.clone() })));
    Ok(d)
}

/// A member turns a code into a coupon. The batch is the one that the code names, the code proves that it was printed, and `used` says what became of
/// it: the same member is answered the same coupon again.
///
/// # Errors
/// `conflict` when somebody else has used it, its time is over, or the member has had as many as there may be of this coupon.
pub fn redeem(
    t: &Template,
    typed: &Typed,
    member: &MemberId,
    mine: &[Coupon],
    used: Option<&UsedCode>,
    now: Timestamp,
) -> Refusable<(Coupon, Decision)> {
    if let Some(used) = used {
        let same = mine.iter().find(|c| used.member == *member && c.coupon == used.coupon);
        return match same {
            Some(coupon) => Ok((coupon.clone(), Decision::default())),
            None => conflict("兑换码已被使用"),
        };
    }
    // A code that was printed is good until its coupon would be, also when no more are given out.
    if now >= t.campaign.schedule.until {
        return conflict("兑换码已过期");
    }
    let had = had(mine, &t.campaign.campaign);
    if had >= t.issue.per_person {
        return conflict(format!("每人限领 {} 张，您已领过", t.issue.per_person));
    }
    let coupon = next(t, member, had, now)?;
    let mut d = Decision::default();
    d.write(MarketingWrite::Coupon(Box::new(coupon.clone())));
    let used = UsedCode { batch: typed.batch.clone(), place: typed.place, member: member.clone(), coupon: coupon.coupon.clone(), at: now };
    d.write(MarketingWrite::CodeUsed(Box::new(used)));
    // It was counted as out when it was printed.
    let more = Issued { claimed: 1, ..Issued::default() };
    d.write(MarketingWrite::Issued(Box::new(Issuing { campaign: coupon.campaign.clone(), more, most_issued: None, most_promised: None })));
    Ok((coupon, d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marketing::coupon::tests::{NOW, template};

    fn digest(n: u8) -> [u8; 16] {
        std::array::from_fn(|i| n.wrapping_mul(31).wrapping_add(u8::try_from(i).unwrap().wrapping_mul(17)))
    }

    #[test]
    fn given_a_printed_code_when_typed_in_any_way_then_it_is_read_and_proves_itself() {
        let code = printed("ABC", 77, digest(1));
        assert_eq!((code.len(), code.split('-').count()), (24, 5));
        for said in [code.clone(), code.to_lowercase(), code.replace('-', " "), format!(" {} ", code.replace('-', ""))] {
            let typed = Typed::read(&said).unwrap();
            assert_eq!((typed.batch.as_str(), typed.place), ("ABC", 77));
            assert!(typed.proves(digest(1)) && !typed.proves(digest(2)));
        }
        assert_eq!(number_of(&name_of(MOST_BATCHES - 1)), Some(MOST_BATCHES - 1));
        assert_eq!((name_of(0), number_of("222")), ("222".to_owned(), Some(0)));
    }

    #[test]
    fn given_any_single_wrong_character_or_any_two_swapped_when_read_then_the_code_is_refused() {
        for n in 0..5_u8 {
            let code: Vec<char> = printed("XY7", 1_999, digest(n)).replace('-', "").chars().collect();
            assert!(Typed::read(&code.iter().collect::<String>()).is_ok());
            for at in 0..LENGTH {
                for other in ALPHABET.iter().map(|b| char::from(*b)).filter(|c| *c != code[at]) {
                    let mut wrong = code.clone();
                    wrong[at] = other;
                    assert!(Typed::read(&wrong.iter().collect::<String>()).is_err(), "{at} {other}");
                }
                for with in at + 1..LENGTH {
                    if code[at] != code[with] {
                        let mut swapped = code.clone();
                        swapped.swap(at, with);
                        assert!(Typed::read(&swapped.iter().collect::<String>()).is_err(), "{at} {with}");
                    }
                }
            }
        }
    }

    #[test]
    fn given_what_is_no_code_when_read_then_it_is_refused_with_the_field() {
        for said in ["", "ABCD", "OOOO-OOOO-OOOO-OOOO-OOOO", "一二三四五六七八九十一二三四五六七八九十", &"2".repeat(21)] {
            let refused = Typed::read(said).unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), (Refusal::BadRequest, Some("code")), "{said}");
        }
    }

    #[test]
    fn given_a_batch_when_made_taken_and_redeemed_then_each_happens_once() {
        let (t, by) = (template(), "stf_1".parse::<StaffId>().unwrap());
        let none = Issued::default();
        for (count, fits) in [(0, false), (1, true), (8, true), (9, false), (MOST_CODES + 1, false)] {
            assert_eq!(make(&t, &none, "ABC".into(), count, &by, NOW).is_ok(), fits, "{count}: the budget is for eight");
        }
        let (batch, _) = make(&t, &none, "ABC".into(), 8, &by, NOW).unwrap();
        assert!(take(&batch, &by).is_ok());
        assert_eq!(take(&Batch { taken: true, ..batch }, &by).unwrap_err().code, Refusal::Conflict);

        let (member, other): (MemberId, MemberId) = ("mem_1".parse().unwrap(), "mem_2".parse().unwrap());
        let typed = Typed::read(&printed("ABC", 3, digest(3))).unwrap();
        let (coupon, d) = redeem(&t, &typed, &member, &[], None, NOW).unwrap();
        assert_eq!((coupon.coupon.as_str(), d.writes.len()), ("cpn_1-1", 3));
        let used = UsedCode { batch: "ABC".into(), place: 3, member: member.clone(), coupon: coupon.coupon.clone(), at: NOW };
        let mine = [coupon.clone()];
        let (again, d) = redeem(&t, &typed, &member, &mine, Some(&used), NOW).unwrap();
        assert!(again == coupon && d.is_empty(), "sent twice");
        assert_eq!(redeem(&t, &typed, &other, &[], Some(&used), NOW).unwrap_err().detail, "兑换码已被使用");
        let next = Typed::read(&printed("ABC", 4, digest(4))).unwrap();
        assert_eq!(redeem(&t, &next, &member, &mine, None, NOW).unwrap_err().code, Refusal::Conflict, "one for each");
        let end = t.campaign.schedule.until;
        assert!(redeem(&t, &next, &other, &[], None, end.plus(-1)).is_ok());
        assert_eq!(redeem(&t, &next, &other, &[], None, end).unwrap_err().detail, "兑换码已过期");
    }
}
