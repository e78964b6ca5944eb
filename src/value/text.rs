//! Folding of Chinese table text so that the same words compare equal; never changes what is kept or printed.

use std::borrow::Cow;

/// The half-width form of a full-width character, and one form for each kind of bracket, quote and colon.
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '“' | '”' | '„' | '‟' | '「' | '」' | '『' | '』' | '＂' | '‘' | '’' => '"',
        '〔' | '［' | '【' => '(',
        '〕' | '］' | '】' => ')',
        '︰' | '∶' => ':',
        '。' => '.',
        '﹣' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Characters that print nothing: zero-width marks and byte-order marks.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{202a}'..='\u{202e}' | '\u{ad}')
}

/// The text with a space for every character that commands a terminal or printer; lines and tabs stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    let commands = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.contains(commands) { Cow::Owned(text.replace(commands, " ")) } else { Cow::Borrowed(text) }
}

/// The comparable form: no white space, half-width, one kind of bracket and quote.
pub fn fold(text: &str) -> String {
    // Folding only shortens a text, so it is allocated once.
    let mut folded = String::with_capacity(text.len());
    folded.extend(text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(half_width));
    folded
}

/// Whether a text, folded, is this.
pub fn folds_to(text: &str, folded: &str) -> bool {
    text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(half_width).eq(folded.chars())
}

/// Folded, and without a leading ordinal (`一、`, `1.`, `（一）`) or `其中：`: what a row label says apart from its place.
pub fn fold_label(text: &str) -> String {
    let folded = fold(text);
    let mut rest = folded.as_str();
    loop {
        let shorter = strip_ordinal(rest.strip_prefix("其中:").unwrap_or(rest));
        if shorter.len() == rest.len() {
            return rest.to_owned();
        }
        rest = shorter;
    }
}

/// The folded text after a leading ordinal; the whole text when it has none or is nothing but one.
pub fn strip_ordinal(folded: &str) -> &str {
    let (opened, inner) = match folded.strip_prefix('(') {
        Some(inner) => (true, inner),
        None => (false, folded),
    };
    let digits = inner.find(|c| !is_ordinal_digit(c)).unwrap_or(inner.len());
    if digits == 0 {
        return folded;
    }
    let rest = &inner[digits..];
    let stripped = if opened { rest.strip_prefix(')') } else { rest.strip_prefix(['、', '.', ',']) };
    match stripped.map(|s| s.strip_prefix('、').unwrap_or(s)) {
        // A figure such as 1.27 is no ordinal.
        Some(after) if !after.is_empty() && !after.starts_with(|c: char| c.is_ascii_digit()) => after,
        _ => folded,
    }
}

/// A folded heading and the measure that it ends with in brackets: `预算数(元)`, `金额[单位:万元]`.
pub fn split_measure(folded: &str) -> (&str, Option<&str>) {
    let inner = folded.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '[']));
    match inner {
        Some((heading, inside)) if inside.ends_with('元') && inside.chars().count() <= 8 && !heading.is_empty() => {
            (heading, Some(inside.rsplit(':').next().unwrap_or(inside)))
        }
        _ => (folded, None),
    }
}

/// The text as written after a leading ordinal (`1、`, `（二）`), trimmed.
pub fn after_ordinal(written: &str) -> &str {
    let trimmed = written.trim();
    let folded = fold(trimmed);
    let left = strip_ordinal(&folded).chars().count();
    let mut kept = 0;
    for (at, c) in trimmed.char_indices().rev() {
        kept += usize::from(!c.is_whitespace() && !is_invisible(c));
        if kept == left {
            return &trimmed[at..];
        }
    }
    trimmed
}

/// A folded title without its year and its mark: `2025年`, `表一`, `公开01表`, `1.3`.
pub fn strip_title_marks(folded: &str) -> &str {
    let mut rest = folded;
    loop {
        let shorter =
            [strip_year(rest), strip_table_mark(rest), strip_ordinal(rest)].into_iter().min_by_key(|r| r.len()).unwrap_or(rest);
        if shorter.len() == rest.len() || shorter.is_empty() {
            return rest;
        }
        rest = shorter;
    }
}

fn strip_year(folded: &str) -> &str {
    let Some(rest) = folded.get(4..).filter(|_| title_year(folded.get(..7).unwrap_or_default()).is_some()) else { return folded };
    rest.strip_prefix("年度").or_else(|| rest.strip_prefix('年')).unwrap_or(folded)
}

