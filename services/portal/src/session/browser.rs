//! A browser in words, so that somebody knows their sessions from each other.

/// The longest text that is looked at.
const MOST: usize = 512;

/// What a `User-Agent` says, as far as anybody wants to know: "Firefox on Windows".
pub(crate) fn in_words(user_agent: &str) -> String {
    let text: String = user_agent.chars().take(MOST).collect();
    // Each of the later ones pretends to be the earlier ones too.
    let browsers = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Chrome without a window"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    let systems = [
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let first = |all: &[(&str, &'static str)]| {
        all.iter().find(|(sign, _)| text.contains(sign)).map(|(_, name)| *name)
    };
    match (first(&browsers), first(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "a browser that does not say which".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_browser_is_told_by_its_own_name_and_its_system() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/120.0 Safari/537.36 Edg/120.0";
        assert_eq!(in_words(edge), "Edge on Windows");
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604.1";
        assert_eq!(in_words(safari), "Safari on iPhone");
        assert_eq!(in_words("curl/8"), "curl");
        assert_eq!(in_words("<script>"), "a browser that does not say which");
    }
}
