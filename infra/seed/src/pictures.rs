//! Product pictures of the demo chain: one flat SVG for each form of pack or produce, in the colour and with the label of the
//! product. Everything follows from the four inputs: the same picture every time, no files, no fonts of our own.
//!
//! What must not live here: which product has which form (that is `data/goods.csv`) and where pictures are stored.

use std::fmt::{self, Display};

/// Paper white of labels and highlights.
const CREAM: Rgb = Rgb(255, 252, 244);
/// The dark that colours are shaded with, and the ink on light ground.
const INK: Rgb = Rgb(42, 30, 34);
/// Metal of cans, lids and foil.
const SILVER: Rgb = Rgb(214, 220, 226);
/// Leaves and stalks.
const GREEN: Rgb = Rgb(94, 158, 74);
/// Wood, bamboo and baked crust.
const WOOD: Rgb = Rgb(205, 158, 98);

/// The picture of a product as an SVG document on a 200 × 200 view box without width and height.
///
/// `form` is a form of `data/goods.csv`, an unknown one is drawn as a box; `color` is `#rrggbb`, anything else is drawn in grey;
/// `label` is the short text on the pack; `title` is read to people who cannot see the picture.
#[must_use]
pub fn svg(form: &str, color: &str, label: &str, title: &str) -> String {
    let tones = Tones::of(Rgb::parse(color).unwrap_or(Rgb(150, 156, 164)));
    let mut art = Art { out: String::with_capacity(3_072), label: label.trim(), title };
    art.out += "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 200\" role=\"img\" \
                stroke-linecap=\"round\" stroke-linejoin=\"round\">";
    art.out += &format!("<title>{}</title>", escape(title));
    art.rect(0, 0, 200, 200, 0, tones.ground);
    drawing(form)(&mut art, tones);
    art.out += "</svg>";
    art.out
}

type Drawing = fn(&mut Art, Tones);

fn drawing(form: &str) -> Drawing {
    match form {
        "pouch" => pouch,
        "pillow" => pillow,
        "sack" => sack,
        "tissue" => tissue,
        "diaper" => diaper,
        "carton" => carton,
        "brick" => brick,
        "bar" => bar,
        "card" => card,
        "bottle" => bottle,
        "glass" => glass,
        "oil" => oil,
        "jug" => jug,
        "pump" => pump,
        "tube" => tube,
        "stick" => stick,
        "feeder" => feeder,
        "jar" => jar,
        "can" => can,
        "tin" => tin,
        "milktin" => milktin,
        "tub" => tub,
        "yogurt" => yogurt,
        "tea" => tea,
        "hotcup" => hotcup,
        "cup" => ice_cup,
        "bowl" => bowl,
        "tray" => tray,
        "eggs" => eggs,
        "apple" => apple,
        "banana" => banana,
        "citrus" => citrus,
        "grape" => grape,
        "melon" => melon,
        "berry" => berry,
        "leaf" => leaf,
        "root" => root,
        "corn" => corn,
        "bun" => bun,
        "steamer" => steamer,
        "pastry" => pastry,
        "loaf" => loaf,
        "sandwich" => sandwich,
        "tart" => tart,
        "onigiri" => onigiri,
        "sausage" => sausage,
        "popsicle" => popsicle,
        "cone" => cone,
        "roll" => roll,
        "bulb" => bulb,
        "umbrella" => umbrella,
        _ => carton_box,
    }
}

// --- colours ---

/// A colour; displayed as SVG writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb(u8, u8, u8);

impl Rgb {
    fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|h| h.len() == 6 && h.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// This colour with `percent` of another in it.
    fn mix(self, other: Self, percent: u16) -> Self {
        let one = |a: u8, b: u8| u8::try_from((u16::from(a) * (100 - percent) + u16::from(b) * percent) / 100).unwrap_or(u8::MAX);
        Self(one(self.0, other.0), one(self.1, other.1), one(self.2, other.2))
    }

    /// Relative luminance as WCAG defines it, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast ratio as WCAG defines it, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The text colour on this ground. Light text is kept on strong colours as long as it reads well: packs are printed so.
    fn ink(self) -> Self {
        if self.contrast(CREAM) >= 3.6 || self.contrast(CREAM) > self.contrast(INK) { CREAM } else { INK }
    }
}

impl Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// The colour of a product and its relatives.
#[derive(Debug, Clone, Copy)]
struct Tones {
    base: Rgb,
    dark: Rgb,
    deep: Rgb,
    /// Dark enough for light text.
    sign: Rgb,
    light: Rgb,
    pale: Rgb,
    ground: Rgb,
}

impl Tones {
    fn of(base: Rgb) -> Self {
        let deep = base.mix(INK, 48);
        Self {
            base,
            dark: base.mix(INK, 20),
            deep,
            sign: if deep.contrast(CREAM) >= 4.5 { deep } else { base.mix(INK, 70) },
            light: base.mix(CREAM, 32),
            pale: base.mix(CREAM, 66),
            // Pale packs need a stronger ground, or they melt into it.
            ground: base.mix(Rgb(255, 255, 255), if base.luminance() > 0.55 { 70 } else { 84 }),
        }
    }
}

// --- the pen ---

/// The document being drawn, and the texts that drawings may look at.
///
/// A fill or stroke is written as it is: `#fff" fill-opacity=".3` adds an attribute. Texts of a product never come in this way.
struct Art<'a> {
    out: String,
    label: &'a str,
    title: &'a str,
}

impl Art<'_> {
    fn rect(&mut self, x: i32, y: i32, w: i32, h: i32, r: i32, fill: impl Display) {
        let rx = if r > 0 { format!(" rx=\"{r}\"") } else { String::new() };
        self.out += &format!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"{rx} fill=\"{fill}\"/>");
    }

    fn dot(&mut self, x: i32, y: i32, r: i32, fill: impl Display) {
        self.out += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{fill}\"/>");
    }

    fn oval(&mut self, x: i32, y: i32, rx: i32, ry: i32, fill: impl Display) {
        self.out += &format!("<ellipse cx=\"{x}\" cy=\"{y}\" rx=\"{rx}\" ry=\"{ry}\" fill=\"{fill}\"/>");
    }

    fn path(&mut self, d: &str, fill: impl Display) {
        self.out += &format!("<path d=\"{d}\" fill=\"{fill}\"/>");
    }

    fn line(&mut self, d: &str, stroke: impl Display, width: i32) {
        self.out += &format!("<path d=\"{d}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>");
    }

    /// Many small round things in one element: each point is a line of no length with round ends.
    fn dots(&mut self, at: &[(i32, i32)], r: i32, fill: impl Display) {
        let d: String = at.iter().map(|(x, y)| format!("M{x} {y}h0")).collect();
        self.line(&d, fill, r * 2);
    }

    /// A highlight.
    fn shine(&mut self, d: &str) {
        self.path(d, "#fff\" fill-opacity=\".32");
    }

    /// A highlight along a line.
    fn glint(&mut self, d: &str, width: i32) {
        self.line(d, "#fff\" stroke-opacity=\".5", width);
    }

    /// The side that the light does not reach.
    fn shade(&mut self, d: &str) {
        self.path(d, "#20101a\" fill-opacity=\".1");
    }

    /// The shadow on the table.
    fn shadow(&mut self, y: i32, rx: i32) {
        self.oval(100, y, rx, 8, "#20101a\" fill-opacity=\".13");
    }

    /// Opens a turned group; `end` closes it.
    fn turn(&mut self, degrees: i32) {
        self.out += &format!("<g transform=\"rotate({degrees} 100 100)\">");
    }

    fn end(&mut self) {
        self.out += "</g>";
    }

    /// The label in the middle of a space, in one line or two, as large as it fits, in ink that reads on `ground`.
    fn text(&mut self, (x, y): (i32, i32), (w, h): (i32, i32), ground: Rgb) {
        let label = self.label;
        let (lines, size) = fit(label, f64::from(w), f64::from(h));
        let step = size * 1.12;
        let first = f64::from(y) + size * 0.36 - step * (lines.len() as f64 - 1.0) / 2.0;
        self.out += &format!(
            "<g font-family=\"&quot;PingFang SC&quot;,&quot;Noto Sans CJK SC&quot;,sans-serif\" font-weight=\"600\" font-size=\"{size:.1}\" \
             text-anchor=\"middle\" fill=\"{}\">",
            ground.ink()
        );
        for (n, line) in lines.iter().enumerate() {
            self.out += &format!("<text x=\"{x}\" y=\"{:.1}\">{}</text>", first + step * n as f64, escape(line));
        }
        self.end();
    }

    /// A label stuck on the pack.
    fn panel(&mut self, (x, y): (i32, i32), (w, h): (i32, i32), r: i32, fill: Rgb) {
        self.rect(x, y, w, h, r, fill);
        self.text((x + w / 2, y + h / 2), (w - 8, h - 6), fill);
    }

    /// The little sign of goods that have no pack, at the foot of the picture.
    fn tag(&mut self, t: Tones) {
        let w = (width(self.label) * 20.0) as i32 + 24;
        self.rect(100 - w / 2, 161, w, 29, 14, t.sign);
        self.text((100, 176), (w - 20, 24), t.sign);
    }

    /// Three threads of steam that start at `y`.
    fn steam(&mut self, y: i32, color: Rgb) {
        let thread = |x: i32| format!("M{x} {y}q-7-8 0-16t0-16");
        self.line(&format!("{}{}{}", thread(82), thread(100), thread(118)), format!("{color}\" stroke-opacity=\".55"), 5);
    }

    /// Does a text of the product have one of these words in it?
    fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.label.contains(w) || self.title.contains(w))
    }

    /// One of `n` looks, always the same one for the same title: shelves of equal packs would look dull.
    fn look(&self, n: u32) -> u32 {
        self.title.bytes().fold(7_u32, |sum, b| sum.wrapping_mul(31).wrapping_add(u32::from(b))) % n
    }
}

/// Width of a text in units of its font size: Han characters are square, others about half as wide.
fn width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum()
}