/// The year that a folded title names: `2025年…`.
pub fn title_year(folded: &str) -> Option<i32> {
    let years = folded.match_indices('年').filter_map(|(at, _)| folded.get(at.checked_sub(4)?..at));
    let mut years = years.filter(|digits| digits.starts_with("20") && digits.bytes().all(|b| b.is_ascii_digit()));
    years.next()?.parse().ok()
}

fn strip_table_mark(folded: &str) -> &str {
    let opened = folded.strip_prefix("公开").or_else(|| folded.strip_prefix('附')).unwrap_or(folded);
    let (marked, inner) = match opened.strip_prefix('表') {
        Some(inner) => (true, inner),
        None => (false, opened),
    };
    // `附表2一般公共…`, `表一一般公共…`: digits of one kind, and never the first character of 一般.
    let is_arabic = inner.starts_with(|c: char| c.is_ascii_digit());
    let is_number = |c: char| is_ordinal_digit(c) && c.is_ascii_digit() == is_arabic || matches!(c, '.' | '-');
    let digits = inner.find(|c| !is_number(c)).unwrap_or(inner.len());
    let general = inner[..digits].strip_suffix('一').filter(|_| inner[digits..].starts_with('般'));
    let digits = general.map_or(digits, str::len);
    // `附表2 2025年…`: without the blank the year runs on from the number.
    let is_year = |at: usize| title_year(inner.get(at..digits + '年'.len_utf8()).unwrap_or_default()).is_some();
    let number = digits.checked_sub(4).filter(|at| is_year(*at)).unwrap_or(digits);
    if number == 0 {
        return folded;
    }
    let rest = &inner[number..];
    match (marked, rest.strip_prefix('表')) {
        (true, _) => rest.trim_start_matches([':', '.', '、']),
        (false, Some(rest)) if opened.len() < folded.len() => rest.trim_start_matches([':', '.', '、']),
        // `1.3部门收支总表`: only digits, never the 三 of 三公.
        (false, _) if inner[..number].bytes().all(|b| b.is_ascii_digit() || b == b'.') && inner[..number].contains('.') => rest,
        _ => folded,
    }
}

fn is_ordinal_digit(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十百".contains(c)
}

/// The Chinese numeral of a place in a list, 1 to 99: 一, 十, 十一, 二十.
pub fn chinese_numeral(place: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (place / 10 % 10, place % 10);
    match tens {
        0 => DIGITS[ones].to_owned(),
        1 => format!("十{}", DIGITS[ones]),
        _ => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_commands_no_terminal() {
        assert_eq!(printable("收\u{1b}[31m支\u{9b}x\n\t甲\u{7f}"), "收 [31m支 x\n\t甲 ");
        assert!(matches!(printable("收支\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn labels_compare_without_their_ordinals() {
        let cases = [
            ("十一、节能环保支出", "节能环保支出"),
            ("其中：教学科研人员因公出国（境） 费", "教学科研人员因公出国(境)费"),
            ("1. 一般公共预算资金", "一般公共预算资金"),
            ("（一）因公出国", "因公出国"),
            ("其他支出", "其他支出"),
            ("1.27万元", "1.27万元"),
            ("一般公共服务支出", "一般公共服务支出"),
        ];
        for (written, meant) in cases {
            assert_eq!(fold_label(written), meant, "{written}");
        }
    }

    #[test]
    fn titles_compare_without_year_and_mark() {
        let cases = [
            ("2025年部门收支总表", "部门收支总表"),
            ("表一收入总表", "收入总表"),
            ("公开03表:支出总表", "支出总表"),
            ("附表22025年支出总表", "支出总表"),
            ("附表2一般公共预算支出表", "一般公共预算支出表"),
            ("表一一般公共预算支出表", "一般公共预算支出表"),
            ("1.3部门财务收支总表", "部门财务收支总表"),
            ("一般公共预算支出表", "一般公共预算支出表"),
            ("财政拨款\"三公\"经费支出表", "财政拨款\"三公\"经费支出表"),
        ];
        for (written, meant) in cases {
            assert_eq!(strip_title_marks(written), meant, "{written}");
        }
        assert_eq!(after_ordinal("3、OA 电子公文"), "OA 电子公文");
        assert_eq!(after_ordinal("1、 电子 公文"), "电子 公文");
    }

    #[test]
    fn list_places_have_chinese_numerals() {
        let shown: Vec<_> = [1, 10, 11, 20, 31].into_iter().map(chinese_numeral).collect();
        assert_eq!(shown, ["一", "十", "十一", "二十", "三十一"]);
    }
}
