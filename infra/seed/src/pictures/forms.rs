//! The forms. Each draws inside 200 × 200, standing on y = 177.

use super::{CREAM, GREEN, Pen, WHITE};

/// Every form that a product may name.
#[cfg(test)]
pub(super) const FORMS: &[&str] = &[
    "apple", "banana", "bar", "berry", "bottle", "bowl", "box", "brick", "bulb", "bun", "can", "card", "carton", "citrus", "cone", "corn", "cup",
    "diaper", "eggs", "feeder", "glass", "grape", "hotcup", "jar", "jug", "leaf", "loaf", "melon", "milktin", "oil", "onigiri", "pastry", "pillow",
    "popsicle", "pouch", "pump", "roll", "root", "sack", "sandwich", "sausage", "steamer", "stick", "tart", "tea", "tin", "tissue", "tray", "tub",
    "tube", "umbrella", "yogurt",
];

/// Draws a form; a box for one that nobody knows, which the tests of the data refuse.
pub(super) fn draw(p: &mut Pen, form: &str) {
    let (base, dark, light) = (p.base.clone(), p.dark.clone(), p.light.clone());
    let c = Colours { base: &base, dark: &dark, light: &light };
    match form {
        "apple" | "banana" | "berry" | "citrus" | "grape" | "melon" | "leaf" | "root" | "corn" => {
            produce(p, form, &c);
            p.tag();
        }
        "bun" | "steamer" | "pastry" | "loaf" | "sandwich" | "onigiri" | "tart" | "cone" | "popsicle" | "sausage" => {
            ready_to_eat(p, form, &c);
            p.tag();
        }
        "tray" | "eggs" | "diaper" | "roll" | "tissue" | "card" | "bulb" | "umbrella" | "bar" | "stick" => other(p, form, &c),
        "tea" | "hotcup" | "cup" | "bowl" | "yogurt" | "tub" => cups(p, form, &c),
        "bottle" | "glass" | "oil" | "jug" | "pump" | "feeder" | "can" | "tin" | "milktin" | "jar" => vessels(p, form, &c),
        _ => packs(p, form, &c),
    }
}

struct Colours<'a> {
    base: &'a str,
    dark: &'a str,
    light: &'a str,
}