/// The lines of a label and their font size in a space of `w` × `h`: two lines where that makes the letters larger.
fn fit(label: &str, w: f64, h: f64) -> (Vec<&str>, f64) {
    let size = |lines: &[&str]| {
        let widest = lines.iter().map(|l| width(l)).fold(1.0, f64::max);
        (w / widest).min(h / (lines.len() as f64 * 1.12)).min(34.0)
    };
    let one = vec![label];
    let one_size = size(&one);
    // A break leaves the halves as equal as possible and does not split a number or a Latin word.
    let breaks = label.char_indices().skip(1).filter(|(at, c)| *c == ' ' || !(c.is_ascii() && label[..*at].ends_with(|p: char| p.is_ascii())));
    let halves = breaks.map(|(at, _)| [label[..at].trim(), label[at..].trim()]);
    let uneven = |[a, b]: &[&str; 2]| (width(a) - width(b)).abs();
    let two = halves.min_by(|a, b| uneven(a).total_cmp(&uneven(b)).then(width(b[0]).total_cmp(&width(a[0]))));
    // Three letters look better in one line, unless that line is really small.
    let gain = if width(label) < 3.2 { 1.3 } else { 1.1 };
    match two {
        Some(two) if width(label) > 2.5 && size(&two) > one_size * gain => (two.to_vec(), size(&two)),
        _ => (one, one_size),
    }
}

/// A text as XML content.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&apos;",
            // XML 1.0 knows no other control characters.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

// --- bags and soft packs ---

fn pouch(a: &mut Art, t: Tones) {
    a.shadow(175, 56);
    if a.says(&["果泥", "菜泥", "果冻"]) {
        a.rect(88, 20, 24, 18, 5, t.deep);
        a.rect(92, 34, 16, 8, 0, CREAM);
    }
    a.path("M54 40H146L153 166Q100 182 47 166Z", t.base);
    match a.look(4) {
        0 => a.path("M51 84Q76 66 100 78T149 70L146 40H54Z", t.light),
        1 => a.oval(100, 102, 45, 52, t.light),
        2 => a.path("M146 44L153 166Q132 173 112 174L50 114L53 62Z", t.dark),
        _ => a.path("M49 130Q76 118 100 128T151 122L153 166Q100 182 47 166Z", t.light),
    }
    a.rect(53, 36, 94, 13, 2, t.dark);
    a.line("M60 42.5H140", t.light, 2);
    if a.look(3) == 0 {
        a.panel((57, 66), (86, 50), 9, t.sign);
    } else {
        a.panel((57, 66), (86, 50), 9, CREAM);
    }
    emblem(a, (100, 145), t);
    a.shine("M57 50H66L61 164L51 162Z");
}

/// What is inside, as a small picture of about 50 × 24 around a point; three dots where no word tells.
fn emblem(a: &mut Art, (x, y): (i32, i32), t: Tones) {
    a.oval(x, y + 1, 39, 20, t.dark);
    a.oval(x, y, 36, 18, t.pale);
    let around = |at: &[(i32, i32)]| at.iter().map(|(dx, dy)| (x + dx, y + dy)).collect::<Vec<_>>();
    let row = around(&[(-18, 0), (0, 0), (18, 0)]);
    let heap = around(&[(-20, 5), (-8, 6), (6, 6), (19, 5), (-14, -4), (0, -5), (13, -4)]);
    let ink = t.base.mix(INK, 25);
    if a.says(&["饺", "馄饨"]) {
        a.path(&row.iter().map(|(x, y)| format!("M{} {}q1-18 10-18t10 18q-10 6-20 0Z", x - 10, y + 6)).collect::<String>(), CREAM);
        a.line(&row.iter().map(|(x, y)| format!("M{} {}q6-5 12 0", x - 6, y + 1)).collect::<String>(), ink, 2);
    } else if a.says(&["汤圆", "鱼丸", "虾滑"]) {
        a.dots(&row, 9, if a.says(&["虾滑"]) { t.base } else { CREAM });
        a.line(&row.iter().map(|(x, y)| format!("M{} {}q1-4 5-4", x - 5, y - 1)).collect::<String>(), ink, 2);
    } else if a.says(&["面", "薯条"]) && !a.says(&["面筋", "双面"]) {
        a.line(&format!("M{} {y}q6-8 12 0t12 0 12 0 12 0M{} {}q6-8 12 0t12 0 12 0 12 0", x - 24, x - 24, y + 9), Rgb(238, 190, 90), 5);
    } else if a.says(&["鸭", "兔", "辣", "火锅", "龙虾"]) {
        a.path(&format!("M{} {}q16 12 36 0q-14 20-32 10q-8-4-4-10Z", x - 16, y - 3), Rgb(214, 52, 40));
        a.line(&format!("M{} {}q-2-8-10-8", x - 15, y - 2), GREEN, 4);
    } else if a.says(&["饼", "糕", "鸡块", "豆干", "牛肉干", "威化"]) {
        a.dots(&row, 9, Rgb(226, 172, 96));
        a.dots(&row.iter().flat_map(|(x, y)| [(x - 4, y - 3), (x + 4, y - 2), (*x, y + 5)]).collect::<Vec<_>>(), 1, WOOD.mix(INK, 55));
    } else if a.says(&["奶酪", "黄油"]) {
        a.path(&format!("M{} {}l44-14v22h-44Z", x - 22, y + 2), Rgb(250, 206, 84));
        if a.says(&["奶酪"]) {
            a.dots(&around(&[(-6, 4), (8, 0), (14, 6)]), 3, Rgb(226, 168, 50));
        }
    } else if a.says(&["海苔"]) {
        a.line(&format!("M{} {}v10M{x} {}v10M{} {}v10", x - 18, y - 5, y - 5, x + 18, y - 5), Rgb(40, 66, 50), 11);
    } else if a.says(&["菇"]) {
        a.path(&format!("M{} {}q2-18 20-18t20 18Zm14 0h12v12h-12Z", x - 20, y + 2), ink);
    } else if a.says(&["泥", "果冻", "软糖"]) {
        a.dots(&row, 9, t.base);
        a.line(&row.iter().map(|(x, y)| format!("M{x} {}q2-5 6-6", y - 8)).collect::<String>(), GREEN, 3);
    } else if a.says(&["豆", "坚果", "腰果", "开心果", "瓜子", "花生", "话梅", "米", "燕麦", "调味"]) {
        a.dots(&heap, 6, t.base);
        a.dots(&heap.iter().map(|(x, y)| (x - 2, y - 2)).collect::<Vec<_>>(), 1, CREAM);
    } else if a.says(&["盐", "糖", "粉"]) {
        a.path(&format!("M{} {}q14-6 26-20q12 14 26 20Z", x - 26, y + 10), "#fff");
        a.dots(&around(&[(-6, 3), (4, -2), (10, 5)]), 1, ink);
    } else if a.says(&["口罩"]) {
        a.line(&format!("M{} {y}q-10-8-12 4t12 4M{} {y}q10-8 12 4t-12 4", x - 18, x + 18), CREAM, 2);
        a.rect(x - 18, y - 9, 36, 20, 6, CREAM);
        a.line(&format!("M{} {}h26m-26 6h26", x - 13, y - 2), t.base, 2);
    } else if a.says(&["创可贴"]) {
        a.rect(x - 26, y - 8, 52, 17, 8, Rgb(240, 200, 160));
        a.rect(x - 9, y - 8, 18, 17, 0, CREAM);
    } else if a.says(&["卫生巾", "乳垫", "厕纸", "皂", "百洁布"]) {
        let drop = |(x, y): &(i32, i32)| format!("M{x} {}q9 11 9 15a9 8 0 0 1-18 0q0-4 9-15Z", y - 13);
        a.path(&row.iter().map(drop).collect::<String>(), t.base);
    } else {
        a.dots(&row, 5, ink);
    }
}

fn pillow(a: &mut Art, t: Tones) {
    let chip = Rgb(246, 205, 108);
    a.shadow(178, 54);
    a.path("M48 34H152Q143 60 149 102T152 174H48Q57 140 51 102T48 34Z", t.base);
    a.path("M51 108Q100 84 149 108Q150 140 152 174H48Q53 140 51 108Z", t.dark);
    a.line("M51 38H149M51 170H149", t.deep, 8);
    a.line("M58 36V42M70 36V42M82 36V42M94 36V42M106 36V42M118 36V42M130 36V42M142 36V42", t.base, 2);
    a.panel((58, 58), (84, 42), 21, CREAM);
    if a.says(&["粉"]) {
        a.line("M68 136Q84 122 100 136T132 136M68 148Q84 134 100 148T132 148", chip, 5);
    } else {
        a.path("M62 142Q70 112 102 122Q96 152 62 142Z", chip);
        a.path("M94 150Q104 118 138 132Q130 160 94 150Z", chip.mix(WOOD, 35));
        a.glint("M70 138Q76 126 90 126M104 147Q112 134 126 136", 3);
    }
    a.shine("M55 46Q62 74 58 104T60 164L54 162Q58 130 55 102T55 46Z");
}

fn sack(a: &mut Art, t: Tones) {
    a.shadow(178, 60);
    a.path("M48 42Q100 34 152 42Q144 74 151 112T148 172Q100 182 52 172Q42 150 49 112T48 42Z", t.base);
    a.path("M49 112Q100 126 151 112Q157 150 148 172Q100 182 52 172Q42 150 49 112Z", t.light);
    a.shade("M128 39L152 42Q144 74 151 112T148 172L128 176Q136 140 130 110T128 39Z");
    a.path("M44 38Q100 26 156 38L152 50Q100 40 48 50Z", t.dark);
    a.line("M52 43Q100 33 148 43", CREAM.to_string() + "\" stroke-dasharray=\"5 6", 2);
    a.panel((59, 68), (82, 48), 8, CREAM);
    a.out += &format!("<g transform=\"rotate(-24 100 148)\" fill=\"{CREAM}\">");
    for (x, y) in [(84, 142), (100, 150), (116, 142), (92, 158), (110, 160)] {
        a.out += &format!("<ellipse cx=\"{x}\" cy=\"{y}\" rx=\"7\" ry=\"3\"/>");
    }
    a.end();
}

fn tissue(a: &mut Art, t: Tones) {
    a.shadow(170, 72);
    a.path("M70 92Q62 60 76 40Q90 52 102 34Q114 54 130 46Q126 74 134 92Z", "#fff");
    a.shade("M102 34Q114 54 130 46Q126 74 134 92H108Q114 62 102 34Z");
    a.rect(32, 84, 136, 84, 14, t.base);
    a.path("M32 128Q66 112 100 128T168 124V154Q168 168 154 168H46Q32 168 32 154Z", t.light);
    a.oval(100, 91, 42, 7, t.deep);
    a.path("M68 91Q84 86 100 92T134 90Q118 98 100 98T68 91Z", "#fff");
    a.panel((52, 108), (96, 44), 10, CREAM);
    a.glint("M40 100V150", 4);
}

