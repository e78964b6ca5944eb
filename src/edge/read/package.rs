//! The zip container of a workbook, unpacked part by part within limits; never knows what the parts mean.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read, Seek, Write};

use libdeflater::{Crc, Decompressor};
use memchr::memmem;
use zip::read::ZipFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::limits::Budget;
use super::unreadable::{Limit, Unreadable};

/// The most entries in one package or bundle.
pub(in crate::edge) const PARTS: usize = 20_000;

/// A zip archive and the budget that its parts are unpacked from.
pub(in crate::edge) struct Package<'a> {
    bytes: &'a [u8],
    archive: ZipArchive<Cursor<&'a [u8]>>,
    // By the name in lower case and with `/`: writers differ in both.
    index: HashMap<String, usize>,
    budget: &'a Budget,
}

impl<'a> Package<'a> {
    /// Reads the directory of the archive.
    pub(in crate::edge) fn open(bytes: &'a [u8], budget: &'a Budget) -> Result<Self, Unreadable> {
        // The directory takes ten times its size in memory, so its entries are counted before it is read.
        if memmem::find_iter(bytes, b"PK\x01\x02").nth(PARTS).is_some() {
            return Err(Unreadable::TooLarge { what: Limit::Parts });
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
        let mut index = HashMap::with_capacity(archive.len());
        for (place, raw) in archive.file_names_raw().enumerate() {
            if index.insert(part_name(&entry_name(raw)), place).is_some() {
                return Err(Unreadable::damaged("two parts of one name"));
            }
        }
        if archive.has_duplicate_names() {
            return Err(Unreadable::damaged("two parts of one name"));
        }
        if overlap(&mut archive)? {
            return Err(Unreadable::damaged("parts that lie over each other"));
        }
        Ok(Self { bytes, archive, index, budget })
    }

    /// The names of the parts as [`Package::part`] takes them, in no order.
    pub(in crate::edge) fn names(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    /// Whether the archive has a part.
    pub(in crate::edge) fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// The unpacked part, if there is one of that name.
    pub(in crate::edge) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        self.index.get(name).copied().map(|place| self.entry(place)).transpose()
    }

    /// The unpacked entry at a place in the archive.
    fn entry(&mut self, place: usize) -> Result<Vec<u8>, Unreadable> {
        let entry = Entry::of(&self.archive.by_index_raw(place).map_err(Unreadable::damaged)?)?;
        self.budget.take_unpacked(entry.size)?;
        let (start, packed) = (usize::try_from(entry.start).ok(), usize::try_from(entry.packed).ok());
        let packed = start.zip(packed).and_then(|(start, length)| self.bytes.get(start..start.checked_add(length)?));
        entry.unpack(packed.unwrap_or_default())
    }
}

/// Where an entry lies in its archive and what it must unpack to.
#[derive(Debug, Clone)]
pub(in crate::edge) struct Entry {
    /// Where its packed bytes begin.
    pub(in crate::edge) start: u64,
    /// How many packed bytes there are.
    pub(in crate::edge) packed: u64,
    /// How many bytes it must unpack to.
    pub(in crate::edge) size: u64,
    sum: u32,
    method: CompressionMethod,
}

impl Entry {
    /// What the directory of the archive tells about an entry.
    pub(in crate::edge) fn of<R: Read>(entry: &ZipFile<'_, R>) -> Result<Self, Unreadable> {
        if entry.encrypted() {
            return Err(Unreadable::Encrypted);
        }
        let start = entry.data_start().ok_or_else(|| Unreadable::damaged("an entry without a place"))?;
        let (packed, size, sum, method) = (entry.compressed_size(), entry.size(), entry.crc32(), entry.compression());
        Ok(Self { start, packed, size, sum, method })
    }

    /// The entry from its packed bytes.
    pub(in crate::edge) fn unpack(&self, packed: &[u8]) -> Result<Vec<u8>, Unreadable> {
        if packed.len() as u64 != self.packed {
            return Err(Unreadable::damaged("an entry reaches beyond the end of the file"));
        }
        let plain = match self.method {
            CompressionMethod::Stored => packed.to_vec(),
            CompressionMethod::Deflated => inflated(packed, self.size as usize)?,
            other => return Err(Unreadable::damaged(format!("unknown compression {other}"))),
        };
        let mut sum = Crc::new();
        sum.update(&plain);
        if sum.sum() != self.sum || plain.len() as u64 != self.size {
            return Err(Unreadable::damaged("an entry does not match its checksum"));
        }
        Ok(plain)
    }
}

/// Whether two entries of an archive share bytes: a small archive could then unpack to any size.
pub(in crate::edge) fn overlap<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<bool, Unreadable> {
    let mut ranges = Vec::with_capacity(archive.len());
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(Unreadable::damaged)?;
        let start = entry.data_start().unwrap_or_else(|| entry.header_start());
        ranges.push((entry.header_start(), start.saturating_add(entry.compressed_size())));
    }
    ranges.sort_unstable();
    Ok(ranges.windows(2).any(|pair| pair[0].1 > pair[1].0))
}

/// Unpacks to exactly the declared size; a stream that holds more is refused before it is unpacked.
fn inflated(packed: &[u8], size: usize) -> Result<Vec<u8>, Unreadable> {
    // Deflate never packs tighter than about 1032 to 1, so a larger claim is false and not worth the memory.
    if size / 1100 > packed.len() {
        return Err(Unreadable::damaged("a part declares a false size"));
    }
    let mut plain = vec![0; size];
    let length = Decompressor::new().deflate_decompress(packed, &mut plain).map_err(Unreadable::damaged)?;
    plain.truncate(length);
    Ok(plain)
}

/// An entry name in UTF-8, or else in the Chinese encoding that Windows packs with.
pub(in crate::edge) fn entry_name(raw: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(raw).map_or_else(|_| encoding_rs::GBK.decode_without_bom_handling(raw).0, Cow::Borrowed)
}

/// The name under which a part is looked up.
pub(in crate::edge) fn part_name(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// Whether an archive with these names is a bundle of files rather than one document.
pub(in crate::edge) fn is_bundle<'n>(names: impl IntoIterator<Item = &'n [u8]>) -> bool {
    const OF_DOCUMENTS: [&str; 4] = ["[content_types].xml", "_rels/.rels", "mimetype", "content.xml"];
    names.into_iter().all(|name| !OF_DOCUMENTS.contains(&part_name(&entry_name(name)).as_str()))
}

/// An archive in memory that holds the parts unpacked, for a library that wants to open an archive.
pub(super) fn stored(parts: &[(String, Cow<'_, [u8]>)]) -> Result<Vec<u8>, Unreadable> {
    let size = parts.iter().map(|(name, plain)| plain.len() + 2 * name.len() + 128).sum();
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(size)));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, plain) in parts {
        writer.start_file(name.as_str(), options).map_err(Unreadable::damaged)?;
        writer.write_all(plain).map_err(Unreadable::damaged)?;
    }
    Ok(writer.finish().map_err(Unreadable::damaged)?.into_inner())
}