fn produce(p: &mut Pen, form: &str, c: &Colours<'_>) {
    match form {
        "apple" => {
            for (x, y, s) in [(68, 104, 36), (130, 100, 40)] {
                p.oval([x - s / 4, y, s * 4 / 5, s], 0, c.base);
                p.oval([x + s / 4, y, s * 4 / 5, s], 0, c.base);
                p.oval([x - s / 2, y - s / 3, s / 6, s / 3], 20, c.light);
                p.line(&format!("M{x} {} q2 -12 8 -18", y - s + 6), 5, "#7a5233");
                p.oval([x + 16, y - s - 6, 12, 6], -25, GREEN);
            }
        }
        "banana" => {
            p.path("M46 66c4 54 48 90 108 76-8-2-14-4-20-8C94 130 70 98 62 60z", c.dark);
            p.path("M62 56c2 52 44 84 104 66-6-4-12-6-18-8-38-6-60-32-70-64z", c.base);
            p.path("M60 60l2-22 14-2 4 16z", "#7a5a2a");
            p.line("M82 72c10 22 26 36 46 42", 5, c.light);
            p.circle(164, 122, 5, "#7a5a2a");
        }
        "citrus" => {
            p.circle(82, 90, 46, c.base);
            p.oval([60, 70, 8, 16], 30, c.light);
            p.line("M88 46q4-10 12-12", 5, "#7a5233");
            p.oval([112, 38, 15, 7], -15, GREEN);
            p.circle(132, 118, 38, c.dark);
            p.circle(132, 118, 34, CREAM);
            p.circle(132, 118, 30, c.base);
            p.line("M132 90v56M104 118h56M112 98l40 40M152 98l-40 40", 4, CREAM);
        }
        "grape" => {
            for (x, y) in [(58, 72), (86, 68), (114, 68), (142, 72), (72, 94), (100, 92), (128, 94), (86, 116), (114, 116), (100, 138)] {
                p.circle(x, y, 17, c.base);
                p.circle(x - 6, y - 6, 5, c.light);
            }
            p.line("M100 56v-22", 6, "#7a5233");
            p.path("M104 42c12-20 34-18 42-8-8 14-28 20-42 8z", GREEN);
        }
        "berry" => {
            for (x, y) in [(66, 82), (126, 78), (96, 122), (148, 124), (50, 130)] {
                p.circle(x, y, 25, c.base);
                p.oval([x - 9, y - 9, 5, 9], 35, c.light);
                p.line(&format!("M{} {}l10 4 10-4M{x} {}v-9", x - 10, y - 22, y - 18), 4, GREEN);
            }
        }
        "melon" => {
            p.path("M26 70h148a74 74 0 0 1-148 0z", c.base);
            p.path("M36 70h128a64 64 0 0 1-128 0z", "#e9f3d0");
            p.path("M42 70h116a58 58 0 0 1-116 0z", "#ec5a55");
            for (x, y) in [(70, 84), (100, 80), (130, 84), (84, 104), (116, 104)] {
                p.oval([x, y, 3, 6], 0, "#3a2226");
            }
            p.line("M58 84c4 14 10 22 18 28", 4, "#f58b85");
        }
        "leaf" => {
            for (x, turn) in [(66, -24), (134, 24), (100, 0)] {
                p.oval([x, 84, 27, 48], turn, if turn == 0 { c.base } else { c.dark });
                p.out.push_str(&format!(r#"<g transform="rotate({turn} {x} 84)">"#));
                p.line(&format!("M{x} 52v66M{x} 80l-13-14M{x} 80l13-14M{x} 100l-13-14M{x} 100l13-14"), 3, c.light);
                p.out.push_str("</g>");
            }
            p.path("M84 112h32l8 44H76z", "#f2f5df");
            p.rect([78, 128, 44, 9], 4, "#d9a441");
        }
        "root" => {
            for (x, y, turn) in [(70, 100, -32), (104, 92, -14), (138, 104, 10)] {
                p.oval([x, y, 20, 50], turn, if x == 104 { c.base } else { c.dark });
                p.oval([x - 6, y - 14, 4, 16], turn, c.light);
            }
            p.line("M40 62l-10-14M42 60l0-16M92 46l-8-14M94 44l6-16M146 56l-2-18M148 56l12-14", 5, GREEN);
        }
        _ => {
            // corn
            p.oval([100, 88, 32, 62], 0, c.base);
            for x in [80, 92, 104, 116] {
                p.line(&format!("M{x} 44v92"), 2, c.dark);
            }
            for y in [56, 70, 84, 98] {
                p.line(&format!("M74 {y}h52"), 2, c.dark);
            }
            p.path("M100 158C48 150 52 96 56 72c10 34 26 54 44 86z", GREEN);
            p.path("M100 158c52-8 48-62 44-86-10 34-26 54-44 86z", "#6fb356");
        }
    }
}

fn ready_to_eat(p: &mut Pen, form: &str, c: &Colours<'_>) {
    match form {
        "bun" => {
            p.path("M34 138c-6-56 34-90 66-90s72 34 66 90c-2 10-130 10-132 0z", "#fffaf0");
            p.path("M34 138c-2-14 0-26 4-36 20 26 104 26 124 0 4 10 6 22 4 36-2 10-130 10-132 0z", c.light);
            p.line("M100 54c-4 20-18 32-36 40M100 54c4 20 18 32 36 40M100 54c-1 18-6 34-12 44M100 54c1 18 6 34 12 44", 4, c.base);
            p.circle(100, 54, 7, c.base);
            p.line("M70 34q-6-8 0-14M100 30q-6-8 0-14M130 34q-6-8 0-14", 4, WHITE);
        }
        "steamer" => {
            for x in [66, 100, 134] {
                p.path(&format!("M{} 96c-4-30 12-44 20-44s24 14 20 44z", x - 20), "#fffaf0");
                p.line(&format!("M{x} 56l-8 18M{x} 56v18M{x} 56l8 18"), 3, c.base);
            }
            p.rect([30, 88, 140, 24], 8, c.base);
            p.rect([36, 110, 128, 38], 8, c.dark);
            p.line("M52 112v34M76 112v34M100 112v34M124 112v34M148 112v34", 3, c.base);
            p.line("M70 38q-6-8 0-16M100 34q-6-8 0-16M130 38q-6-8 0-16", 4, WHITE);
        }
        "pastry" => {
            p.path("M26 126C24 82 60 48 100 48s76 34 74 78c-2 14-22 14-26 2-12-24-84-24-96 0-4 12-24 12-26-2z", c.base);
            p.path("M52 128c2-20 14-60 30-78 12-3 24-3 36 0 16 18 28 58 30 78-12-24-84-24-96 0z", c.dark);
            p.path("M80 114c2-24 10-52 20-64 10 12 18 40 20 64-12-6-28-6-40 0z", c.base);
            p.line("M46 84q6-12 16-20M92 62q8-4 16 0M140 66q8 8 12 16", 5, c.light);
        }
        "loaf" => {
            p.path("M40 74c-16-34 30-40 60-40s76 6 60 40v72H40z", c.dark);
            p.path("M50 78c-14-28 24-34 50-34s64 6 50 34v62H50z", CREAM);
            p.path("M50 78c-14-28 24-34 50-34s64 6 50 34v8c-20 10-80 10-100 0z", c.light);
            p.circle(84, 106, 4, c.light);
            p.circle(116, 118, 5, c.light);
            p.circle(128, 98, 3, c.light);
        }
        "sandwich" => {
            p.path("M30 142L100 38l70 104z", CREAM);
            p.path("M46 142l54-80 54 80z", "#fffaf0");
            p.rect([30, 130, 140, 8], 4, c.base);
            p.rect([26, 138, 148, 8], 4, "#7fb94f");
            p.rect([30, 146, 140, 10], 5, "#e6bf85");
            p.line("M30 142L100 38l70 104", 6, "#d9a866");
        }
        "onigiri" => {
            p.path("M100 40c12 0 22 12 60 84 8 16-2 28-18 28H58c-16 0-26-12-18-28 38-72 48-84 60-84z", "#fffdf6");
            p.path("M76 102h48v50H76z", "#2f3a35");
            p.circle(100, 78, 12, c.base);
            p.circle(70, 118, 3, "#e9e2d0");
            p.circle(136, 116, 3, "#e9e2d0");
            p.circle(126, 92, 3, "#e9e2d0");
        }
        "tart" => {
            p.path("M34 92h132l-18 56H52z", c.dark);
            p.line("M60 98l6 46M82 98l3 46M118 98l-3 46M140 98l-6 46", 4, c.base);
            p.oval([100, 90, 68, 24], 0, "#e2ad63");
            p.oval([100, 88, 56, 18], 0, c.base);
            p.oval([84, 84, 12, 5], 0, "#8d5a24");
            p.oval([120, 92, 10, 4], 0, "#8d5a24");
        }
        "cone" => {
            p.path("M68 92h64l-32 70z", "#e0a95a");
            p.line("M78 96l36 40M96 96l26 26M122 96l-36 40M104 96l-26 26", 3, "#b97d34");
            p.circle(78, 78, 24, c.base);
            p.circle(122, 78, 24, c.base);
            p.circle(100, 54, 28, c.base);
            p.oval([90, 44, 8, 5], -20, c.light);
            p.rect([62, 88, 76, 12], 6, c.dark);
            p.line("M82 66l6 4M112 58l6-4M120 80l6 4M96 78l6-2", 4, "#f4d7a0");
        }
        "popsicle" => {
            p.rect([92, 128, 16, 40], 8, "#e0bd86");
            p.path("M64 72a36 36 0 0 1 72 0v58a8 8 0 0 1-8 8H72a8 8 0 0 1-8-8z", c.base);
            p.path("M64 72a36 36 0 0 1 72 0v20c-10 12-18-8-30 4s-26 10-42-6z", c.light);
            p.line("M84 100v22M100 100v22M116 100v22", 6, c.dark);
        }
        _ => {
            // sausage
            for (x, y) in [(100, 70), (100, 102), (100, 134)] {
                p.rect([x - 62, y - 13, 124, 26], 13, c.base);
                p.rect([x - 52, y - 8, 96, 5], 2, c.light);
                p.path(&format!("M{} {y}l-16-9v18zM{} {y}l16-9v18z", x - 60, x + 60), c.dark);
            }
        }
    }
}

fn cups(p: &mut Pen, form: &str, c: &Colours<'_>) {
    match form {
        "tea" => {
            p.line("M112 70l14-50", 8, c.dark);
            p.path("M56 62h88l-12 104a12 12 0 0 1-12 10H80a12 12 0 0 1-12-10z", "#fdfbf6");
            p.path("M59 84h82l-9 80a12 12 0 0 1-12 10H80a12 12 0 0 1-12-10z", c.base);
            p.path("M59 84h82l-2 20c-20 10-26-8-44 0-14 6-24 4-34-2z", c.light);
            p.path("M50 62a50 26 0 0 1 100 0z", WHITE);
            p.rect([48, 58, 104, 10], 5, c.dark);
            for (x, y) in [(82, 162), (100, 164), (118, 162), (91, 152), (110, 152)] {
                p.circle(x, y, 5, "#4a2f25");
            }
            p.plate(100, 122, 64);
        }
        "hotcup" => {
            p.line("M82 30q-8-8 0-18M104 30q-8-8 0-18M126 30q-8-8 0-18", 4, WHITE);
            p.path("M58 60h84l-10 108a9 9 0 0 1-9 8H77a9 9 0 0 1-9-8z", WHITE);
            p.path("M62 90h76l-5 56H67z", c.base);
            p.path("M60 42h80l4 14H56z", c.dark);
            p.rect([50, 54, 100, 11], 5, c.dark);
            p.plate(100, 118, 62);
        }
        "cup" => {
            p.path("M52 50h96l-12 118a9 9 0 0 1-9 8H73a9 9 0 0 1-9-8z", "#eaf6fd");
            for (x, y, turn) in [(76, 74, 12), (110, 70, -14), (92, 100, 30), (122, 104, 8), (84, 146, -10), (114, 148, 16)] {
                p.out.push_str(&format!(
                    r##"<rect x="{}" y="{}" width="28" height="28" rx="6" fill="{}" transform="rotate({turn} {x} {y})"/>"##,
                    x - 14,
                    y - 14,
                    c.base
                ));
                p.circle(x - 5, y - 5, 4, WHITE);
            }
            p.rect([46, 44, 108, 12], 6, c.dark);
            p.plate(100, 124, 66);
        }
        "bowl" => {
            p.path("M30 66h140l-22 98a14 14 0 0 1-14 12H66a14 14 0 0 1-14-12z", c.base);
            p.path("M36 92h128l-8 36H44z", c.dark);
            p.oval([100, 64, 72, 20], 0, c.dark);
            p.oval([100, 62, 66, 17], 0, CREAM);
            p.line("M58 62q14-12 28 0t28 0 28 0M70 70q10-8 20 0t20 0 20 0", 4, "#e9b94f");
            p.circle(122, 56, 7, "#7fb94f");
            p.circle(84, 56, 6, "#d9583a");
            p.plate(100, 118, 92);
        }
        "yogurt" => {
            p.path("M54 66h92l-12 102a9 9 0 0 1-9 8H75a9 9 0 0 1-9-8z", WHITE);
            p.path("M58 98h84l-8 62H66z", c.base);
            p.oval([100, 64, 52, 13], 0, c.dark);
            p.oval([100, 61, 48, 11], 0, c.light);
            p.path("M140 58l20-12-6 18z", c.light);
            p.plate(100, 128, 68);
        }
        _ => {
            // tub
            p.path("M36 78h128l-10 88a11 11 0 0 1-11 10H57a11 11 0 0 1-11-10z", c.base);
            p.rect([30, 58, 140, 26], 10, c.dark);
            p.rect([38, 63, 90, 6], 3, c.light);
            p.path("M40 112h120l-5 40H45z", c.light);
            p.plate(100, 130, 96);
        }
    }
}

fn vessels(p: &mut Pen, form: &str, c: &Colours<'_>) {
    match form {
        "bottle" => {
            p.rect([84, 20, 32, 20], 5, c.dark);
            p.rect([88, 38, 24, 12], 0, WHITE);
            p.path("M88 48h24c4 22 26 26 26 52v66a10 10 0 0 1-10 10H72a10 10 0 0 1-10-10v-66c0-26 22-30 26-52z", c.base);
            p.path("M62 104h76v44H62z", c.light);
            p.shine([70, 90, 7, 76]);
            p.plate(100, 126, 68);
        }
        "glass" => {
            p.rect([88, 16, 24, 18], 4, "#d7b36a");
            p.rect([90, 32, 20, 40], 3, c.dark);
            p.path("M90 66h20c2 18 26 20 26 44v56a10 10 0 0 1-10 10H74a10 10 0 0 1-10-10v-56c0-24 24-26 26-44z", c.base);
            p.shine([72, 104, 6, 60]);
            p.rect([64, 104, 72, 52], 0, CREAM);
            p.rect([64, 104, 72, 5], 0, "#d7b36a");
            p.rect([64, 151, 72, 5], 0, "#d7b36a");
            p.word(100, 130, super::font(&p.label, 62).min(24));
        }
        "oil" => {
            p.rect([84, 18, 32, 18], 5, "#c5443a");
            p.path("M86 36h28l8 18h18a12 12 0 0 1 12 12v98a12 12 0 0 1-12 12H60a12 12 0 0 1-12-12V74c0-12 30-14 38-38z", c.base);
            p.path("M126 68h12v34h-12a6 6 0 0 1-6-6V74a6 6 0 0 1 6-6z", c.dark);
            p.rect([48, 108, 104, 52], 0, CREAM);
            p.shine([56, 80, 7, 24]);
            p.word(100, 134, super::font(&p.label, 92).min(28));
        }
        "jug" => {
            p.rect([58, 22, 40, 24], 6, c.dark);
            p.path("M60 46h38c10 0 12 8 24 8h12a18 18 0 0 1 18 18v92a12 12 0 0 1-12 12H58a12 12 0 0 1-12-12V76c0-14 14-16 14-30z", c.base);
            p.rect([114, 70, 24, 34], 11, c.dark);
            p.shine([54, 78, 7, 84]);
            p.circle(92, 132, 34, c.light);
            p.plate(96, 132, 90);
        }
        "pump" => {
            p.path("M72 20h34a8 8 0 0 1 8 8v8H92v-4H72z", c.dark);
            p.rect([92, 34, 16, 20], 2, c.dark);
            p.rect([82, 50, 36, 14], 4, c.dark);
            p.rect([58, 62, 84, 114], 20, c.base);
            p.shine([66, 80, 7, 80]);
            p.path("M58 128c30-18 54 14 84-6v34a20 20 0 0 1-20 20H78a20 20 0 0 1-20-20z", c.light);
            p.plate(100, 116, 72);
        }
        "feeder" => {
            p.path("M88 44c0-14 4-24 12-24s12 10 12 24z", "#f3d3a8");
            p.rect([74, 42, 52, 20], 7, c.dark);
            p.rect([66, 60, 68, 116], 22, "#f4faff");
            p.path("M66 98h68v56a22 22 0 0 1-22 22H88a22 22 0 0 1-22-22z", c.light);
            p.line("M128 84h-12M128 100h-12M128 116h-12M128 150h-12", 4, c.base);
            p.plate(100, 134, 58);
        }
        "can" => {
            p.rect([62, 34, 76, 142], 14, c.base);
            p.path("M62 48a14 14 0 0 1 14-14h48a14 14 0 0 1 14 14v4H62z", "#d6dade");
            p.rect([68, 26, 64, 12], 6, "#eceff1");
            p.path("M62 162h76a14 14 0 0 1-14 14H76a14 14 0 0 1-14-14z", "#d6dade");
            p.path("M62 80c26 18 50-18 76 0v58c-26-18-50 18-76 0z", c.light);
            p.shine([70, 58, 7, 98]);
            p.plate(100, 110, 70);
        }
        "tin" => {
            p.rect([36, 70, 128, 106], 14, c.base);
            p.oval([100, 70, 64, 20], 0, "#cfd5d9");
            p.oval([100, 68, 54, 15], 0, "#eceff1");
            p.oval([100, 66, 12, 5], 0, "#b9c1c6");
            p.rect([36, 150, 128, 8], 0, c.dark);
            p.shine([44, 96, 8, 50]);
            p.plate(100, 122, 98);
        }
        "milktin" => {
            p.rect([46, 34, 108, 142], 12, c.base);
            p.rect([42, 26, 116, 22], 8, WHITE);
            p.rect([42, 42, 116, 6], 3, c.dark);
            p.circle(100, 92, 30, c.light);
            p.circle(100, 90, 15, CREAM);
            p.circle(95, 88, 2, "#4a3a33");
            p.circle(105, 88, 2, "#4a3a33");
            p.line("M95 95q5 5 10 0", 2, "#4a3a33");
            p.plate(100, 146, 98);
        }
        _ => {
            // jar
            p.rect([52, 36, 96, 26], 8, c.dark);
            p.rect([58, 42, 60, 6], 3, c.light);
            p.path("M58 62h84c4 10 14 12 14 26v74a14 14 0 0 1-14 14H58a14 14 0 0 1-14-14V88c0-14 10-16 14-26z", c.base);
            p.shine([54, 92, 8, 66]);
            p.rect([44, 98, 112, 50], 0, CREAM);
            p.word(100, 123, super::font(&p.label, 100).min(28));
        }
    }
}

fn packs(p: &mut Pen, form: &str, c: &Colours<'_>) {
    match form {
        "carton" => {
            p.path("M58 74l22-32h40l22 32z", c.light);
            p.path("M120 42l22 32h-22l-14-32z", c.dark);
            p.rect([78, 26, 44, 18], 3, c.dark);
            p.rect([58, 74, 84, 102], 4, WHITE);
            p.path("M58 112c28 16 56-14 84 0v60a4 4 0 0 1-4 4H62a4 4 0 0 1-4-4z", c.base);
            p.circle(112, 58, 8, WHITE);
            p.word(100, 96, super::font(&p.label, 76).min(24));
            p.oval([100, 146, 22, 14], 0, WHITE);
            p.path("M100 120c6 8 9 12 9 16a9 9 0 0 1-18 0c0-4 3-8 9-16z", WHITE);
        }
        "brick" => {
            p.line("M112 44l6-28h14", 6, WHITE);
            p.path("M56 48l10-12h78l-10 12z", c.light);
            p.path("M134 48l10-12v128l-10 12z", c.dark);
            p.rect([56, 48, 78, 128], 3, c.base);
            p.path("M56 120c26-14 52 12 78-4v57a3 3 0 0 1-3 3H59a3 3 0 0 1-3-3z", WHITE);
            p.circle(96, 148, 12, c.light);
            p.plate(95, 86, 68);
        }
        "pillow" => {
            p.path("M46 36l9 7 9-7 9 7 9-7 9 7 9-7 9 7 9-7 9 7 9-7 9 7 9-7v12c-8 40-8 76 0 116v12l-9-7-9 7-9-7-9 7-9-7-9 7-9-7-9 7-9-7-9 7-9-7-9 7v-12c8-40 8-76 0-116z", c.base);
            p.rect([46, 48, 108, 5], 0, c.dark);
            p.rect([46, 159, 108, 5], 0, c.dark);
            p.oval([100, 134, 26, 15], -12, "#f6d57a");
            p.oval([88, 128, 22, 13], 10, "#fbe4a0");
            p.shine([62, 62, 7, 84]);
            p.plate(100, 88, 80);
        }
        "pouch" => {
            p.path("M50 30h100l6 136a10 10 0 0 1-10 10H54a10 10 0 0 1-10-10z", c.base);
            p.rect([50, 30, 100, 14], 3, c.dark);
            p.line("M54 52h92", 2, c.light);
            p.path("M46 134c34-20 72 18 108-6l2 38a10 10 0 0 1-10 10H54a10 10 0 0 1-10-10z", c.light);
            p.shine([56, 62, 7, 64]);
            p.circle(136, 150, 9, WHITE);
            p.circle(120, 156, 6, c.base);
            p.plate(100, 98, 84);
        }
        "sack" => {
            p.path("M48 36c30 10 74 10 104 0l-6 18c14 40 18 74 10 114a10 10 0 0 1-10 8H54a10 10 0 0 1-10-8c-8-40-4-74 10-114z", c.base);
            p.line("M56 56h88", 4, c.dark);
            p.circle(100, 118, 40, CREAM);
            p.line("M100 158V96M100 108l-12-12M100 108l12-12M100 92l-8-10M100 92l8-10", 4, "#d9a441");
            p.plate(100, 132, 96);
        }
        "tube" => {
            p.rect([58, 24, 84, 12], 3, c.dark);
            p.path("M60 36h80l-16 112H76z", c.base);
            p.rect([78, 148, 44, 28], 6, c.dark);
            p.line("M88 152v20M100 152v20M112 152v20", 2, c.light);
            p.path("M64 62h72l-5 36H69z", c.light);
            p.plate(100, 80, 64);
            p.circle(100, 124, 9, WHITE);
        }
        _ => {
            // box
            p.path("M40 52l16-16h108l-16 16z", c.light);
            p.path("M148 52l16-16v122l-16 18z", c.dark);
            p.rect([40, 52, 108, 124], 3, c.base);
            p.path("M40 132c36-22 72 20 108-4v45a3 3 0 0 1-3 3H43a3 3 0 0 1-3-3z", c.light);
            p.circle(124, 154, 11, WHITE);
            p.plate(94, 92, 92);
        }
    }
}

fn other(p: &mut Pen, form: &str, c: &Colours<'_>) {
    match form {
        "tray" => {
            p.rect([24, 50, 152, 112], 18, WHITE);
            p.rect([34, 60, 132, 92], 12, "#eef1ee");
            for (x, y) in [(64, 84), (100, 80), (136, 84), (64, 128), (136, 128)] {
                p.oval([x, y, 24, 18], 12, c.base);
                p.oval([x - 6, y - 5, 9, 5], 12, c.light);
            }
            p.line("M40 142l24-24M150 72l10-10", 4, WHITE);
            p.plate(100, 112, 92);
        }
        "eggs" => {
            for x in [46, 82, 118, 154] {
                p.oval([x, 92, 19, 28], 0, c.base);
                p.oval([x - 6, 80, 4, 8], 15, c.light);
            }
            p.path("M22 100q12-10 24 0t36 0 36 0 36 0 24 0l-8 62a12 12 0 0 1-12 10H42a12 12 0 0 1-12-10z", c.dark);
            p.plate(100, 142, 100);
        }
        "diaper" => {
            p.rect([34, 48, 132, 128], 16, c.base);
            p.path("M70 50q30-36 60 0", "none");
            p.line("M74 48q26-28 52 0", 7, c.dark);
            p.path("M34 112c44-22 88 22 132-4v52a16 16 0 0 1-16 16H50a16 16 0 0 1-16-16z", WHITE);
            p.path("M66 124h68c-4 12-18 14-20 36H86c-2-22-16-24-20-36z", c.light);
            p.circle(100, 140, 6, c.base);
            p.plate(100, 84, 104);
        }
        "roll" => {
            for (x, y) in [(66, 62), (134, 62)] {
                p.rect([x - 30, y, 60, 46], 0, "#f3f4f2");
                p.oval([x, y + 46, 30, 10], 0, "#f3f4f2");
                p.oval([x, y, 30, 12], 0, WHITE);
                p.oval([x, y, 11, 4], 0, c.dark);
            }
            p.rect([34, 98, 132, 78], 14, c.base);
            p.shine([42, 108, 7, 56]);
            p.plate(100, 138, 100);
        }
        "tissue" => {
            p.path("M70 84c4-30 14-50 30-54 4 14 24 10 30 54z", WHITE);
            p.path("M100 30c-6 18-4 36 4 54h-34c4-30 14-50 30-54z", "#eef3f4");
            p.path("M30 94l14-20h112l14 20z", c.light);
            p.oval([100, 84, 36, 6], 0, c.dark);
            p.rect([30, 94, 140, 82], 8, c.base);
            p.path("M30 146c46-20 94 16 140-4v26a8 8 0 0 1-8 8H38a8 8 0 0 1-8-8z", c.light);
            p.plate(100, 126, 100);
        }
        "card" => {
            p.rect([48, 22, 104, 154], 10, c.base);
            p.rect([88, 30, 24, 9], 4, WHITE);
            p.rect([60, 50, 80, 70], 14, "#f5f9fb");
            p.rect([70, 60, 12, 50], 6, c.dark);
            p.rect([94, 60, 12, 50], 6, c.light);
            p.rect([118, 60, 12, 50], 6, c.dark);
            p.rect([70, 60, 12, 12], 4, "#d7b36a");
            p.rect([118, 60, 12, 12], 4, "#d7b36a");
            p.plate(100, 146, 92);
        }
        "bulb" => {
            p.line("M100 14v-6M44 36l-6-6M156 36l6-6M28 84h-10M172 84h10", 5, c.base);
            p.circle(100, 74, 50, c.base);
            p.path("M74 112h52l-6 20H80z", c.light);
            p.oval([82, 54, 10, 18], 30, WHITE);
            p.line("M88 112l-4-28 8 8 8-10 8 10 8-8-4 28", 4, c.dark);
            p.rect([80, 130, 40, 24], 6, "#b9c1c6");
            p.tag();
        }
        "umbrella" => {
            p.line("M100 34v104a12 12 0 0 1-24 0", 7, "#7a5a3a");
            p.path("M24 104a76 72 0 0 1 152 0q-19-16-38 0-19-16-38 0-19-16-38 0-19-16-38 0z", c.base);
            p.path("M62 104q10-52 38-72 28 20 38 72-19-16-38 0-19-16-38 0z", c.light);
            p.line("M100 32v-10", 6, c.dark);
            p.tag();
        }
        "bar" => {
            p.rect([62, 22, 76, 70], 4, "#5a3626");
            p.line("M100 24v66M64 46h72M64 70h72", 3, "#7a4e38");
            p.path("M56 82l8-8 9 8 9-8 9 8 9-8 9 8 9-8 9 8 9-8 8 8v86a8 8 0 0 1-8 8H64a8 8 0 0 1-8-8z", c.base);
            p.rect([56, 152, 88, 8], 0, "#d7b36a");
            p.plate(100, 122, 80);
        }
        _ => {
            // stick
            p.path("M80 66V46q20-28 40-4v24z", "#f6a5a0");
            p.rect([76, 60, 48, 30], 4, "#d7b36a");
            p.rect([68, 86, 64, 90], 10, c.base);
            p.shine([76, 96, 6, 70]);
            p.plate(100, 132, 60);
        }
    }
}