fn diaper(a: &mut Art, t: Tones) {
    a.shadow(176, 62);
    a.line("M76 46Q100 20 124 46", t.dark, 8);
    a.rect(40, 42, 120, 132, 18, t.base);
    a.path("M40 120Q70 106 100 118T160 112V156Q160 174 142 174H58Q40 174 40 156Z", t.light);
    a.shade("M146 43Q160 46 160 60V156Q160 174 142 174H132Q148 170 148 154Z");
    // A sleeping bear: everyone in the chain knows where the nappies are.
    a.dots(&[(78, 62), (122, 62)], 11, t.pale);
    a.oval(100, 82, 34, 29, t.pale);
    a.oval(100, 90, 13, 10, CREAM);
    a.line("M82 80q5 5 10 0M108 80q5 5 10 0M95 93q5 4 10 0", t.deep, 3);
    a.oval(100, 87, 4, 3, t.deep);
    a.panel((54, 124), (92, 38), 12, CREAM);
    a.glint("M48 60V150", 4);
}

// --- boxes ---

fn carton_box(a: &mut Art, t: Tones) {
    if a.says(&["硬盒", "软盒", "细支"]) {
        return cigarettes(a, t);
    }
    a.shadow(173, 62);
    a.path("M44 56L62 42H160L142 56Z", t.light);
    a.path("M142 56L160 42V156L142 172Z", t.deep);
    a.rect(44, 56, 98, 116, 3, t.base);
    match a.look(4) {
        0 => a.path("M44 128Q70 112 93 126T142 118V172H44Z", t.light),
        1 => a.path("M44 172V128L104 56H142V76L64 172Z", t.dark),
        2 => a.dot(93, 112, 45, t.light),
        _ => {
            a.rect(44, 72, 98, 8, 0, t.pale);
            a.rect(44, 150, 98, 8, 0, t.pale);
        }
    }
    a.panel((51, 74), (84, 50), 6, CREAM);
    emblem(a, (93, 149), t);
    a.glint("M50 64H78", 4);
}

/// Packs behind the counter carry the warning that the law asks for.
fn cigarettes(a: &mut Art, t: Tones) {
    let w = if a.says(&["细支"]) { 68 } else { 82 };
    let x = 92 - w / 2;
    a.shadow(175, 50);
    a.path(&format!("M{} 40l14-10v134l-14 10Z", x + w), t.deep);
    a.path(&format!("M{x} 40l14-10h{w}l-14 10Z"), t.light);
    a.rect(x, 40, w, 134, 3, t.base);
    a.line(&format!("M{x} 72h{w}"), t.dark, 2);
    a.dot(92, 56, 8, Rgb(230, 196, 120));
    a.text((92, 98), (w - 16, 40), t.base);
    a.rect(x, 136, w, 38, 0, CREAM);
    let size = (w - 8) / 4;
    a.out += &format!("<g font-family=\"sans-serif\" font-size=\"{size}\" text-anchor=\"middle\" fill=\"{INK}\">");
    a.out += "<text x=\"92\" y=\"153\">吸烟有害</text><text x=\"92\" y=\"171\">健康</text></g>";
    a.glint(&format!("M{} 46v20", x + 6), 3);
}

fn carton(a: &mut Art, t: Tones) {
    a.shadow(176, 54);
    a.path("M128 82L148 74V164L128 174Z", t.deep);
    a.path("M128 82L140 48L148 74Z", t.dark);
    a.path("M54 82L66 48H140L128 82Z", t.light);
    a.rect(66, 34, 74, 15, 2, t.base);
    a.rect(54, 82, 74, 92, 2, CREAM);
    a.path("M54 138Q74 122 92 134T128 126V174H54Z", t.base);
    a.dot(101, 65, 11, t.deep);
    a.dot(101, 63, 8, t.base);
    a.panel((58, 88), (66, 38), 6, t.sign);
    a.dots(&[(70, 156), (84, 162), (98, 154), (112, 160)], 4, t.pale);
    a.glint("M72 40H98", 4);
}

fn brick(a: &mut Art, t: Tones) {
    a.shadow(176, 50);
    a.line("M118 48L122 22L140 14", CREAM.mix(t.base, 20), 6);
    a.line("M119 42L120 32", t.base, 6);
    a.path("M60 58L74 44H142L128 58Z", t.pale);
    a.path("M128 58L142 44V162L128 174Z", t.deep);
    a.rect(60, 58, 68, 116, 2, t.base);
    a.path("M60 132Q78 114 96 128T128 120V174H60Z", CREAM);
    a.path("M60 148Q78 132 96 144T128 138V174H60Z", t.light);
    a.panel((65, 72), (58, 48), 8, CREAM);
    a.glint("M66 64H84", 4);
}

fn bar(a: &mut Art, t: Tones) {
    let cocoa = if t.base.luminance() > 0.1 { Rgb(122, 76, 48) } else { Rgb(72, 44, 34) };
    a.shadow(177, 48);
    a.turn(6);
    a.rect(58, 24, 84, 80, 5, cocoa);
    a.line("M58 50H142M86 26V80M114 26V80", cocoa.mix(INK, 40), 3);
    a.glint("M64 32H80M92 32H108M120 32H136", 3);
    a.path("M56 82L66 70L78 80L90 70L102 80L114 70L126 80L136 70L144 80V96H56Z", SILVER);
    a.path("M56 88H144V170Q144 174 140 174H60Q56 174 56 170Z", t.base);
    a.rect(56, 94, 88, 5, 0, Rgb(230, 196, 120));
    a.rect(56, 160, 88, 5, 0, Rgb(230, 196, 120));
    a.text((100, 130), (74, 52), t.base);
    a.shine("M60 88H70V172H60Z");
    a.end();
}

/// A blister card: what hangs in it depends on the product.
fn card(a: &mut Art, t: Tones) {
    a.shadow(178, 50);
    a.rect(48, 22, 104, 154, 9, t.base);
    a.path("M48 31Q48 22 57 22H143Q152 22 152 31V40H48Z", t.dark);
    a.rect(86, 27, 28, 7, 4, t.ground);
    a.text((100, 62), (90, 34), t.base);
    a.rect(58, 84, 84, 84, 12, t.pale);
    if a.says(&["电池"]) {
        for x in [67, 85, 103, 121] {
            a.rect(x + 4, 94, 6, 8, 1, SILVER);
            a.rect(x, 100, 14, 58, 3, INK);
            a.rect(x, 100, 14, 20, 3, WOOD);
        }
    } else if a.says(&["数据线"]) {
        a.line("M76 152V130Q76 106 100 106T124 130V152", INK, 5);
        a.line("M86 146V132Q86 118 100 118T114 132V146", INK, 5);
        a.line("M76 152V158M124 152V158", SILVER, 9);
    } else if a.says(&["牙刷"]) {
        a.line("M84 160V98", t.base, 8);
        a.line("M116 160V98", Rgb(240, 140, 150), 8);
        a.line("M90 97V114M122 97V114", "#fff", 8);
    } else if a.says(&["剃须"]) {
        a.line("M100 112V158", t.deep, 11);
        a.rect(72, 94, 56, 20, 5, t.deep);
        a.line("M78 100H122M78 107H122", SILVER, 3);
    } else {
        a.dot(100, 126, 26, t.deep);
    }
    a.shine("M70 84H92L66 166Q58 164 58 156V96Q58 84 70 84Z");
}

// --- bottles ---

fn bottle(a: &mut Art, t: Tones) {
    a.shadow(178, 42);
    a.rect(85, 18, 30, 18, 4, t.deep);
    a.rect(87, 34, 26, 6, 0, t.pale);
    a.path("M88 40H112V50Q136 60 136 88V164Q136 177 123 177H77Q64 177 64 164V88Q64 60 88 50Z", t.light);
    a.path("M65 80H135L136 88V164Q136 177 123 177H77Q64 177 64 164V88Z", t.base);
    a.shade("M112 42V50Q136 60 136 88V164Q136 177 123 177H114Q124 174 124 160V90Q124 66 106 54V42Z");
    let sticker = if a.look(2) == 0 { CREAM } else { t.sign };
    a.rect(64, 90, 72, 6, 0, t.pale);
    a.panel((64, 96), (72, 52), 0, sticker);
    a.rect(64, 148, 72, 6, 0, t.pale);
    a.glint("M72 84Q72 66 86 58M72 158V164", 4);
}

fn glass(a: &mut Art, t: Tones) {
    a.shadow(180, 40);
    a.rect(87, 12, 26, 18, 4, Rgb(214, 172, 92));
    a.path("M90 28H110V56Q110 68 122 76Q134 84 134 98V168Q134 179 123 179H77Q66 179 66 168V98Q66 84 78 76Q90 68 90 56Z", t.base);
    a.shade("M110 40V56Q110 68 122 76Q134 84 134 98V168Q134 179 123 179H112Q122 176 122 164V98Q120 84 110 78Q102 70 102 56V40Z");
    a.rect(89, 40, 22, 12, 0, t.dark);
    a.panel((66, 102), (68, 58), 0, CREAM);
    a.rect(66, 102, 68, 5, 0, Rgb(214, 172, 92));
    a.rect(66, 157, 68, 5, 0, Rgb(214, 172, 92));
    a.glint("M74 96Q76 86 86 80M95 34V60", 4);
}

fn oil(a: &mut Art, t: Tones) {
    a.shadow(180, 50);
    a.rect(84, 14, 30, 18, 4, Rgb(206, 62, 48));
    a.path("M88 32H110V44Q146 56 146 92V166Q146 179 133 179H67Q54 179 54 166V92Q54 56 88 44Z", t.base);
    a.path("M54 84H146V166Q146 179 133 179H67Q54 179 54 166Z", t.dark);
    a.path("M118 58Q136 66 136 92V100H126V92Q126 74 112 68Z", t.ground);
    a.rect(58, 104, 84, 58, 6, Rgb(206, 62, 48));
    a.panel((62, 109), (76, 48), 4, CREAM);
    a.shine("M62 88Q62 64 88 52L92 56Q72 68 72 88V100H62Z");
}

