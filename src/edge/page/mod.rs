//! The frame of a page for people: complete in one file, without any address to load from; never knows what it shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::finding::Lang;

/// How all pages look.
const STYLE: &str = include_str!("page.css");
/// Filters what a page lists; without it everything is readable all the same.
const SCRIPT: &str = include_str!("page.js");

/// The beginning of a page, up to and with the opening of its body. A browser runs this script and applies this style alone, and
/// loads nothing: whatever came into the page with the data stays text.
pub(super) fn head(lang: &str, title: &str) -> String {
    let (style, script) = (plain(STYLE), plain(SCRIPT));
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        digest(&style),
        digest(&script)
    );
    let head = html! {
        meta charset="utf-8";
        meta http-equiv="Content-Security-Policy" content=(policy);
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="referrer" content="no-referrer";
        title { (title) }
        style { (PreEscaped(style)) }
        script { (PreEscaped(script)) }
    };
    let html = html! { (DOCTYPE) };
    format!("{}\n<html lang=\"{lang}\">\n<head>{}</head>\n<body>\n", html.into_string(), head.into_string())
}

/// The end of a page.
pub(super) const TAIL: &str = "</body>\n</html>\n";

/// The language of a page as browsers know it.
pub(super) fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}

/// A link to a part of the page for those who do not see it at a glance.
pub(super) fn skip(to: &str, words: &str) -> Markup {
    html! { a .skip href={ "#" (to) } { (words) } }
}

/// The text with the line ends that a browser counts, whatever they are in the sources.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
