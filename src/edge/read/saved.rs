//! When a workbook was last saved, as its own properties say; never asks the file system.

use memchr::memmem;

/// The time in a part of properties in XML, of the element that ends with `name`.
pub(super) fn in_xml(part: &[u8], name: &str) -> Option<String> {
    let place = memmem::find_iter(part, name.as_bytes()).find(|at| part.get(at.wrapping_sub(1)) == Some(&b':'))?;
    let rest = part.get(place..)?;
    let text = rest.get(memchr::memchr(b'>', rest)? + 1..)?;
    time(std::str::from_utf8(text.get(..memchr::memchr(b'<', text)?)?).ok()?.trim())
}

/// `2025-03-14T09:26:53`, from a text that begins so.
fn time(written: &str) -> Option<String> {
    let time = written.get(..19)?;
    let is_shape = time.bytes().zip(*b"dddd-dd-ddTdd:dd:dd").all(|(b, s)| if s == b'd' { b.is_ascii_digit() } else { b == s });
    is_shape.then(|| time.to_owned())
}

/// The time in the summary stream of a compound file: property 13, counted in tenths of microseconds since 1601.
pub(super) fn in_summary(stream: &[u8]) -> Option<String> {
    let at = |place: usize| stream.get(place..)?.first_chunk().map(|b| u32::from_le_bytes(*b));
    let section = usize::try_from(at(44)?).ok()?;
    let count = usize::try_from(at(section.checked_add(4)?)?).ok()?.min(100);
    let entry = |n: usize| section.checked_add(8)?.checked_add(8 * n);
    let offset = (0..count).filter_map(entry).find(|e| at(*e) == Some(13)).and_then(|e| at(e.checked_add(4)?))?;
    let value = section.checked_add(usize::try_from(offset).ok()?)?;
    // A value of the type of times.
    if at(value)? != 64 {
        return None;
    }
    let ticks = u64::from(at(value.checked_add(4)?)?) | u64::from(at(value.checked_add(8)?)?) << 32;
    Some(of_seconds(ticks / 10_000_000)).filter(|_| ticks > 0)
}

/// The time that so many seconds after the beginning of 1601 is.
fn of_seconds(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // 400 years have 146,097 days; the count begins with such a period.
    let mut year = 1601 + 400 * (days / 146_097);
    let mut day = days % 146_097;
    let is_leap = |y: u64| (y.is_multiple_of(4) && !y.is_multiple_of(100)) || y.is_multiple_of(400);
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    format!("{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}", month + 1, day + 1, rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_last_saving_is_read() {
        let core =
            b"<dcterms:created>2020-01-01T00:00:00Z</dcterms:created><dcterms:modified xsi:type=\"x\">2025-03-14T09:26:53Z<";
        assert_eq!(in_xml(core, "modified").as_deref(), Some("2025-03-14T09:26:53"));
        assert_eq!(in_xml(b"<dc:date>2024-02-29T23:59:59.12<", "date").as_deref(), Some("2024-02-29T23:59:59"));
        for none in ["<dc:date>gestern</dc:date>", "<dc:date>", "", "modified>2025-03-14T09:26:53<"] {
            assert_eq!(in_xml(none.as_bytes(), "date"), None, "{none}");
        }
        assert_eq!(of_seconds(0), "1601-01-01T00:00:00");
        assert_eq!(of_seconds(13_386_418_013), "2025-03-14T09:26:53");
        assert_eq!(of_seconds(13_353_724_799), "2024-02-29T23:59:59");
    }

    #[test]
    fn the_time_in_a_summary_is_read_and_nonsense_is_none() {
        let mut stream = vec![0; 48];
        stream[44] = 48;
        for word in [0u32, 1, 13, 16, 64] {
            stream.extend(word.to_le_bytes());
        }
        stream.extend((13_386_418_013u64 * 10_000_000).to_le_bytes());
        assert_eq!(in_summary(&stream).as_deref(), Some("2025-03-14T09:26:53"));
        for cut in 0..stream.len() {
            assert_eq!(in_summary(&stream[..cut]), None);
        }
        assert_eq!(in_summary(&[0xff; 200]), None);
    }
}
