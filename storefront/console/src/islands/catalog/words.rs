//! Synonyms and hot words: two texts, a line for each word, saved together.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem,
    api::{SearchWordsSheet, SynonymRow},
};

use crate::{browser, islands::kit::Refusal};

fn line_of(s: &SynonymRow) -> String {
    format!("{} = {}", s.word, s.means.join("、"))
}

/// The synonyms of a text; what is wrong says its line.
fn synonyms_of(text: &str) -> Result<Vec<SynonymRow>, Problem> {
    let read = |(i, line): (usize, &str)| {
        let (word, means) = line.split_once(['=', '＝']).ok_or_else(|| {
            Problem::new(Code::BadRequest, format!("同义词第 {} 行应写成“酱油 = 生抽、老抽”", i + 1)).at(format!("synonyms[{i}].word"))
        })?;
        let means = means.split(['、', '，', ',', ' ', '　']).map(str::trim).filter(|m| !m.is_empty()).map(str::to_owned).collect();
        Ok(SynonymRow { word: word.trim().to_owned(), means })
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(read).collect()
}

fn hot_of(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// The chain's synonyms and hot words as a form.
#[island]
pub fn WordsForm(
    /// As they are.
    words: SearchWordsSheet,
) -> impl IntoView {
    let version = StoredValue::new(words.version);
    let first = (words.hot.join("\n"), words.synonyms.iter().map(line_of).collect::<Vec<_>>().join("\n"));
    let kept = StoredValue::new(first.clone());
    let held = RwSignal::new(first);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let changed = move || held.with(|h| kept.with_value(|k| k != h));
    Effect::new(move |_| busy.set(false));
    browser::ask_before_leaving(move || held.try_with_untracked(|h| kept.try_with_value(|k| k != h).unwrap_or(false)).unwrap_or(false));
    let save = move |_| {
        let (hot, synonyms) = held.get_untracked();
        let synonyms = match synonyms_of(&synonyms) {
            Ok(synonyms) => synonyms,
            Err(p) => {
                problem.set(Some(p));
                return;
            }
        };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let body = SearchWordsSheet { synonyms, hot: hot_of(&hot), version: version.get_value() };
            match browser::put::<SearchWordsSheet>("/api/v1/hq/search-words", &body).await {
                Ok(_) => {
                    kept.set_value(held.get_untracked());
                    browser::reload();
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    view! {
        <details class="fold">
            <summary>"修改搜索词"</summary>
            <section class="stock-desk opening" aria-label="修改搜索词">
                <label class="day wide">
                    <span>"热搜词（每行一个，按顺序显示，最多 20 个；本店没有货的不显示）"</span>
                    <textarea
                        rows="6"
                        disabled=busy
                        prop:value=move || held.with(|h| h.0.clone())
                        on:input=move |e| held.update(|h| h.0 = event_target_value(&e))
                    ></textarea>
                </label>
                <label class="day wide">
                    <span>"同义词（每行一个：顾客输入的词 = 商品用词，多个用顿号分开；只单向生效）"</span>
                    <textarea
                        rows="12"
                        disabled=busy
                        prop:value=move || held.with(|h| h.1.clone())
                        on:input=move |e| held.update(|h| h.1 = event_target_value(&e))
                    ></textarea>
                </label>
                <div class="papers">
                    <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
                    <span class="sub" hidden=move || !changed()>"有修改尚未保存；保存后一分钟内在所有门店生效"</span>
                </div>
                <Refusal problem=problem />
            </section>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_synonyms_when_written_as_lines_then_they_are_read_as_the_same_and_a_wrong_line_is_named() {
        let row = SynonymRow { word: "酱油".into(), means: vec!["生抽".into(), "老抽".into()] };
        assert_eq!(synonyms_of(&line_of(&row)).unwrap(), std::slice::from_ref(&row));
        assert_eq!(synonyms_of("\n 酱油＝生抽， 老抽 \n").unwrap(), [row]);
        assert_eq!(synonyms_of("泡面 = 方便面\n酱油 生抽").unwrap_err().field.as_deref(), Some("synonyms[1].word"));
        assert_eq!(hot_of(" 鲜奶\n\n苹果 "), ["鲜奶", "苹果"]);
    }
}
