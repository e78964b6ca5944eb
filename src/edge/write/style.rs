//! How each role of a cell looks on paper: font, alignment, frame and number format; never looks at a value.

use std::collections::HashMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use crate::grid::{Align, Look, Shown};

/// The text face of official tables.
const SONG: &str = "宋体";
/// The face of headings in official prose.
const HEI: &str = "黑体";
/// The character set of simplified Chinese, which tells a system without these faces what to put in their place.
const GB2312: u8 = 134;
/// The family of faces whose signs are all equally wide.
const EVEN_WIDTH: u8 = 3;
/// The light yellow of a cell to be filled in.
const OPEN: Color = Color::RGB(0xFF_FBE6);
/// Dark enough to print like black.
const LINK: Color = Color::RGB(0x1F_3864);

/// The formats of a workbook, each made once.
#[derive(Default)]
pub struct Styles(HashMap<Role, Format>);

/// What decides how a cell is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Role {
    /// Its look.
    pub look: Look,
    /// Whether it links elsewhere.
    pub linked: bool,
    /// Whether it is open on a protected sheet.
    pub open: bool,
}

impl Styles {
    /// The format of a role.
    pub fn of(&mut self, role: Role) -> &Format {
        self.0.entry(role).or_insert_with(|| {
            let format = format(role.look);
            let format = if role.linked { format.set_font_color(LINK) } else { format };
            if role.open { format.set_background_color(OPEN).set_unlocked() } else { format }
        })
    }
}

/// Makes 11-point 宋体 the measure of rows and columns, as in a workbook made by a Chinese spreadsheet program.
pub fn set_default(workbook: &mut Workbook) -> Result<(), XlsxError> {
    workbook.set_default_format(&plain(), 18, 72)?;
    Ok(())
}

fn plain() -> Format {
    face(SONG, 11)
}

fn face(name: &str, size: u8) -> Format {
    let format = Format::new().set_font_name(name).set_font_size(size).set_align(FormatAlign::VerticalCenter);
    format.set_font_charset(GB2312).set_font_family(EVEN_WIDTH)
}

fn format(look: Look) -> Format {
    match look {
        Look::Plain => plain(),
        Look::Cover => face(SONG, 26).set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        Look::CoverLine => face(SONG, 16).set_align(FormatAlign::Center),
        Look::Title => face(SONG, 16).set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        Look::Caption(align) => face(SONG, 10).set_align(horizontal(align)),
        Look::Heading => framed().set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        Look::Label(indent) => framed().set_align(FormatAlign::Left).set_indent(indent).set_text_wrap(),
        Look::Code => framed().set_align(FormatAlign::Left).set_num_format("@"),
        Look::Centered => framed().set_align(FormatAlign::Center),
        Look::Amount(decimals, grouped) => figure().set_num_format(amount_format(decimals, grouped)),
        Look::Quantity => figure(),
        Look::Figure(Shown::Fixed(decimals)) => plain().set_num_format(fixed(decimals)),
        Look::Figure(_) => plain(),
        Look::Note => face(SONG, 10).set_align(FormatAlign::Left).set_text_wrap(),
        Look::Section => face(HEI, 14).set_bold().set_align(FormatAlign::Left).set_text_wrap(),
        Look::Paragraph => face(SONG, 12).set_align(FormatAlign::Left).set_align(FormatAlign::Top).set_text_wrap(),
        Look::Entry => face(SONG, 12).set_align(FormatAlign::Left),
    }
}

/// A cell of a table.
fn framed() -> Format {
    face(SONG, 10).set_border(FormatBorder::Thin)
}

/// A number in a table; a long one is made smaller, because a spreadsheet prints ### for a number that does not fit.
fn figure() -> Format {
    framed().set_align(FormatAlign::Right).set_shrink()
}

/// Positive, negative, zero (nothing is shown), text.
fn amount_format(decimals: u8, grouped: bool) -> String {
    let digits = fixed(decimals);
    let digits = if grouped { format!("#,##{digits}") } else { digits };
    format!("{digits};-{digits};;@")
}

/// So many decimals.
fn fixed(decimals: u8) -> String {
    if decimals == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(usize::from(decimals))) }
}

fn horizontal(align: Align) -> FormatAlign {
    match align {
        Align::Left => FormatAlign::Left,
        Align::Center => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    }
}
