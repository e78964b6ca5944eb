//! From bytes to text: the encoding is told by mark, by validity or by declaration; never lets a wrong byte pass unmarked.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a file its nature shows.
const START: usize = 4096;

/// The text that bytes are in the encoding they show; `None` when they are no text.
pub(super) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = encoding(bytes).decode(bytes).0;
    // The mark that some old programs end a file with is no sign of other data.
    let rest = text.trim_end_matches(['\0', '\u{1a}']);
    let start = || rest.chars().take(START);
    let is_binary = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    let wrong = start().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    (!start().any(is_binary) && wrong * 10 <= start().count()).then_some(text)
}

fn encoding(bytes: &[u8]) -> &'static Encoding {
    if let Some((marked, _)) = Encoding::for_bom(bytes) {
        return marked;
    }
    if let Some(wide) = wide(bytes) {
        return wide;
    }
    // Chinese text in another encoding is never valid UTF-8 by chance.
    let (mut sound, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    if wrong == 0 || sound > wrong * 2 {
        return UTF_8;
    }
    match declared(bytes) {
        Some(declared) if declared != GBK && declared != UTF_8 => declared,
        // The national standard takes in the older encoding that is declared in its place.
        _ => GB18030,
    }
}

/// UTF-16 without a mark: the zero bytes of its digits, tabs and line ends stand all on one side.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(START)];
    let zeros = |side: usize| start.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    match (zeros(0), zeros(1)) {
        (0, 2..) => Some(UTF_16LE),
        (2.., 0) => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that a web page or an XML file names: `charset=gb2312`, `encoding="GBK"`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(START)]).to_ascii_lowercase();
    ["charset", "encoding"].into_iter().find_map(|word| {
        let rest = start.split_once(word)?.1.trim_start().strip_prefix('=')?;
        let label = rest.trim_start_matches([' ', '"', '\'']);
        let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(label.len());
        Encoding::for_label(label[..end].as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_the_same_in_every_encoding() {
        let words = "收支总表\t910.01\n合计\t4.00\n";
        let wide = |unit: fn(u16) -> [u8; 2]| words.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let cases = [
            words.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", words.as_bytes()].concat(),
            GB18030.encode(words).0.into_owned(),
            [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(),
            [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ];
        for bytes in cases {
            assert_eq!(text(&bytes).as_deref(), Some(words), "{bytes:?}");
        }
        assert_eq!(text("㐀，𠀀".as_bytes()).as_deref(), Some("㐀，𠀀"));
        assert_eq!(text(&GB18030.encode("㐀，𠀀").0).as_deref(), Some("㐀，𠀀"));
    }

    #[test]
    fn a_false_declaration_does_not_spoil_a_page() {
        let page = "<meta charset=\"gb2312\"><table>收支总表</table>";
        assert_eq!(text(page.as_bytes()).as_deref(), Some(page));
        assert_eq!(text(&GBK.encode(page).0).as_deref(), Some(page));
        let page = "<meta charset=big5><td>機關</td>";
        assert_eq!(text(&encoding_rs::BIG5.encode(page).0).as_deref(), Some(page));
    }

    #[test]
    fn one_broken_byte_costs_one_character() {
        let mut bytes = "一般公共预算财政拨款收入合计910.01，政府性基金预算财政拨款收入".as_bytes().to_vec();
        bytes[4] = 0xff;
        let text = text(&bytes).unwrap();
        assert!(text.contains("公共预算") && text.contains('\u{fffd}'), "{text}");
    }

    #[test]
    fn other_data_is_no_text() {
        for bytes in [&b"\x00\x01\x02"[..], b"a\x00b\x01c", b"\xff\xff\xff\xff"] {
            assert_eq!(text(bytes), None, "{bytes:?}");
        }
    }
}
