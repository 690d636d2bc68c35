//! What a device calls itself, in words that its owner recognises.

/// The browser and the system of a `User-Agent` header. Nothing of the header itself is kept: it may say anything.
#[must_use]
pub fn named(user_agent: &str) -> String {
    let has = |words: &[&'static str]| words.iter().any(|w| user_agent.contains(w));
    // The order matters: most browsers claim to be others, too.
    let browsers: [(&[&str], &str); 8] = [
        (&["MicroMessenger"], "微信"),
        (&["HarmonyOS Browser", "HuaweiBrowser"], "华为浏览器"),
        (&["Edg/", "EdgA/", "EdgiOS/"], "Edge"),
        (&["QQBrowser"], "QQ 浏览器"),
        (&["Firefox/", "FxiOS/"], "Firefox"),
        (&["Chrome/", "CriOS/"], "Chrome"),
        (&["Safari/"], "Safari"),
        (&["curl/", "reqwest", "python", "okhttp", "Java/"], "程序"),
    ];
    let systems: [(&[&str], &str); 6] = [
        (&["HarmonyOS", "OpenHarmony"], "鸿蒙"),
        (&["iPad"], "iPad"),
        (&["iPhone"], "iPhone"),
        (&["Android"], "安卓"),
        (&["Windows"], "Windows"),
        (&["Mac OS", "Macintosh"], "Mac"),
    ];
    let of = |all: &[(&'static [&'static str], &'static str)]| all.iter().find(|(words, _)| has(words)).map(|(_, name)| *name);
    let parts: Vec<&str> = [of(&browsers), of(&systems).or(has(&["Linux"]).then_some("Linux"))].into_iter().flatten().collect();
    if parts.is_empty() { "未知设备".to_owned() } else { parts.join(" · ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_what_devices_say_when_named_then_people_recognise_them() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
        assert_eq!(named(chrome), "Chrome · Windows");
        assert_eq!(named(&format!("{chrome} Edg/126.0")), "Edge · Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/604.1";
        assert_eq!(named(phone), "Safari · iPhone");
        assert_eq!(named(&format!("{phone} MicroMessenger/8.0")), "微信 · iPhone");
        assert_eq!(named("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"), "Firefox · Linux");
        assert_eq!((named(""), named("<script>")), ("未知设备".to_owned(), "未知设备".to_owned()));
    }
}