fn jug(a: &mut Art, t: Tones) {
    a.shadow(178, 56);
    a.rect(62, 22, 38, 28, 5, t.deep);
    a.line("M70 28V44M78 28V44M86 28V44M94 28V44", t.dark, 2);
    a.path("M60 50H116Q152 50 152 88V162Q152 176 138 176H60Q46 176 46 162V70Q46 54 60 50Z", t.base);
    a.path("M122 68Q136 72 136 90V108Q136 114 130 114T124 108V90Q124 84 118 80Q114 66 122 68Z", t.ground);
    a.shade("M144 64Q152 74 152 88V162Q152 176 138 176H124Q140 172 140 158V110Z");
    a.path("M46 140Q70 126 96 138T152 132V162Q152 176 138 176H60Q46 176 46 162Z", t.light);
    a.panel((54, 92), (66, 56), 12, CREAM);
    a.glint("M56 62H92", 4);
}

fn pump(a: &mut Art, t: Tones) {
    a.shadow(179, 44);
    a.path("M74 22H112Q118 22 118 28V34H94Q90 34 86 30L70 30Q68 22 74 22Z", CREAM);
    a.shade("M94 34H118V30H90Z");
    a.rect(96, 34, 10, 14, 0, SILVER);
    a.rect(84, 46, 34, 14, 4, CREAM);
    a.path("M82 60H120Q140 66 140 90V164Q140 178 126 178H74Q60 178 60 164V90Q60 66 82 60Z", t.base);
    a.shade("M120 60Q140 66 140 90V164Q140 178 126 178H116Q128 174 128 160V90Q128 68 110 60Z");
    a.path("M60 150Q80 138 100 148T140 142V164Q140 178 126 178H74Q60 178 60 164Z", t.light);
    a.panel((67, 88), (66, 52), 10, CREAM);
    a.glint("M67 92V140", 4);
}

fn tube(a: &mut Art, t: Tones) {
    a.shadow(179, 38);
    a.rect(78, 150, 44, 28, 5, t.deep);
    a.line("M86 158V172M95 158V172M105 158V172M114 158V172", t.dark, 2);
    a.path("M60 26H140L128 146Q128 152 122 152H78Q72 152 72 146Z", CREAM);
    a.path("M66 82Q84 66 104 78T135 76L128 146Q128 152 122 152H78Q72 152 72 146Z", t.base);
    a.shade("M122 38H139L128 146Q128 152 122 152H112Z");
    a.rect(58, 20, 84, 18, 3, t.base);
    a.line("M66 24V34M76 24V34M86 24V34M96 24V34M106 24V34M116 24V34M126 24V34M136 24V34", t.light, 2);
    a.dots(&[(84, 54), (96, 60), (108, 52)], 5, t.light);
    a.text((100, 112), (52, 48), t.base);
    a.shine("M66 40H74L80 146H76Z");
}

fn stick(a: &mut Art, t: Tones) {
    a.shadow(178, 54);
    a.rect(116, 66, 32, 110, 6, t.deep);
    a.rect(116, 96, 32, 4, 0, t.base);
    a.glint("M123 76V166", 4);
    a.path("M64 60Q66 36 86 30Q96 32 96 60V84H64Z", t.light);
    a.path("M64 60Q66 36 86 30Q76 40 78 84H64Z", t.pale);
    a.rect(60, 80, 40, 16, 3, SILVER);
    a.rect(54, 94, 52, 82, 6, t.base);
    a.text((80, 136), (44, 56), t.base);
    a.glint("M60 102V168", 3);
}

fn feeder(a: &mut Art, t: Tones) {
    a.shadow(178, 42);
    a.path("M84 58Q86 46 92 42Q90 24 100 22Q110 24 108 42Q114 46 116 58Z", Rgb(238, 196, 160));
    a.rect(70, 56, 60, 20, 6, t.dark);
    a.line("M78 61V71M89 61V71M100 61V71M111 61V71M122 61V71", t.base, 2);
    a.path("M72 76H128Q138 82 138 96V162Q138 177 123 177H77Q62 177 62 162V96Q62 82 72 76Z", t.pale);
    a.path("M62 108Q82 100 100 108T138 106V162Q138 177 123 177H77Q62 177 62 162Z", CREAM);
    a.line("M126 92H134M128 104H134M126 116H134M128 128H134M126 140H134", t.dark, 3);
    a.panel((68, 116), (54, 36), 10, t.base);
    a.glint("M70 94Q70 86 78 84", 5);
}

// --- jars, cans and tubs ---

fn jar(a: &mut Art, t: Tones) {
    a.shadow(175, 54);
    a.rect(66, 56, 68, 14, 0, t.pale);
    a.path("M70 66H130Q146 72 146 88V158Q146 174 130 174H70Q54 174 54 158V88Q54 72 70 66Z", t.base);
    a.shade("M130 66Q146 72 146 88V158Q146 174 130 174H118Q134 170 134 154V88Q134 74 122 66Z");
    a.rect(58, 36, 84, 26, 6, t.deep);
    a.line("M66 44V56M76 44V56M86 44V56M96 44V56M106 44V56M116 44V56M126 44V56M134 44V56", t.dark, 2);
    a.rect(54, 90, 92, 62, 0, t.light);
    a.panel((60, 95), (80, 52), 6, CREAM);
    a.glint("M62 80Q64 74 70 74", 5);
}

fn can(a: &mut Art, t: Tones) {
    a.shadow(178, 46);
    a.path("M66 36H134L142 50V164L134 177H66L58 164V50Z", SILVER);
    a.oval(100, 36, 34, 8, SILVER.mix(INK, 22));
    a.oval(100, 35, 29, 5, SILVER);
    a.oval(104, 35, 10, 3, SILVER.mix(INK, 40));
    a.rect(58, 52, 84, 110, 0, t.base);
    match a.look(3) {
        0 => a.path("M58 128Q80 108 100 124T142 116V162H58Z", t.light),
        1 => a.path("M58 140L142 84V116L58 162Z", t.dark),
        _ => a.oval(100, 107, 40, 46, t.dark),
    }
    a.panel((64, 80), (72, 54), 27, CREAM);
    a.shade("M128 37H134L142 50V164L134 177H126L131 164V50Z");
    a.shine("M62 50H72V166L74 177H68L62 166Z");
}

fn tin(a: &mut Art, t: Tones) {
    a.shadow(172, 68);
    a.path("M34 86H166V150Q150 172 100 172T34 150Z", t.dark);
    a.path("M34 94H166V144Q150 164 100 164T34 144Z", t.base);
    a.oval(100, 84, 66, 24, SILVER);
    a.oval(100, 82, 57, 19, t.light);
    if a.says(&["罐头"]) {
        a.oval(100, 82, 57, 19, SILVER.mix(INK, 12));
        a.line("M84 80Q92 70 104 76T118 88Q104 94 94 88Z", SILVER.mix(INK, 45), 4);
    } else {
        a.line("M100 70v24M74 78l52 10M74 88l52-12", t.pale, 4);
        a.dot(100, 82, 7, CREAM);
    }
    a.panel((54, 112), (92, 40), 12, CREAM);
    a.shade("M146 98L166 88V150Q160 160 146 164Z");
    a.glint("M42 104V142", 5);
}

fn milktin(a: &mut Art, t: Tones) {
    a.shadow(177, 52);
    a.path("M50 52H150V162Q138 177 100 177T50 162Z", t.base);
    a.path("M50 132Q76 116 100 130T150 124V162Q138 177 100 177T50 162Z", CREAM);
    a.path("M46 40H154V56Q140 68 100 68T46 56Z", CREAM);
    a.shade("M46 50Q60 62 100 62T154 50V56Q140 68 100 68T46 56Z");
    a.oval(100, 40, 54, 13, t.pale);
    a.oval(100, 39, 45, 9, CREAM);
    // The stage is what parents look for first.
    let stage = a.title.chars().find(char::is_ascii_digit).unwrap_or('♥');
    a.out += &format!(
        "<text x=\"100\" y=\"166\" font-family=\"sans-serif\" font-weight=\"700\" font-size=\"34\" text-anchor=\"middle\" fill=\"{}\">",
        t.dark
    );
    a.out += &format!("{stage}</text>");
    a.panel((58, 78), (84, 44), 22, CREAM);
    a.shade("M136 65L150 58V162Q146 168 136 172Z");
    a.glint("M57 74V150", 4);
}

fn tub(a: &mut Art, t: Tones) {
    a.shadow(170, 56);
    a.path("M46 76H154L142 158Q140 170 126 170H74Q60 170 58 158Z", t.base);
    a.path("M51 112Q76 96 100 110T149 104L142 158Q140 170 126 170H74Q60 170 58 158Z", t.pale);
    a.rect(40, 54, 120, 24, 8, t.dark);
    a.oval(100, 56, 58, 12, t.light);
    a.oval(100, 55, 48, 8, t.base);
    a.panel((63, 92), (74, 50), 25, CREAM);
    a.dots(&[(76, 156), (92, 158), (108, 158), (124, 156)], 4, t.dark);
    a.shade("M134 78H154L142 158Q140 170 126 170H118Z");
    a.glint("M56 86L62 130", 4);
}

fn yogurt(a: &mut Art, t: Tones) {
    a.shadow(172, 48);
    a.path("M56 66H144L132 160Q130 172 118 172H82Q70 172 68 160Z", CREAM);
    a.path("M61 104Q82 90 100 102T140 98L132 160Q130 172 118 172H82Q70 172 68 160Z", t.base);
    a.oval(100, 63, 52, 13, SILVER.mix(INK, 15));
    a.oval(100, 61, 52, 12, SILVER);
    a.oval(100, 60, 42, 8, t.light);
    a.path("M146 62Q160 58 162 68Q156 76 144 68Z", SILVER);
    a.text((100, 134), (58, 50), t.base);
    a.dots(&[(86, 86), (100, 82), (114, 86)], 5, t.light);
    a.shade("M126 74L143 71L132 160Q130 172 118 172H112Z");
    a.glint("M66 82L74 150", 4);
}

// --- drinks and food in cups and bowls ---

