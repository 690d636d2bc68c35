//! What the tables of a page show, as a file for a spreadsheet.
//!
//! It is read from the page itself, so that every table has it, the file says what the page says, and nobody gets more from it than from the page. The
//! pages are ours and well made; this is no reader of other people's HTML.

/// Spreadsheets take a file for UTF-8 when it begins so.
const MARK: char = '\u{feff}';

/// Columns of buttons and links: of no use in a file.
const NOT_SAID: [&str; 2] = ["操作", "流水"];

/// What stands above the lines of a posting, and is repeated in each of them.
const ABOVE: [&str; 3] = ["订单", "时间", "规则"];

/// A table as it is in the file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Grid {
    caption: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The tables of a page as one file. Parts of a table that was folded are one again; different tables have their names above them.
pub(super) fn of_page(html: &str) -> String {
    let mut grids: Vec<Grid> = Vec::new();
    let mut before = 0;
    for (at, _) in html.match_indices("<table") {
        let Some(end) = html[at..].find("</table>").map(|e| at + e) else { break };
        let grid = grid(&html[at..end], &above(&html[before.min(at)..at]));
        before = end;
        match grids.last_mut().filter(|g| g.heads == grid.heads) {
            Some(last) => last.rows.extend(grid.rows),
            None => grids.push(grid),
        }
    }
    let several = grids.len() > 1;
    let mut out = String::from(MARK);
    for (i, g) in grids.iter().enumerate() {
        if i > 0 {
            out.push_str("\r\n");
        }
        if several && !g.caption.is_empty() {
            line(&mut out, std::slice::from_ref(&g.caption));
        }
        line(&mut out, &g.heads);
        g.rows.iter().for_each(|r| line(&mut out, r));
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&escaped(cell));
    }
    out.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula.
fn escaped(cell: &str) -> String {
    // Signed figures are figures.
    let figure = cell.get(1..).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.')));
    let harmful = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !(cell.starts_with(['+', '-']) && figure);
    let guarded = if harmful { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// What is said above a table and belongs to its rows: the words of the header right before it.
fn above(html: &str) -> Vec<String> {
    let Some(at) = html.rfind("<header>") else { return Vec::new() };
    let Some(end) = html[at..].find("</header>").map(|e| at + e) else { return Vec::new() };
    pieces(&html[at..end], &["a", "span"]).into_iter().map(|(_, inner)| text(inner, false)).collect()
}

/// The rows of a table; `above` stands before the cells of each.
fn grid(html: &str, above: &[String]) -> Grid {
    let caption = pieces(html, &["caption"]).first().map(|(_, inner)| text(inner, false)).unwrap_or_default();
    let body = html.find("<tfoot").map_or(html, |at| &html[..at]);
    let lead = |n: usize| ABOVE.iter().take(n).map(|t| (*t).to_owned());
    let mut grid = Grid { caption, ..Grid::default() };
    // Which columns are said.
    let mut said: Vec<bool> = Vec::new();
    // Of each column a cell that reaches down, and how many rows it still does.
    let mut down: Vec<Option<(String, usize)>> = Vec::new();
    for (_, row) in pieces(body, &["tr"]) {
        let heads = pieces(row, &["th"]);
        if said.is_empty() && !heads.is_empty() {
            said = heads.iter().map(|(tag, inner)| !class(tag).contains("bar-cell") && !NOT_SAID.contains(&text(inner, false).as_str())).collect();
            let words = heads.iter().zip(&said).filter(|(_, said)| **said).map(|((_, inner), _)| words_of_head(inner));
            grid.heads = lead(above.len()).chain(words).collect();
            continue;
        }
        let mut cells = pieces(row, &["td", "th"]).into_iter();
        let mut line: Vec<String> = Vec::new();
        for column in 0..said.len() {
            if down.len() <= column {
                down.push(None);
            }
            let Some(place) = down.get_mut(column) else { break };
            let cell = match place.take() {
                Some((words, left)) => {
                    *place = (left > 1).then(|| (words.clone(), left - 1));
                    words
                }
                None => {
                    let Some((tag, inner)) = cells.next() else { break };
                    let words = text(inner, class(tag).contains("num"));
                    let rows: usize = attribute(tag, "rowspan").and_then(|n| n.parse().ok()).unwrap_or(1);
                    *place = (rows > 1).then(|| (words.clone(), rows - 1));
                    words
                }
            };
            line.push(cell);
        }
        let kept = line.into_iter().zip(&said).filter(|(_, said)| **said).map(|(cell, _)| cell);
        grid.rows.push(above.iter().cloned().chain(kept).collect());
    }
    grid
}

/// A heading without the arrow that says in which order the rows are.
fn words_of_head(html: &str) -> String {
    text(html, false).trim_end_matches(['↑', '↓', ' ']).to_owned()
}

/// Elements of these names, one after another: the tag as it is written, and what is in it. None of them holds another of its kind.
fn pieces<'a>(html: &'a str, names: &[&str]) -> Vec<(&'a str, &'a str)> {
    let mut all = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let Some(close) = rest[at..].find('>').map(|c| at + c) else { break };
        let tag = &rest[at + 1..close];
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        rest = &rest[close + 1..];
        if names.contains(&name) && !tag.starts_with('/') {
            let end = rest.find(&format!("</{name}>")).unwrap_or(rest.len());
            all.push((tag, &rest[..end]));
            rest = &rest[end..];
        }
    }
    all
}

