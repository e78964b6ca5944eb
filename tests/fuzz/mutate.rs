//! Changes to bytes, records, XML and TOML, each small and such as leaves most of an input sound; never repeats itself for
//! another number.

/// Numbers that look random and are the same in every run.
pub struct Numbers(u64);

impl Numbers {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        let mut numbers = Self(seed | 1);
        for _ in 0..8 {
            numbers.next();
        }
        numbers
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below an end; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() >> 11) as usize % end }
    }

    /// One of some.
    pub fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const NUMBERS: [u32; 16] =
    [0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x10_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/// Changes bytes without knowing what they are.
pub fn bytes(data: &mut Vec<u8>, numbers: &mut Numbers) {
    if data.is_empty() {
        data.push(numbers.below(256) as u8);
        return;
    }
    let at = numbers.below(data.len());
    let end = (at + 1 + numbers.below(64)).min(data.len());
    match numbers.below(8) {
        0 => data[at] ^= 1 << numbers.below(8),
        1 => data[at] = numbers.below(256) as u8,
        2 => drop(data.drain(at..end)),
        3 => {
            let copy = data[at..end].to_vec();
            let to = numbers.below(data.len());
            data.splice(to..to, copy);
        }
        4 => data.truncate(at),
        5 => overwrite(data, at, &numbers.one(&NUMBERS).to_le_bytes()),
        6 => overwrite(data, at, &(*numbers.one(&NUMBERS) as u16).to_le_bytes()),
        _ => {
            let copy = data[at..end].to_vec();
            let to = numbers.below(data.len());
            overwrite(data, to, &copy);
        }
    }
}

fn overwrite(data: &mut [u8], at: usize, with: &[u8]) {
    for (byte, new) in data[at..].iter_mut().zip(with) {
        *byte = *new;
    }
}

/// Changes one record among those that a format is made of, given as kind and data.
pub fn records(records: &mut Vec<(u16, Vec<u8>)>, kinds: &[u16], numbers: &mut Numbers) {
    if records.is_empty() {
        return;
    }
    let at = numbers.below(records.len());
    match numbers.below(8) {
        0 => drop(records.remove(at)),
        1 => {
            let to = numbers.below(records.len());
            let copy = records[at].clone();
            records.insert(to, copy);
        }
        2 => {
            let to = numbers.below(records.len());
            records.swap(at, to);
        }
        3 => records[at].0 = *numbers.one(kinds),
        4 => {
            let length = numbers.below(records[at].1.len() + 1);
            records[at].1.truncate(length);
        }
        5 => {
            let more = numbers.below(40);
            records[at].1.extend((0..more).map(|_| numbers.below(256) as u8));
        }
        _ => bytes(&mut records[at].1, numbers),
    }
}

const SNIPPETS: [&str; 26] = [
    "<!-- x -->",
    "<?x y?>",
    "<![CDATA[7]]>",
    "<!DOCTYPE a [<!ENTITY b \"&b;&b;\">]>",
    "&b;",
    "&#50;",
    "&#x110000;",
    "<",
    ">",
    "\"",
    "</",
    "/>",
    "<v>",
    "</c>",
    "</sheetData>",
    "NaN",
    "inf",
    "1e308",
    "-0",
    "99999999999999999999",
    "4294967297",
    "A4294967297",
    "XFD1048576",
    "\u{0}",
    "<c r=\"ZZZZZZZ1\"><v>1</v></c>",
    "<x><x><x><x>",
];

/// Changes XML between its tags, in its attributes, or as bytes.
pub fn xml(data: &mut Vec<u8>, numbers: &mut Numbers) {
    let opens: Vec<usize> = (0..data.len()).filter(|at| data[*at] == b'<').collect();
    if opens.len() < 2 {
        return bytes(data, numbers);
    }
    let (first, second) = (*numbers.one(&opens), *numbers.one(&opens));
    let (from, to) = (first.min(second), first.max(second).min(first.min(second) + 400));
    match numbers.below(8) {
        0 => drop(data.drain(from..to)),
        1 => {
            let copy = data[from..to].to_vec();
            let times = 1 + numbers.below(3);
            (0..times).for_each(|_| drop(data.splice(second..second, copy.iter().copied())));
        }
        2 | 3 => {
            let quoted: Vec<usize> = (0..data.len()).filter(|at| data[*at] == b'"').collect();
            if quoted.is_empty() {
                return bytes(data, numbers);
            }
            let start = numbers.one(&quoted) + 1;
            let end = quoted.iter().copied().find(|at| *at >= start).unwrap_or(start);
            let new = match numbers.below(2) {
                0 => numbers.one(&NUMBERS).to_string(),
                _ => (*numbers.one(&SNIPPETS)).to_owned(),
            };
            data.splice(start..end, new.into_bytes());
        }
        4 | 5 => {
            let at = if numbers.below(2) == 0 { first } else { numbers.below(data.len()) };
            let snippet = numbers.one(&SNIPPETS);
            data.splice(at..at, snippet.bytes());
        }
        6 => {
            // The text of an element.
            let start = data[first..].iter().position(|b| *b == b'>').map_or(first, |i| first + i + 1);
            let end = data[start..].iter().position(|b| *b == b'<').map_or(start, |i| start + i);
            let snippet = numbers.one(&SNIPPETS);
            data.splice(start..end, snippet.bytes());
        }
        _ => bytes(data, numbers),
    }
}

const TOKENS: [&str; 24] = [
    "\"\"",
    "0",
    "-1",
    "9223372036854775807",
    "1e400",
    "true",
    "[]",
    "{}",
    "[[",
    "]]",
    "=",
    ":=",
    "<=",
    "\"\"\"",
    "sum(",
    ")",
    "*",
    "(?",
    "extends = \"hebei/unit-2023\"",
    "id = \"x\"",
    "[[tables]]",
    "[[rules]]",
    "\u{feff}",
    "２０２３",
];

/// Changes a text word by word or line by line.
pub fn words(text: &str, numbers: &mut Numbers) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return (*numbers.one(&TOKENS)).to_owned();
    }
    let (at, other) = (numbers.below(lines.len()), numbers.below(lines.len()));
    match numbers.below(6) {
        0 => drop(lines.remove(at)),
        1 => {
            let copy = lines[at].clone();
            lines.insert(other, copy);
        }
        2 => lines.swap(at, other),
        3 => {
            let chars: Vec<char> = lines[at].chars().collect();
            let place = numbers.below(chars.len() + 1);
            let (head, tail): (String, String) = (chars[..place].iter().collect(), chars[place..].iter().collect());
            lines[at] = format!("{head}{}{tail}", numbers.one(&TOKENS));
        }
        _ => {
            if lines[at].is_empty() {
                lines[at] = (*numbers.one(&TOKENS)).to_owned();
                return lines.join("\n");
            }
            let words: Vec<&str> = lines[at].split_inclusive([' ', '=', ',', '"', '[', ']', '+']).collect();
            let place = numbers.below(words.len());
            let donor = lines[other].split_inclusive([' ', '=', ',', '"', '[', ']', '+']).collect::<Vec<_>>();
            let new = match (numbers.below(3), donor.is_empty()) {
                (0, _) | (_, true) => *numbers.one(&TOKENS),
                (1, _) => "",
                _ => *numbers.one(&donor),
            };
            lines[at] = words.iter().enumerate().map(|(i, word)| if i == place { new } else { word }).collect();
        }
    }
    lines.join("\n")
}