fn tea(a: &mut Art, t: Tones) {
    a.shadow(179, 42);
    a.line("M110 62L122 12", t.deep, 8);
    a.line("M112 54L121 17", t.dark, 3);
    a.path("M58 60H142L131 168Q130 178 120 178H80Q70 178 69 168Z", "#fff\" fill-opacity=\".75");
    a.path("M61 76H139L130 167Q129 175 120 175H80Q71 175 70 167Z", t.base);
    a.path("M61 76H139L137 96Q124 108 112 96T88 100T63 94Z", t.pale);
    if a.says(&["冰", "柠檬", "甘露", "茉莉", "椰"]) {
        a.out += &format!("<g fill=\"{}\" fill-opacity=\".8\">", t.pale);
        a.out += "<path d=\"M72 84l16-5 5 15-16 5zM98 80l17 4-4 16-16-4zM118 92l12-6 6 12-12 6z\"/></g>";
        a.dots(&[(82, 162), (96, 158), (110, 164), (122, 156)], 3, t.light);
    } else {
        let pearl = Rgb(58, 36, 30);
        a.dots(&[(80, 166), (93, 168), (107, 168), (120, 166), (76, 153), (87, 156), (113, 156), (124, 153)], 6, pearl);
        a.dots(&[(78, 164), (91, 166), (105, 166), (118, 164)], 1, CREAM);
    }
    a.dot(100, 124, 29, CREAM);
    a.text((100, 124), (44, 44), CREAM);
    a.rect(53, 52, 94, 13, 6, t.deep);
    a.rect(62, 44, 76, 9, 4, t.dark);
    a.glint("M67 76L75 160", 4);
}

fn hotcup(a: &mut Art, t: Tones) {
    if a.says(&["盖碗"]) {
        return gaiwan(a, t);
    }
    a.shadow(178, 40);
    a.steam(46, t.dark);
    a.path("M62 68H138L128 170Q127 178 119 178H81Q73 178 72 170Z", CREAM);
    a.path("M64 92H136L130 150H70Z", t.base);
    a.shade("M122 68H138L128 170Q127 178 119 178H110Z");
    a.text((100, 121), (56, 50), t.base);
    a.path("M66 52H134L139 66H61Z", t.deep);
    a.rect(57, 62, 86, 10, 5, t.deep);
    a.glint("M70 57H88", 3);
    a.shine("M68 74H75L83 174H77Z");
}

fn gaiwan(a: &mut Art, t: Tones) {
    a.shadow(160, 66);
    a.steam(54, t.dark);
    a.oval(100, 148, 64, 12, t.light);
    a.oval(100, 145, 50, 7, t.pale);
    a.path("M48 84H152Q148 132 118 142H82Q52 132 48 84Z", CREAM);
    a.path("M50 98Q76 112 100 102T150 98Q144 130 118 142H82Q56 130 50 98Z", t.base);
    a.shade("M130 84H152Q148 132 118 142H108Q132 124 130 84Z");
    a.path("M54 82Q62 60 100 58T146 82Z", CREAM);
    a.path("M54 82Q100 92 146 82Q100 76 54 82Z", t.dark);
    a.rect(90, 50, 20, 10, 4, t.base);
    a.glint("M68 74Q78 66 90 65", 4);
    a.tag(t);
}

fn ice_cup(a: &mut Art, t: Tones) {
    a.shadow(178, 46);
    a.path("M52 54H148L134 166Q132 178 122 178H78Q68 178 66 166Z", "#fff\" fill-opacity=\".8");
    a.path("M55 72H145L133 164Q131 175 122 175H78Q69 175 67 164Z", t.light);
    a.out += "<g fill=\"#fff\" fill-opacity=\".62\"><path d=\"M62 78l24-6 7 23-24 7zM98 72l26 6-6 25-25-7zM128 92l12-6-4 28-14-4z";
    a.out += "M70 146l22-4 4 24-20 4zM102 142l24 6-5 22-22-4z\"/></g>";
    a.line("M69 83L82 79M104 79L116 82M78 150L88 148M107 149L119 152", "#fff", 3);
    a.rect(46, 46, 108, 14, 7, t.base);
    a.panel((65, 104), (70, 38), 19, CREAM);
    a.glint("M61 76L70 158", 4);
}

fn bowl(a: &mut Art, t: Tones) {
    let hot = a.says(&["粥", "自热"]);
    a.shadow(172, 52);
    if hot {
        a.steam(52, t.dark);
    }
    a.path("M40 78H160L140 158Q136 171 122 171H78Q64 171 60 158Z", t.base);
    a.path("M48 108Q74 94 100 106T152 104L140 158Q136 171 122 171H78Q64 171 60 158Z", t.dark);
    a.oval(100, 78, 64, 17, CREAM);
    a.oval(100, 76, 56, 12, t.light);
    if !hot {
        a.line("M66 76Q74 69 82 76T98 76T114 76T132 75", Rgb(250, 224, 150), 5);
        a.dots(&[(84, 82), (112, 83)], 4, GREEN);
    } else {
        a.oval(100, 77, 48, 9, t.pale);
        a.dots(&[(88, 76), (108, 79), (118, 74)], 3, GREEN);
    }
    a.panel((60, 104), (80, 46), 12, CREAM);
    a.shade("M142 90L157 88L140 158Q136 171 122 171H112Z");
    a.glint("M50 94L64 150", 4);
}

fn tray(a: &mut Art, t: Tones) {
    a.shadow(168, 72);
    a.rect(26, 58, 148, 106, 16, t.deep);
    a.rect(34, 66, 132, 90, 10, t.pale);
    if a.says(&["菇"]) {
        for (x, y) in [(64, 90), (100, 86), (136, 92), (82, 112), (120, 114)] {
            a.oval(x, y, 21, 16, t.base);
            a.line(&format!("M{} {y}h16M{x} {}v14", x - 8, y - 7), t.light, 3);
        }
    } else if a.says(&["豆腐"]) {
        a.rect(48, 74, 104, 56, 6, CREAM);
        a.line("M48 102H152M82 76V128M118 76V128", t.base, 2);
    } else if a.says(&["鲜切"]) {
        for (x, y, c) in [(60, 88, Rgb(240, 90, 90)), (92, 84, Rgb(250, 200, 80)), (124, 90, Rgb(150, 196, 90)), (78, 112, Rgb(246, 150, 60))] {
            a.rect(x - 15, y - 13, 32, 28, 8, c);
        }
        a.dots(&[(146, 84), (112, 116), (140, 114)], 11, Rgb(126, 70, 140));
    } else {
        for x in [42, 68, 94, 120] {
            a.path(&format!("M{x} 132Q{} 104 {} 74Q{} 66 {} 82Q{} 112 {} 136Z", x - 6, x + 10, x + 26, x + 36, x + 36, x + 22), t.base);
        }
        a.line("M54 122Q56 98 66 82M80 122Q82 98 92 82M106 122Q108 98 118 82M132 122Q134 98 144 82", t.pale, 4);
    }
    a.shine("M44 66H84L54 156H44Q34 156 34 146V76Q34 66 44 66Z");
    a.panel((56, 130), (88, 38), 8, CREAM);
}

fn eggs(a: &mut Art, t: Tones) {
    a.shadow(170, 70);
    let egg = |x: i32, y: i32| format!("M{x} {y}q-23 0-23 33q0 26 23 26t23-26q0-33-23-33Z");
    a.path(&format!("{}{}{}", egg(62, 52), egg(100, 48), egg(138, 52)), t.dark);
    a.path(&format!("{}{}", egg(80, 70), egg(120, 70)), t.base);
    if a.says(&["茶叶蛋"]) {
        a.line("M66 96l10-6 6 10 12-6M108 92l8 8 10-8 10 8M52 74l8-4 4 8M92 62l8 4 8-6M132 68l8 6 6-6", t.deep, 2);
    }
    a.glint("M52 72Q54 64 60 62M90 68Q92 60 98 58M128 72Q130 64 136 62M70 92Q72 84 78 82M110 92Q112 84 118 82", 4);
    a.path("M26 116Q44 104 62 116T100 116T138 116T174 116L166 158Q164 168 154 168H46Q36 168 34 158Z", t.deep);
    a.path("M28 128L34 158Q36 168 46 168H154Q164 168 166 158L172 128Z", t.deep.mix(t.base, 30));
    a.panel((56, 124), (88, 36), 10, CREAM);
}

// --- fruit and vegetables ---

/// Round fruit; the words tell a pear from a peach.
fn apple(a: &mut Art, t: Tones) {
    a.shadow(152, 56);
    if a.says(&["梨"]) {
        a.line("M100 40Q100 26 108 20", WOOD.mix(INK, 40), 5);
        a.path("M100 34Q122 34 124 64Q126 80 142 92Q154 128 128 148Q100 160 72 148Q46 128 58 92Q74 80 76 64Q78 34 100 34Z", t.base);
        a.shade("M118 42Q124 52 124 64Q126 80 142 92Q154 128 128 148Q116 154 100 154Q136 132 124 92Q114 70 118 42Z");
        a.dots(&[(84, 116), (96, 132), (112, 108), (90, 96), (122, 124)], 1, t.deep);
        a.shine("M88 46Q78 66 82 78Q70 96 70 112Q60 96 76 82Q82 62 88 46Z");
    } else if a.says(&["番茄"]) {
        a.path("M100 52Q158 40 158 100Q156 152 100 152Q44 152 42 100Q42 40 100 52Z", t.base);
        a.shade("M136 50Q158 60 158 100Q156 152 100 152Q144 132 136 50Z");
        a.path("M100 54L70 44L88 60L74 78L98 66L112 80L114 62L132 48L104 52L106 34H98Z", GREEN);
        a.shine("M60 74Q52 90 58 110Q68 108 70 90Q70 76 60 74Z");
    } else if a.says(&["火龙果"]) {
        a.path("M78 58Q60 40 64 22Q84 30 92 50Q96 26 106 16Q114 36 112 50Q126 34 144 30Q142 48 124 62Z", GREEN);
        a.oval(100, 102, 54, 52, t.base);
        a.path("M46 96Q44 80 34 76Q50 66 62 78ZM154 96Q156 80 166 76Q150 66 138 78Z", t.dark);
        a.path("M72 150Q58 152 52 160Q46 144 54 134ZM128 150Q142 152 148 160Q154 144 146 134Z", t.dark);
        a.path(
            "M100 66Q122 78 114 98Q100 96 100 66ZM66 100Q86 108 82 128Q68 128 66 100ZM124 108Q142 116 134 138Q120 134 124 108Z",
            GREEN.mix(t.light, 45),
        );
        a.glint("M62 92Q64 74 78 66", 5);
    } else {
        a.line("M100 62Q100 42 110 30", WOOD.mix(INK, 45), 6);
        a.path("M106 50Q116 26 146 32Q140 56 106 50Z", GREEN);
        a.path("M100 60Q120 46 142 56Q164 72 154 108Q142 152 112 152Q104 148 100 148T88 152Q58 152 46 108Q36 72 58 56Q80 46 100 60Z", t.base);
        a.shade("M142 56Q164 72 154 108Q142 152 112 152Q104 148 100 148Q146 128 130 53Z");
        a.shine("M62 70Q50 82 56 104Q66 104 68 86Q72 72 62 70Z");
        if a.says(&["桃"]) {
            a.line("M100 60Q86 98 98 146", t.dark, 4);
        } else if a.says(&["苹果"]) {
            a.path("M84 58Q100 72 116 58Q100 64 84 58Z", t.deep);
        }
    }
    a.tag(t);
}