/// The words in a piece of HTML, and what stands in its fields. Of a figure's cell without the badges beside it.
fn text(html: &str, figure: bool) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let Some(close) = rest[at..].find('>').map(|c| at + c) else { break };
        let tag = &rest[at + 1..close];
        rest = &rest[close + 1..];
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        let hidden = matches!(name, "button" | "svg" | "select" | "script" | "style") || (figure && name == "span");
        if hidden && !tag.ends_with('/') {
            let end = format!("</{name}>");
            rest = rest.find(&end).map_or("", |e| &rest[e + end.len()..]);
        } else if name == "input" && !matches!(attribute(tag, "type"), Some("hidden" | "checkbox" | "radio")) {
            out.push_str(attribute(tag, "value").unwrap_or_default());
        }
        // Marks of the renderer between two texts are no gap.
        if !tag.starts_with('!') {
            out.push(' ');
        }
    }
    out.push_str(rest);
    plain(&out).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as it was before it became HTML.
fn plain(text: &str) -> String {
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    names.iter().fold(text.to_owned(), |t, (name, is)| t.replace(name, is))
}

fn class(tag: &str) -> &str {
    attribute(tag, "class").unwrap_or_default()
}

/// An attribute of a tag, as it is written.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag.get(from..)?;
    Some(&value[..value.find('"')?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(html: &str) -> String {
        let csv = of_page(html);
        assert!(csv.starts_with(MARK));
        csv.trim_start_matches(MARK).to_owned()
    }

    #[test]
    fn given_a_table_when_saved_then_words_and_figures_are_in_it_and_buttons_and_bars_are_not() {
        let html = "<header class=\"top\"><a>连店</a></header><table class=\"stock\"><caption>库存</caption><thead><tr>\
            <th scope=\"col\" class=\"goods\"><a href=\"/p?sort=name\">商品<span aria-hidden=\"true\"> ↓</span></a></th>\
            <th class=\"bar-cell\">分布</th><th class=\"num\">可售</th><th>安全</th><th>操作</th></tr></thead><tbody>\
            <tr><td><img src=\"x\"/><span class=\"what\">奶 &amp; 茶<!><small>690</small></span></td><td class=\"bar-cell\"><svg><text>9</text></svg></td>\
            <td class=\"num\"><span class=\"badge\">缺货</span>1,200</td><td><input type=\"number\" value=\"3\"/><button>保存</button></td>\
            <td><a>去补货</a></td></tr></tbody><tfoot><tr><td>合计</td></tr></tfoot></table>";
        assert_eq!(file(html), "商品,可售,安全\r\n奶 & 茶 690,\"1,200\",3\r\n");
    }

    #[test]
    fn given_cells_that_reach_over_rows_when_saved_then_each_row_has_them() {
        let html = "<table><thead><tr><th>时间</th><th>商品</th><th class=\"num\">在架</th></tr></thead><tbody>\
            <tr><td rowspan=\"2\">11-28</td><td>甲</td><td class=\"num\">+3</td></tr><tr><td>乙</td><td class=\"num\">-1</td></tr>\
            <tr><td rowspan=\"1\">11-29</td><td>丙</td><td></td></tr></tbody></table>";
        assert_eq!(file(html), "时间,商品,在架\r\n11-28,甲,+3\r\n11-28,乙,-1\r\n11-29,丙,\r\n");
    }

    #[test]
    fn given_text_that_a_spreadsheet_would_run_when_saved_then_it_is_text() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|'x'", "'+cmd|'x'"),
            ("-2+3", "'-2+3"),
            ("-", "'-"),
            ("-12.50", "-12.50"),
            ("+3", "+3"),
            ("−3", "−3"),
            ("a\"b", "\"a\"\"b\""),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("", ""),
        ] {
            assert_eq!(escaped(cell), safe);
        }
        let html = "<table><tr><th>门店</th></tr><tr><td>=cmd&lt;b&gt;</td></tr></table>";
        assert_eq!(file(html), "门店\r\n'=cmd<b>\r\n");
    }

    #[test]
    fn given_several_tables_when_saved_then_parts_of_one_are_one_and_others_have_their_names() {
        let table = |caption: &str, head: &str, cell: &str| {
            format!("<table><caption>{caption}</caption><tr><th>{head}</th></tr><tr><td>{cell}</td></tr></table>")
        };
        let html = [table("甲", "a", "1"), table("甲，其余", "a", "2"), table("乙", "b", "3")].concat();
        assert_eq!(file(&html), "甲\r\na\r\n1\r\n2\r\n\r\n乙\r\nb\r\n3\r\n");
        let posting = |order: &str| {
            format!(
                "<article><header><a>{order}</a><span>11-28</span><span>规则 x</span></header>\
                 <table><tr><th>科目</th></tr><tr><td>应收</td></tr></table></article>"
            )
        };
        let both = [posting("ord_1"), posting("ord_2")].concat();
        assert_eq!(file(&both), "订单,时间,规则,科目\r\nord_1,11-28,规则 x,应收\r\nord_2,11-28,规则 x,应收\r\n");
        assert_eq!(file("<p>没有</p>"), "");
    }
}
