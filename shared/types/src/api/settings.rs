//! What levels say about stores, what holds in one, and set-up by questions.

use serde::{Deserialize, Serialize};

use super::ChangedField;
use crate::{Fen, Mode, Permission, RegionId, RoleId, SkuId, StaffId, StoreId, Tier, Timestamp};

bodies! {
    /// A word with its title.
    SettingWord {
        /// In bodies and addresses.
        value: String,
        /// As people read it.
        title: String,
    }

    /// A policy field, as the registry has it.
    SettingField {
        /// Its word.
        key: String,
        /// What it is about, a heading.
        group: String,
        /// Its name.
        label: String,
        /// What it means, in a sentence.
        explanation: String,
        /// `switch` (its values are `on` and `off`), `number` (whole, in the field's unit; money in fen) or `choice`.
        kind: String,
        /// What stands behind a number; 分 for money.
        unit: String,
        /// The least, of a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// The most, of a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
        /// Its values, of all but a number.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        words: Vec<SettingWord>,
        /// Only HQ says it, for the whole chain.
        chain: bool,
        /// What holds when nobody says anything, as people read it.
        initial: String,
    }

    /// What a level says about a field.
    SaidSetting {
        /// The level's word: `hq`, `mode:…`, `tier:…`, `region:…` or `store:…`.
        level: String,
        /// The level as people read it.
        level_title: String,
        /// The field's word.
        field: String,
        /// The field's name.
        label: String,
        /// The value; absent where the level says that it says nothing any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// The value as people read it.
        text: String,
        /// Who said it.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When it was said, in China's time.
        at_text: String,
        /// From when on it holds.
        from: Timestamp,
        /// The same in China's time.
        from_text: String,
        /// Why.
        why: String,
    }

    /// A level, and what it says.
    LevelSettings {
        /// Its word.
        level: String,
        /// As people read it.
        title: String,
        /// How often it was changed. Who changes it says which version was seen: when it is another by now, it is a conflict.
        version: u64,
        /// How many stores it holds.
        stores: u32,
        /// What it says now, in the order of the fields.
        said: Vec<SaidSetting>,
        /// What it will say.
        planned: Vec<SaidSetting>,
    }

    /// What all levels say: HQ's, of each mode, tier and region, and of those stores that something is said about.
    Settings {
        /// The fields, in the order of a page.
        fields: Vec<SettingField>,
        /// The levels, the general ones first.
        levels: Vec<LevelSettings>,
    }

    /// A level's version that was seen.
    LevelSeen {
        /// The level's word.
        level: String,
        /// Its version.
        version: u64,
    }

    /// What shall become of what a level says about a field.
    SettingWish {
        /// The level's word.
        level: String,
        /// The field's word.
        field: String,
        /// The value that it shall say; absent: what is inherited shall hold again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Not a new value, but the withdrawal of what it would have said from this moment on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        withdraw: Option<Timestamp>,
    }

    /// Changes of what levels say.
    SettingsChange {
        /// The changes, up to sixty, each field of a level once.
        changes: Vec<SettingWish>,
        /// The version of each of their levels that was seen; not asked for when only the impact is.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        versions: Vec<LevelSeen>,
        /// Why; not asked for when only the impact is.
        #[serde(default)]
        why: String,
        /// From when on they hold, as `2026-12-01T08:00` in China's time; at once when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    }

    /// A store whose policy would be another.
    ImpactStore {
        /// Which.
        store: StoreId,
        /// Its name.
        name: String,
        /// What would be another value, each by its name.
        fields: Vec<ChangedField>,
    }

    /// A price that counts now and would not then.
    ImpactPrice {
        /// Whose.
        store: StoreId,
        /// Its name.
        name: String,
        /// Of what.
        sku: SkuId,
        /// What it is called.
        title: String,
        /// What it costs now.
        old: Fen,
        /// What it would cost.
        new: Fen,
        /// It would be off sale.
        off_sale: bool,
        /// Why, in a sentence.
        why: String,
    }

    /// Whom a change would touch.
    SettingsImpact {
        /// In a sentence.
        sentence: String,
        /// How many stores.
        stores: u32,
        /// The first of them.
        touched: Vec<ImpactStore>,
        /// How many prices.
        prices: u32,
        /// The first of them.
        illegal: Vec<ImpactPrice>,
        /// Of how many of these stores the prices were looked at; 0 where the change is about no price.
        looked: u32,
        /// Give this back as `after` to look at the prices of the next stores; absent when all were looked at. `prices` and `illegal` are of these stores alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<StoreId>,
    }

    /// What a mode shall say: what a new chain says about it.
    PresetWish {
        /// Which mode.
        mode: Mode,
        /// The version of its level that was seen.
        version: u64,
    }

    /// One field of a change.
    SettingChangeLine {
        /// The level's word.
        level: String,
        /// The level as people read it.
        level_title: String,
        /// The field's word.
        field: String,
        /// Its name.
        label: String,
        /// What the level said.
        old: String,
        /// What it says.
        new: String,
        /// From when on, in China's time; absent for at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_text: Option<String>,
        /// Why.
        why: String,
    }

    /// A change of what levels say.
    SettingsChanged {
        /// When.
        at: Timestamp,
        /// The same in China's time.
        at_text: String,
        /// Who.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// What.
        lines: Vec<SettingChangeLine>,
    }

    /// Changes of what levels say, newest first.
    SettingsHistory {
        /// The changes.
        changes: Vec<SettingsChanged>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// What a field is worth in a store, and who says so.
    PolicyLine {
        /// The field's word.
        field: String,
        /// What it is about, a heading.
        group: String,
        /// Its name.
        label: String,
        /// What it means, in a sentence.
        explanation: String,
        /// The value.
        value: String,
        /// As people read it.
        text: String,
        /// Who said so; absent: nobody, it is what a new chain has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<SaidSetting>,
        /// What more general levels say, the nearest first.
        overruled: Vec<SaidSetting>,
        /// What levels will say, the first one first; a more special level may go before it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        planned: Vec<SaidSetting>,
        /// What HQ says for the whole chain, or what a new chain has, as people read it.
        hq_text: String,
        /// It is another value than HQ's.
        differs: bool,
    }

    /// A store's policy: every field.
    StorePolicy {
        /// Which store.
        store: StoreId,
        /// Its name.
        name: String,
        /// Who owns it.
        mode: Mode,
        /// Its class.
        tier: Tier,
        /// Its region.
        region: RegionId,
        /// The fields, in the order of a page.
        lines: Vec<PolicyLine>,
        /// How many of them are another value than HQ's.
        differs: u32,
        /// When the next dated change begins, in China's time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_text: Option<String>,
    }

    /// A field of a level, to be edited.
    SettingLine {
        /// The field.
        field: SettingField,
        /// What the level says now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<SaidSetting>,
        /// What holds without it, as a value.
        inherited: String,
        /// The same as people read it, with who says so.
        inherited_text: String,
        /// What the level will say.
        planned: Vec<SaidSetting>,
    }

    /// A level, to be edited.
    SettingEditor {
        /// Its word.
        level: String,
        /// As people read it.
        title: String,
        /// Its version.
        version: u64,
        /// How many stores it holds.
        stores: u32,
        /// Of which mode, when it is a mode's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
        /// Every field that it may say something about.
        lines: Vec<SettingLine>,
        /// All levels to choose from, but for stores.
        levels: Vec<SettingWord>,
        /// Stores that something is said about.
        stores_said: Vec<SettingWord>,
    }

    /// A question of the set-up.
    SetupQuestion {
        /// Its word.
        id: String,
        /// For whom, a heading.
        layer: String,
        /// As people read it.
        text: String,
        /// What can be answered.
        choices: Vec<SettingWord>,
    }

    /// An answer to it.
    SetupAnswer {
        /// The question's word.
        question: String,
        /// The choice's word.
        choice: String,
    }

    /// What was answered. What is left out leads to nothing.
    SetupAnswers {
        /// The answers.
        answers: Vec<SetupAnswer>,
        /// The regions that shall have more freedom.
        #[serde(default)]
        regions: Vec<RegionId>,
    }

    /// A proposed policy that is not in force.
    SetupLine {
        /// Its name: level and field.
        line: String,
        /// The level's word.
        level: String,
        /// The level as people read it.
        level_title: String,
        /// The field's word.
        field: String,
        /// Its name.
        label: String,
        /// What the level says now, as people read it.
        current: String,
        /// What is proposed.
        value: String,
        /// The same as people read it.
        text: String,
        /// Why.
        why: String,
        /// Is it to be applied?
        taken: bool,
        /// What the answers alone lead to, as people read it, where somebody has made something else of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        original: Option<String>,
        /// Why it is not taken, if somebody said so.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        left_why: String,
        /// What its value may be.
        form: SettingField,
    }

    /// Another value for a proposed line.
    SetupEdit {
        /// The line.
        line: String,
        /// The value, as the field has it.
        value: String,
        /// Why: 1 to 200 characters, kept as the reason of the policy.
        why: String,
    }

    /// Why a proposed line is left.
    SetupLeft {
        /// The line.
        line: String,
        /// Why, up to 200 characters.
        why: String,
    }

    /// A proposed policy that is in force already.
    SetupSame {
        /// The level as people read it.
        level_title: String,
        /// The field's name.
        label: String,
        /// What it says, as people read it.
        text: String,
    }

    /// All stores of a class shall have a home page.
    SetupTheme {
        /// The class.
        tier: Tier,
        /// The home page: `standard`, `simple` or `community`.
        theme: String,
        /// Why: 1 to 100 characters.
        why: String,
        /// Where to go on, from the answer before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<StoreId>,
    }

    /// How far that has come.
    SetupThemed {
        /// Stores that have another home page now.
        changed: u32,
        /// Stores of the class that were looked at.
        looked: u32,
        /// Give this back as `after` to go on; absent when all is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<StoreId>,
    }

    /// Something else that is proposed: a home page or a permission, which are applied by themselves, or a share, which people see to.
    SetupHint {
        /// What it is about: `share`, `theme` or `grant`.
        kind: String,
        /// Of what.
        title: String,
        /// What is proposed.
        text: String,
        /// Why.
        why: String,
        /// What is so now, as people read it.
        #[serde(default)]
        current: String,
        /// Is it so already?
        #[serde(default)]
        in_force: bool,
        /// Of a home page: the class.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<Tier>,
        /// Of a home page: its word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        theme: Option<String>,
        /// Of a permission: the role that gets it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<RoleId>,
        /// Of a permission: what the role may do with it, and from which version.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        permissions: Vec<Permission>,
        /// Of a permission: the role's version that was seen.
        #[serde(default)]
        role_version: u64,
        /// Of a permission: the role's name.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        role_title: String,
    }

    /// What answers lead to.
    SetupProposal {
        /// Policies that are not in force as proposed.
        lines: Vec<SetupLine>,
        /// How many proposed policies are in force already.
        unchanged: u32,
        /// What is proposed beside policies.
        hints: Vec<SetupHint>,
        /// Those that are in force already.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        same: Vec<SetupSame>,
        /// The versions of the levels that the lines are about.
        versions: Vec<LevelSeen>,
    }

    /// Answers that were saved, and what they lead to now.
    SetupDraftView {
        /// The answers.
        answers: SetupAnswers,
        /// What they lead to.
        proposal: SetupProposal,
        /// How often they were saved.
        version: u64,
        /// Who saved them last.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When, in China's time.
        at_text: String,
        /// When they were applied, in China's time, if they were since they were changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        applied_text: Option<String>,
    }

    /// The questions, and what was answered.
    SetupView {
        /// The questions, in the order in which they are asked.
        questions: Vec<SetupQuestion>,
        /// The regions to choose from.
        regions: Vec<SettingWord>,
        /// What was saved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        draft: Option<SetupDraftView>,
    }

    /// Answers to be saved.
    SetupSave {
        /// The answers.
        answers: Vec<SetupAnswer>,
        /// The regions that shall have more freedom.
        #[serde(default)]
        regions: Vec<RegionId>,
        /// Lines of what they lead to that are left, by name.
        #[serde(default)]
        left: Vec<String>,
        /// Why, of those that are left.
        #[serde(default)]
        left_why: Vec<SetupLeft>,
        /// Lines with another value.
        #[serde(default)]
        edits: Vec<SetupEdit>,
        /// The version of the draft that was seen; 0 when there was none.
        version: u64,
    }

    /// The saved draft shall be applied.
    SetupApply {
        /// The version of the draft that was seen.
        version: u64,
        /// The versions of the levels that were seen.
        versions: Vec<LevelSeen>,
    }
}