fn banana(a: &mut Art, t: Tones) {
    let tip = WOOD.mix(INK, 55);
    a.shadow(152, 58);
    a.path("M66 38Q44 92 84 138Q112 160 150 142Q112 132 98 104Q84 76 84 40Z", t.dark);
    a.path("M72 38Q62 96 104 128Q134 146 168 118Q130 116 112 90Q94 64 88 38Z", t.base);
    a.path("M80 38Q86 84 122 104Q150 116 172 88Q140 90 120 70Q100 52 92 34Z", t.light);
    a.line("M80 54Q88 96 118 114Q132 120 146 118M66 72Q68 112 98 136", t.deep, 2);
    a.path("M66 42L70 24L88 20L94 40Q80 46 66 42Z", tip);
    a.dots(&[(150, 142), (167, 118), (171, 89)], 4, tip);
    a.glint("M98 62Q112 84 134 94", 4);
    a.tag(t);
}

/// A whole fruit and its half.
fn citrus(a: &mut Art, t: Tones) {
    a.shadow(150, 66);
    if a.says(&["猕猴桃"]) {
        let skin = Rgb(142, 108, 66);
        a.oval(74, 92, 46, 52, skin);
        a.glint("M42 92Q44 66 62 54", 5);
        a.dot(128, 106, 46, skin.mix(INK, 20));
        a.dot(128, 106, 41, t.base);
        a.oval(128, 106, 13, 11, CREAM);
        a.dots(&[(128, 86), (142, 92), (148, 106), (142, 120), (128, 126), (114, 120), (108, 106), (114, 92)], 3, INK);
        a.line("M128 78V72M148 86L152 82M156 106H162M148 126L152 130M128 134V140M108 126L104 130M100 106H94M108 86L104 82", t.pale, 2);
    } else {
        if a.says(&["柠檬"]) {
            a.path("M26 98Q30 90 38 84Q54 50 90 58Q118 64 122 92L128 102Q120 106 112 116Q92 140 64 132Q42 126 36 106Z", t.base);
        } else {
            a.dot(76, 92, 50, t.base);
            a.path("M72 44Q84 20 110 28Q104 50 72 44Z", GREEN);
            a.dot(74, 46, 4, t.deep);
        }
        a.dots(&[(60, 100), (70, 116), (52, 84), (84, 74)], 1, t.deep);
        a.glint("M42 92Q46 68 66 60", 6);
        a.dot(130, 106, 45, t.dark);
        a.dot(130, 106, 40, CREAM);
        a.dot(130, 106, 35, t.light);
        a.line("M130 71V141M95 106H165M105 81L155 131M155 81L105 131", CREAM, 4);
        a.dot(130, 106, 6, CREAM);
    }
    a.tag(t);
}

/// Small round fruit: a bunch of grapes, or a heap of berries.
fn grape(a: &mut Art, t: Tones) {
    a.shadow(154, 50);
    if a.says(&["蓝莓", "杨梅"]) {
        a.dots(&[(78, 78), (122, 78), (100, 62)], 25, t.dark);
        a.dots(&[(58, 122), (142, 122), (100, 108)], 27, t.base);
        a.dots(&[(80, 134), (122, 134)], 23, t.light);
        if a.says(&["蓝莓"]) {
            let crown = |x: i32, y: i32| format!("M{x} {}l3 6 7 0-5 5 2 7-7-4-7 4 2-7-5-5 7 0Z", y - 10);
            a.path(&[(100, 60), (58, 120), (142, 120), (100, 106), (80, 134), (122, 134)].map(|(x, y)| crown(x, y)).concat(), t.deep);
        } else {
            let bumps = [(100, 108), (58, 122), (142, 122), (80, 138), (122, 138), (78, 76), (122, 76), (100, 56)];
            let around: Vec<(i32, i32)> =
                bumps.iter().flat_map(|(x, y)| [(x - 8, y - 7), (x + 8, y - 7), (*x, *y), (x - 8, y + 8), (x + 8, y + 8)]).collect();
            a.dots(&around, 2, t.pale);
            a.path("M100 42Q104 18 130 22Q126 44 100 42Z", GREEN);
        }
    } else {
        a.line("M100 48Q98 30 106 18", WOOD.mix(INK, 30), 5);
        a.path("M104 40Q126 14 156 30Q148 60 104 40Z", GREEN.mix(INK, 10));
        a.dots(&[(64, 66), (100, 62), (136, 66), (82, 92), (118, 92)], 20, t.dark);
        a.dots(&[(82, 66), (118, 66), (64, 88), (100, 92), (136, 88)], 19, t.base);
        a.dots(&[(80, 114), (120, 114), (100, 138)], 19, t.dark);
        a.dots(&[(100, 116)], 19, t.light);
        a.dots(&[(76, 59), (112, 59), (58, 81), (94, 85), (130, 81), (94, 109), (74, 107), (114, 107), (94, 131)], 4, t.pale);
    }
    a.tag(t);
}

fn melon(a: &mut Art, t: Tones) {
    let flesh = Rgb(236, 84, 80);
    a.shadow(154, 66);
    a.dot(80, 90, 58, t.base);
    a.line("M80 32Q46 60 50 134M80 32Q66 80 78 146M80 32Q104 60 106 110M40 52Q26 90 40 130", t.deep, 6);
    a.glint("M34 84Q38 58 56 46", 6);
    a.path("M60 148Q58 66 176 76Q182 128 146 150Q100 168 60 148Z", t.dark);
    a.path("M66 146Q68 78 170 84Q174 124 142 142Q102 158 66 146Z", Rgb(226, 240, 204));
    a.path("M73 143Q78 86 164 90Q164 120 138 134Q104 150 73 143Z", flesh);
    a.dots(&[(100, 120), (118, 106), (126, 126), (140, 104), (146, 118), (106, 136)], 3, INK);
    a.tag(t);
}

fn berry(a: &mut Art, t: Tones) {
    a.shadow(152, 62);
    a.dots(&[(66, 76), (122, 70)], 27, t.dark);
    a.dots(&[(58, 120), (142, 112)], 29, t.base);
    a.dots(&[(100, 112)], 32, t.light);
    let star = |x: i32, y: i32| format!("M{x} {}l4 8 11-3-7 9 7 8-11-1-4 9-4-9-11 1 7-8-7-9 11 3Z", y - 10);
    a.path(&[(66, 56), (122, 48), (100, 86), (50, 100), (148, 90)].map(|(x, y)| star(x, y)).concat(), GREEN);
    a.glint("M82 116Q82 106 88 100M40 122Q40 114 45 110M124 114Q124 106 129 102", 5);
    a.tag(t);
}

fn leaf(a: &mut Art, t: Tones) {
    let stalk = CREAM.mix(t.base, 22);
    a.shadow(154, 46);
    if a.says(&["娃娃菜", "生菜"]) {
        a.path("M100 152Q40 146 38 92Q34 58 62 52Q74 26 100 30Q126 26 138 52Q166 58 162 92Q160 146 100 152Z", t.base);
        a.path("M100 152Q58 140 60 92Q60 62 84 58Q92 46 100 46T116 58Q140 62 140 92Q142 140 100 152Z", t.light);
        a.path("M100 152Q76 134 80 100Q82 80 100 74Q118 80 120 100Q124 134 100 152Z", t.pale);
        a.line("M100 148V92M100 146Q70 124 68 84M100 146Q130 124 132 84M90 148Q52 132 48 92M110 148Q148 132 152 92", stalk, 4);
    } else if a.says(&["葱姜蒜"]) {
        a.line("M60 134L92 26M74 136L112 30M88 138L134 38", GREEN, 8);
        a.line("M58 140L66 112M72 142L80 114M86 144L95 116", CREAM, 9);
        a.path("M92 146Q88 118 110 116Q112 98 128 106Q140 92 150 106Q168 112 158 130Q156 152 128 146Q108 156 92 146Z", Rgb(222, 182, 110));
        a.line("M108 128q6-6 14-4M132 118q8-4 14 2M126 138q8-6 16-2", WOOD.mix(INK, 25), 3);
        a.path("M54 152Q30 148 36 124Q42 114 52 108Q56 98 60 108Q72 114 76 124Q82 148 54 152Z", CREAM);
        a.line("M56 112Q46 128 52 150M58 112Q68 128 62 150", Rgb(200, 176, 190), 2);
    } else {
        a.path("M84 100Q40 92 36 54Q42 26 70 36Q92 50 94 100Z", t.dark);
        a.path("M116 100Q160 92 164 54Q158 26 130 36Q108 50 106 100Z", t.dark);
        a.path("M100 108Q68 84 68 48Q74 18 100 18T132 48Q132 84 100 108Z", t.base);
        if a.says(&["上海青"]) {
            a.path("M68 152Q52 120 78 88L96 92V152ZM132 152Q148 120 122 88L104 92V152Z", stalk);
            a.path("M82 152Q76 116 96 84H104Q124 116 118 152Z", CREAM);
        } else {
            a.line("M86 152Q92 120 78 72M114 152Q108 120 122 72M94 152L97 96M106 152L103 96", t.light, 6);
            a.rect(78, 122, 44, 12, 5, Rgb(214, 84, 74));
        }
        a.line("M100 98V36M100 70L84 54M100 70L116 54M80 86Q62 70 54 52M120 86Q138 70 146 52", t.pale, 3);
    }
    a.tag(t);
}

