//! Fields of forms that take files: pictures in an order, and one document.

use leptos::{ev, html, prelude::*, task::spawn_local};
use liandian_types::{Code, Problem, UploadPurpose};

use super::Refusal;
use crate::browser;

/// What is on its way: its name, and how far it is in percent.
type Sending = RwSignal<Option<(String, u32)>>;

fn progress(sending: Sending) -> impl IntoView {
    let line = move || sending.with(|s| s.as_ref().map(|(name, percent)| format!("正在上传“{name}” {percent}%")));
    let done = move || sending.with(|s| s.as_ref().map_or(0, |(_, percent)| *percent));
    view! {
        <p class="sub" role="status" hidden=move || sending.with(Option::is_none)>
            <progress max="100" value=done></progress>
            {line}
        </p>
    }
}

/// Hears how far a file is.
fn tell(sending: Sending) -> impl Fn(u32) + 'static {
    move |percent| {
        // The page may have gone on meanwhile.
        let _ = sending.try_update(|s| {
            if let Some((_, at)) = s {
                *at = percent;
            }
        });
    }
}

/// Pictures, the first first: chosen or dropped, moved, taken away.
#[component]
pub(crate) fn PictureField(
    /// The route that gives forms.
    route: StoredValue<String>,
    /// Addresses.
    value: Signal<Vec<String>>,
    /// Told of a new order.
    set: Callback<Vec<String>>,
    /// Nothing can be changed.
    disabled: Signal<bool>,
    /// How many there may be.
    most: usize,
) -> impl IntoView {
    let (sending, problem) = (Sending::new(None), RwSignal::new(None::<Problem>));
    let field = NodeRef::<html::Input>::new();
    let frozen = move || disabled.get() || sending.with(Option::is_some);
    let take = move |files: Vec<web_sys::File>| {
        if files.is_empty() || disabled.get_untracked() || sending.with_untracked(Option::is_some) {
            return;
        }
        problem.set(None);
        spawn_local(async move {
            for file in files {
                let mut all = value.get_untracked();
                // Where there is one, the next takes its place.
                if most == 1 {
                    all.clear();
                }
                if all.len() >= most {
                    problem.set(Some(Problem::new(Code::BadRequest, format!("图片最多 {most} 张"))));
                    break;
                }
                sending.set(Some((file.name(), 0)));
                match browser::upload(&route.get_value(), UploadPurpose::Picture, &file, tell(sending)).await {
                    Ok(kept) => {
                        if !all.contains(&kept.file) {
                            all.push(kept.file);
                            set.run(all);
                        }
                    }
                    Err(p) => {
                        problem.set(Some(p));
                        break;
                    }
                }
            }
            sending.set(None);
            if let Some(f) = field.get_untracked() {
                f.set_value("");
            }
        });
    };
    let moved = move |i: usize, back: bool| {
        let mut all = value.get_untracked();
        let to = if back { i.checked_sub(1) } else { Some(i + 1).filter(|to| *to < all.len()) };
        if let Some(to) = to
            && i < all.len()
        {
            all.swap(i, to);
            set.run(all);
        }
    };
    let gone = move |i: usize| {
        let mut all = value.get_untracked();
        if i < all.len() {
            all.remove(i);
            set.run(all);
        }
    };
    let shown = move || {
        let all = value.get();
        let last = all.len().saturating_sub(1);
        all.into_iter()
            .enumerate()
            .map(|(i, src)| {
                let what = format!("第 {} 张图片", i + 1);
                view! {
                    <li>
                        <img src=src alt=what.clone() width="96" height="96" loading="lazy" />
                        <span class="actions">
                            <button type="button" disabled=move || frozen() || i == 0 aria-label=format!("{what}向前移") on:click=move |_| moved(i, true)>"←"</button>
                            <button type="button" disabled=move || frozen() || i == last aria-label=format!("{what}向后移") on:click=move |_| moved(i, false)>"→"</button>
                            <button type="button" disabled=frozen aria-label=format!("删除{what}") on:click=move |_| gone(i)>"删除"</button>
                        </span>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div
            class="uploads"
            role="group"
            aria-label="图片"
            on:dragover=move |e: ev::DragEvent| e.prevent_default()
            on:drop=move |e: ev::DragEvent| {
                e.prevent_default();
                take(browser::files_of(e.data_transfer().and_then(|d| d.files())));
            }
        >
            <ol class="pictures">{shown}</ol>
            <label class="day wide">
                <span>"添加图片"<small>"选择或拖到这里；JPEG、PNG、WebP，每张不超过 5 MB，第一张是主图"</small></span>
                <input
                    node_ref=field
                    type="file"
                    multiple=true
                    accept="image/jpeg,image/png,image/webp"
                    disabled=frozen
                    on:change=move |_| take(browser::files_of(field.get_untracked().and_then(|f| f.files())))
                />
            </label>
            {progress(sending)}
            <Refusal problem=problem />
        </div>
    }
}

/// A file of a form that only its store and HQ see.
#[cfg(any(feature = "ssr", feature = "assortment"))]
#[component]
pub(crate) fn DocumentField(
    /// The route that gives forms.
    route: StoredValue<String>,
    /// Where a file that is kept can be looked at; its name is put behind.
    looks: StoredValue<String>,
    /// Its name; empty for none.
    value: Signal<String>,
    /// Told of another.
    set: Callback<String>,
    /// Nothing can be changed.
    disabled: Signal<bool>,
) -> impl IntoView {
    let (sending, problem) = (Sending::new(None), RwSignal::new(None::<Problem>));
    let field = NodeRef::<html::Input>::new();
    let frozen = move || disabled.get() || sending.with(Option::is_some);
    let take = move |_| {
        let Some(file) = browser::files_of(field.get_untracked().and_then(|f| f.files())).into_iter().next() else { return };
        problem.set(None);
        sending.set(Some((file.name(), 0)));
        spawn_local(async move {
            match browser::upload(&route.get_value(), UploadPurpose::Document, &file, tell(sending)).await {
                Ok(kept) => set.run(kept.file),
                Err(p) => problem.set(Some(p)),
            }
            sending.set(None);
            if let Some(f) = field.get_untracked() {
                f.set_value("");
            }
        });
    };
    let link = move || {
        let file = value.get();
        let kept = file.starts_with("private/");
        kept.then(
            || view! { <a href=looks.with_value(|l| format!("{l}{}", crate::text::percent(&file))) target="_blank" rel="noreferrer">"查看文件"</a> },
        )
    };
    view! {
        <div class="day" role="group" aria-label="资质文件">
            <label>
                <span>"文件"<small>"PDF 或照片，不超过 10 MB"</small></span>
                <input node_ref=field type="file" accept="application/pdf,image/jpeg,image/png,image/webp" disabled=frozen on:change=take />
            </label>
            {link}
            {progress(sending)}
            <Refusal problem=problem />
        </div>
    }
}