fn root(a: &mut Art, t: Tones) {
    a.shadow(152, 64);
    if a.says(&["土豆"]) {
        a.path("M72 44Q112 32 124 66Q130 98 96 104Q56 108 48 82Q48 54 72 44Z", t.dark);
        a.path("M40 104Q48 82 80 86Q112 88 112 118Q108 150 72 150Q34 146 40 104Z", t.base);
        a.path("M112 98Q132 76 158 92Q172 114 154 140Q128 158 106 140Q96 120 112 98Z", t.light);
        a.dots(&[(62, 112), (82, 128), (94, 106), (128, 108), (146, 124), (72, 62), (104, 72), (126, 134)], 2, t.deep);
        a.glint("M52 112Q56 98 70 96M120 106Q128 96 140 96", 4);
    } else if a.says(&["黄瓜"]) {
        let one = |y: i32| format!("M34 {y}q-4-20 18-24q54 4 100-22q20 8 14 18q-6 10-20 22q-46 18-92 16q-18 0-20-10Z");
        a.path(&one(76), t.dark);
        a.path(&one(126), t.base);
        a.path("M152 80L166 72L172 84L164 96Z", Rgb(246, 208, 80));
        a.line("M54 114Q104 118 150 98M54 64Q104 68 150 48", t.light, 4);
        a.dots(&[(64, 126), (80, 106), (96, 130), (114, 108), (130, 122), (70, 76), (100, 56), (120, 74)], 2, t.pale);
    } else {
        let carrot = "M52 74Q64 56 86 66Q128 92 168 146Q118 134 70 102Q48 92 52 74Z";
        a.path("M62 72Q24 70 20 44Q46 42 62 62Q44 30 62 16Q82 36 74 62Q84 34 106 36Q104 62 78 70Z", GREEN);
        a.path(carrot, t.base);
        a.shade("M58 90Q96 112 168 146Q118 134 70 102Q60 98 58 90Z");
        a.line("M80 76L72 86M104 88L98 96M92 112L98 104M128 112L122 120", t.dark, 4);
        a.glint("M68 70Q88 74 112 96", 5);
    }
    a.tag(t);
}

fn corn(a: &mut Art, t: Tones) {
    a.shadow(154, 48);
    a.turn(14);
    a.path("M100 18Q130 30 130 96Q126 146 100 150Q74 146 70 96Q70 30 100 18Z", t.base);
    let rows: Vec<(i32, i32)> = (0..8).flat_map(|r| (0..4).map(move |c| (82 + c * 12, 40 + r * 12))).collect();
    a.dots(&rows, 5, t.light);
    a.path("M100 154Q52 140 50 72Q76 90 88 152ZM100 154Q148 140 150 72Q124 90 112 152Z", GREEN);
    a.path("M100 156Q76 136 74 104Q98 122 100 156Q102 122 126 104Q124 136 100 156Z", GREEN.mix(CREAM, 25));
    a.line("M58 88Q66 124 92 148M142 88Q134 124 108 148", GREEN.mix(INK, 25), 2);
    a.end();
    a.tag(t);
}

// --- bakery and breakfast ---

fn bun(a: &mut Art, t: Tones) {
    let dough = Rgb(253, 246, 232).mix(t.base, 16);
    let fold = dough.mix(INK, 22);
    a.shadow(150, 66);
    a.steam(44, t.dark);
    a.path("M30 144L40 132H160L170 144Q100 158 30 144Z", t.light);
    a.path("M38 128Q36 66 100 60Q164 66 162 128Q160 148 100 148T38 128Z", dough);
    a.shade("M132 68Q164 82 162 128Q160 148 100 148Q148 136 132 68Z");
    if a.says(&["馒头"]) {
        a.glint("M52 112Q54 84 80 74", 7);
    } else {
        a.line(
            "M100 74Q80 78 62 104M100 74Q92 88 86 112M100 74Q108 88 114 112M100 74Q120 78 138 104M98 72Q76 66 58 84M102 72Q124 66 142 84",
            fold,
            3,
        );
        a.dot(100, 73, 9, t.base);
        a.dot(100, 73, 5, t.dark);
        a.glint("M48 118Q48 106 52 100", 5);
    }
    a.tag(t);
}

fn steamer(a: &mut Art, t: Tones) {
    let dough = Rgb(253, 246, 232).mix(t.base, 14);
    a.shadow(156, 74);
    a.steam(44, t.dark);
    a.path("M28 92H172V140Q150 160 100 160T28 140Z", t.dark);
    a.oval(100, 92, 72, 26, t.base);
    a.oval(100, 91, 62, 20, t.deep);
    for (x, y) in [(72, 82), (128, 82), (100, 76), (100, 94)] {
        a.path(&format!("M{} {y}q2-22 23-24q21 2 23 24q-4 12-23 12t-23-12Z", x - 23), dough);
        a.line(&format!("M{x} {}l-10 10M{x} {}v12M{x} {}l10 10", y - 17, y - 17, y - 17), dough.mix(INK, 25), 2);
    }
    a.line("M28 116Q60 138 100 138T172 116", t.light, 5);
    a.line("M50 124V144M150 124V144", t.deep, 4);
    a.tag(t);
}

fn pastry(a: &mut Art, t: Tones) {
    a.shadow(150, 64);
    if a.says(&["可颂"]) {
        a.path("M26 130Q26 78 70 60Q100 46 130 60Q174 78 174 130Q166 146 150 134Q138 110 100 110T50 134Q34 146 26 130Z", t.base);
        a.path("M76 58Q100 46 124 58L116 112Q100 108 84 112Z", t.light);
        a.path("M26 130Q26 102 42 82L62 118Q54 126 50 134Q34 146 26 130ZM174 130Q174 102 158 82L138 118Q146 126 150 134Q166 146 174 130Z", t.dark);
        a.line("M76 58L84 112M124 58L116 112M44 80L64 118M156 80L136 118", t.deep, 3);
        a.glint("M88 64Q100 60 112 64M56 78Q60 72 68 69", 5);
    } else if a.says(&["小贝"]) {
        let cake = Rgb(246, 214, 140);
        for (x, y) in [(70, 78), (132, 86), (96, 112)] {
            a.oval(x, y + 10, 42, 34, cake.mix(INK, 12));
            a.oval(x, y, 42, 34, t.base);
            a.dots(&[(x - 20, y - 8), (x - 4, y - 20), (x + 16, y - 12), (x - 10, y + 6), (x + 8, y + 2), (x + 24, y + 8)], 3, t.deep);
            a.dots(&[(x - 14, y - 16), (x + 6, y - 10), (x - 24, y + 6), (x + 18, y + 18)], 3, WOOD);
        }
    } else if a.says(&["葱包桧"]) {
        a.turn(-12);
        a.rect(34, 60, 132, 34, 10, t.dark);
        a.rect(30, 92, 140, 40, 12, t.base);
        a.path("M30 104Q64 92 100 104T170 102V112Q130 122 100 112T30 116Z", Rgb(150, 70, 40));
        a.line("M50 66V88M80 66V88M112 66V88M142 66V88", t.deep, 3);
        a.dots(&[(60, 122), (92, 98), (126, 122), (150, 98)], 3, GREEN);
        a.glint("M44 100H70", 4);
        a.end();
    } else {
        a.path("M36 104V122Q44 150 100 150T164 122V104Z", t.deep);
        a.path("M36 98V112Q44 140 100 140T164 112V98Z", t.dark);
        a.line("M40 118Q56 138 100 138T160 118", t.light, 3);
        a.oval(100, 94, 64, 38, t.base);
        a.oval(100, 91, 52, 29, t.light);
        if a.says(&["月饼"]) {
            a.oval(100, 91, 26, 14, t.base);
            a.oval(100, 91, 15, 8, Rgb(206, 74, 62));
        } else {
            a.line("M100 91q10-6 14 2t-16 10-24-12 20-18 36 8", t.dark, 3);
        }
        a.dots(&[(70, 84), (86, 72), (112, 70), (130, 84), (126, 102), (78, 104), (102, 112)], 2, CREAM);
    }
    a.tag(t);
}

fn loaf(a: &mut Art, t: Tones) {
    a.shadow(154, 68);
    a.path("M66 62Q62 36 92 38H146Q176 36 172 66Q168 76 168 84V136Q168 146 158 146H96Z", t.dark);
    a.line("M112 44Q106 90 112 140M136 42Q130 90 136 142", t.deep, 3);
    a.path("M38 84Q26 76 28 60Q32 42 54 44H106Q128 42 132 60Q134 76 122 84V142Q122 150 114 150H46Q38 150 38 142Z", t.base);
    a.path(
        "M46 80Q34 74 36 62Q40 52 54 52H106Q120 52 124 62Q126 74 114 80V136Q114 142 108 142H52Q46 142 46 136Z",
        Rgb(255, 244, 220).mix(t.base, 18),
    );
    a.dots(&[(62, 74), (84, 66), (100, 82), (66, 100), (90, 106), (74, 124), (104, 124), (56, 116)], 2, t.light);
    a.glint("M112 46H140", 5);
    a.tag(t);
}

fn sandwich(a: &mut Art, t: Tones) {
    let bread = Rgb(250, 232, 196);
    a.shadow(152, 68);
    a.path("M30 140L128 30L170 130Q172 142 160 142Z", t.light);
    a.path("M30 128L128 30L136 46L42 150Q28 144 30 128Z", WOOD);
    a.path("M42 150L136 46L144 60L62 150Z", bread);
    a.path("M62 150L144 60L148 70L76 150Z", Rgb(120, 180, 84));
    a.path("M76 150L148 70L155 86L100 150Z", t.base);
    a.path("M100 150L155 86L158 94L112 150Z", Rgb(232, 92, 74));
    a.path("M112 150L158 94L166 112L134 150Z", bread);
    a.path("M134 150L166 112L172 130Q176 150 158 150Z", WOOD);
    a.dots(&[(92, 144), (110, 126), (126, 108), (142, 92)], 3, t.pale);
    a.glint("M40 130L122 44", 4);
    a.tag(t);
}

fn tart(a: &mut Art, t: Tones) {
    let crust = Rgb(214, 152, 78);
    a.shadow(152, 60);
    a.path("M36 88H164L144 140Q140 150 128 150H72Q60 150 56 140Z", crust);
    a.line("M54 100L68 148M74 106L82 150M100 108V150M126 106L118 150M146 100L132 148", crust.mix(INK, 30), 3);
    a.oval(100, 86, 66, 28, crust.mix(CREAM, 25));
    a.oval(100, 84, 55, 21, t.base);
    a.oval(100, 82, 50, 17, t.light);
    a.path("M70 82Q82 70 98 78Q112 70 128 80Q118 90 104 86Q88 94 70 82Z", Rgb(150, 84, 36));
    a.dots(&[(116, 92), (80, 93), (134, 86)], 3, Rgb(150, 84, 36));
    a.glint("M60 78Q70 68 86 66", 4);
    a.tag(t);
}

fn onigiri(a: &mut Art, t: Tones) {
    let nori = Rgb(44, 60, 52);
    a.shadow(154, 58);
    a.path("M84 40Q100 20 116 40L164 122Q174 150 146 152H54Q26 150 36 122Z", Rgb(255, 253, 248));
    a.shade("M116 40L164 122Q174 150 146 152H116Q144 146 134 116L104 33Q110 33 116 40Z");
    a.path("M68 152V108Q68 102 74 102H126Q132 102 132 108V152Z", nori);
    a.glint("M76 110V144", 3);
    a.oval(100, 76, 17, 13, t.base);
    a.oval(97, 73, 9, 6, t.light);
    a.dots(&[(72, 90), (130, 92), (58, 120), (144, 122), (54, 138), (148, 140), (88, 54), (112, 56)], 2, t.pale);
    a.tag(t);
}

fn sausage(a: &mut Art, t: Tones) {
    a.shadow(160, 66);
    a.turn(-18);
    for (y, color) in [(54, t.dark), (100, t.base)] {
        a.path(&format!("M22 {}l16 14-16 14Zm156 0l-16 14 16 14Z", y + 6), Rgb(206, 62, 48));
        a.rect(32, y, 136, 40, 20, color);
        a.rect(36, y + 15, 5, 10, 2, SILVER);
        a.rect(159, y + 15, 5, 10, 2, SILVER);
    }
    a.glint("M54 62H140M54 108H84", 4);
    a.panel((54, 102), (92, 36), 6, CREAM);
    a.end();
}

// --- ice ---

fn popsicle(a: &mut Art, t: Tones) {
    a.shadow(182, 30);
    a.rect(90, 128, 20, 54, 9, Rgb(232, 200, 148));
    a.shade("M90 140H110V148H90Z");
    a.path("M60 62Q60 18 100 18T140 62V132Q140 142 130 142H70Q60 142 60 132Z", t.base);
    a.shade("M122 25Q140 36 140 62V132Q140 142 130 142H120Q128 138 128 130Z");
    a.path("M60 118Q72 130 82 120T104 124T124 118T140 122V132Q140 142 130 142H70Q60 142 60 132Z", t.dark);
    a.dots(&[(76, 42), (92, 34), (116, 44), (102, 52), (74, 112), (124, 110), (100, 116)], 3, t.dark);
    a.text((100, 84), (58, 52), t.base);
    a.glint("M70 100V62Q70 46 78 38", 6);
}

fn cone(a: &mut Art, t: Tones) {
    a.shadow(182, 26);
    a.path("M60 84H140L106 178Q100 186 94 178Z", WOOD);
    a.line("M70 88L112 158M96 88L121 134M84 124L126 88M92 150L136 96M78 106L100 88", WOOD.mix(INK, 28), 3);
    a.path("M52 84Q48 58 66 54Q66 28 96 26Q104 12 112 28Q138 34 136 56Q154 62 148 84Q144 96 130 88Q118 100 104 90Q92 102 80 90Q58 98 52 84Z", t.base);
    a.shade("M136 56Q154 62 148 84Q144 96 130 88Q118 100 104 90Q138 80 124 36Q136 42 136 56Z");
    a.dots(&[(80, 48), (98, 40), (114, 54), (90, 66), (70, 70), (128, 70)], 3, Rgb(230, 190, 120));
    a.glint("M62 74Q64 62 74 60", 5);
    a.panel((54, 104), (92, 34), 17, CREAM);
}

// --- household things ---

fn roll(a: &mut Art, t: Tones) {
    let paper = if t.base.luminance() > 0.2 { Rgb(255, 255, 255) } else { t.light };
    a.shadow(172, 60);
    a.path("M44 62V150Q60 172 100 172T156 150V62Z", paper);
    a.shade("M128 76L156 62V150Q148 162 128 168Z");
    a.path("M44 86Q60 108 100 108T156 86V138Q140 160 100 160T44 138Z", t.base);
    a.oval(100, 60, 56, 22, paper.mix(t.base, 18));
    a.oval(100, 60, 43, 16, paper);
    a.oval(100, 60, 30, 11, paper.mix(t.base, 22));
    a.oval(100, 60, 17, 7, t.deep);
    a.text((100, 134), (92, 38), t.base);
    a.shade("M132 103L156 86V138Q150 148 132 155Z");
    a.glint("M52 104V140", 5);
}

fn bulb(a: &mut Art, t: Tones) {
    a.shadow(182, 30);
    a.line("M28 72H18M42 30L34 22M100 14V6M158 30L166 22M172 72H182", t.base, 6);
    a.path("M100 22Q152 26 152 76Q150 100 132 116Q124 126 124 140H76Q76 126 68 116Q50 100 48 76Q48 26 100 22Z", t.light);
    a.path("M100 34Q138 38 138 76Q136 96 122 108Q114 120 114 140H86Q86 120 78 108Q64 96 62 76Q62 38 100 34Z", t.pale);
    a.text((100, 80), (70, 40), t.pale);
    a.rect(76, 138, 48, 12, 4, CREAM.mix(INK, 14));
    a.rect(80, 148, 40, 26, 6, SILVER.mix(INK, 20));
    a.line("M80 156H120M82 164H118", SILVER.mix(INK, 48), 3);
    a.rect(92, 172, 16, 8, 3, INK);
    a.glint("M60 82Q58 56 74 42", 6);
}

fn umbrella(a: &mut Art, t: Tones) {
    a.shadow(156, 50);
    a.line("M100 32V136Q100 152 86 152T72 138", WOOD.mix(INK, 35), 7);
    a.path("M22 104Q24 36 100 30Q176 36 178 104Q164 90 152 104Q138 88 126 104Q112 88 100 104Q88 88 74 104Q62 88 48 104Q36 90 22 104Z", t.base);
    a.path("M74 104Q72 54 100 30Q128 54 126 104Q112 88 100 104Q88 88 74 104Z", t.light);
    a.path("M126 104Q128 54 100 30Q176 36 178 104Q164 90 152 104Q138 88 126 104Z", t.dark);
    a.line("M100 30V20", t.deep, 6);
    a.glint("M36 84Q44 56 72 46", 5);
    a.tag(t);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns form, color, label and name of the products.
    fn goods() -> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static str)> {
        include_str!("../data/goods.csv").lines().skip(1).filter(|l| !l.is_empty()).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[4], cells[5], cells[6], cells[2])
        })
    }

    #[test]
    fn given_all_products_when_drawn_then_each_is_small_titled_and_in_its_own_form() {
        let fallback: usize = drawing("no such form") as usize;
        for (form, color, label, name) in goods() {
            let picture = svg(form, color, label, name);
            assert!(picture.len() <= 3_072, "{name} ({form}) has {} bytes", picture.len());
            assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"), "{name}");
            assert!(picture.contains(&format!("<title>{name}</title>")), "{name}");
            assert!(form == "box" || drawing(form) as usize != fallback, "{form} has no drawing");
            assert_eq!(picture, svg(form, color, label, name), "{name} is drawn the same twice");
        }
    }

    #[test]
    fn given_all_products_when_drawn_then_every_group_is_closed_and_the_label_is_shown() {
        for (form, color, label, name) in goods() {
            let picture = svg(form, color, label, name);
            assert_eq!(picture.matches("<g ").count(), picture.matches("</g>").count(), "{name}");
            assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count(), "{name}");
            let body = &picture[picture.find("</title>").unwrap()..];
            let shown: String = body.split('>').filter_map(|part| part.split_once("</text").map(|(text, _)| text)).collect();
            let bare = |text: &str| text.replace(' ', "");
            assert!(bare(&shown).contains(&bare(label)), "{name}: {label} is not in {shown}");
        }
    }

    #[test]
    fn given_marks_of_xml_in_the_texts_when_drawn_then_they_are_escaped() {
        let picture = svg("can", "#a8322b", "甲<&\"", "乙<&\"丙");
        assert!(picture.contains("<title>乙&lt;&amp;&quot;丙</title>"));
        assert!(!picture.contains("<&") && !picture.contains("&\"丙"));
    }

    #[test]
    fn given_an_unknown_form_or_colour_when_drawn_then_a_grey_box_stands_in() {
        assert_eq!(svg("spaceship", "#4b3a34", "夹心饼", "饼干"), svg("box", "#4b3a34", "夹心饼", "饼干"));
        assert_eq!(svg("box", "red", "夹心饼", "饼干"), svg("box", "#969ca4", "夹心饼", "饼干"));
        assert!(svg("box", "#4b3a34", "", "饼干").ends_with("</svg>"));
    }

    #[test]
    fn given_any_ground_when_text_is_set_then_its_ink_reads_well() {
        assert_eq!(Rgb(255, 252, 244).ink(), INK);
        assert_eq!(Rgb(58, 58, 64).ink(), CREAM);
        for (_, color, _, name) in goods() {
            let t = Tones::of(Rgb::parse(color).unwrap());
            assert!(t.sign.contrast(CREAM) >= 4.5, "{name}: {}", t.sign);
            for ground in [t.base, t.sign, t.pale] {
                assert!(ground.contrast(ground.ink()) >= 3.5, "{name}: {ground}");
            }
        }
    }

    #[test]
    fn given_a_narrow_space_when_a_long_label_is_fitted_then_it_breaks_into_two_equal_lines() {
        assert_eq!(fit("海苔肉松", 60.0, 50.0).0, ["海苔", "肉松"]);
        assert_eq!(fit("香蕉", 60.0, 50.0).0, ["香蕉"]);
        assert_eq!(fit("整箱 27 卷", 60.0, 60.0).0, ["整箱", "27 卷"]);
    }
}
