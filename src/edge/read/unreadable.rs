//! Why a file cannot be read, told to a clerk in Chinese and to a log in English; never decides anything.

use std::fmt;

/// Why a file cannot be read as a workbook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The small file a spreadsheet program leaves beside a workbook while it is open.
    #[error("a lock file beside a workbook that is open elsewhere")]
    LockFile,
    /// Protected by a password, and none was given.
    #[error("protected by a password (--password)")]
    Encrypted,
    /// Protected by a password that none of the given ones is.
    #[error("protected by another password than those given")]
    WrongPassword,
    /// Protected in a way that is not known.
    #[error("protected in an unknown way: {0}")]
    UnknownProtection(String),
    /// Something else under the name of a workbook.
    #[error("not a workbook: {found}")]
    NotAWorkbook {
        /// What it looks like.
        found: Found,
    },
    /// More than is ever read.
    #[error("too large: {what}")]
    TooLarge {
        /// What there is too much of.
        what: Limit,
    },
    /// A workbook that cannot be read to its end.
    #[error("damaged{}: {detail}", .sheet.as_ref().map(|s| format!(" in sheet {s}")).unwrap_or_default())]
    Damaged {
        /// The sheet in which reading ended, where it is known.
        sheet: Option<String>,
        /// What the reader stumbled over.
        detail: String,
    },
    /// A workbook without a worksheet.
    #[error("no worksheet in the workbook")]
    NoSheets,
}

/// What stands under the name of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A web page without a table, or one packed into a mail message.
    Html,
    /// A PDF document.
    Pdf,
    /// A text document of another form than that of Word since 2007.
    Word,
    /// A presentation.
    Slides,
    /// A picture.
    Picture,
    /// An archive.
    Archive,
    /// A workbook of Excel 4.0 or older.
    OldExcel,
    /// Nothing known.
    Other,
}

/// What a workbook can have too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes after unpacking.
    Bytes,
    /// Cells that hold something, or the space between them.
    Cells,
    /// Characters in all cells together.
    Text,
    /// Parts in the package.
    Parts,
    /// Bytes of the file itself.
    File,
    /// Rows of the tables of one budget.
    Rows,
    /// Sheets.
    Sheets,
    /// Elements within elements.
    Depth,
    /// Time that reading takes.
    Time,
}

impl Unreadable {
    /// Damage outside of any sheet.
    pub(super) fn damaged(detail: impl fmt::Display) -> Self {
        Self::Damaged { sheet: None, detail: detail.to_string() }
    }

    /// Damage within a sheet.
    pub(super) fn damaged_sheet(sheet: &str, detail: impl fmt::Display) -> Self {
        Self::Damaged { sheet: Some(sheet.to_owned()), detail: detail.to_string() }
    }

    /// The same damage, with the sheet it was found in.
    pub(super) fn in_sheet(self, name: &str) -> Self {
        match self {
            Self::Damaged { sheet: None, detail } => Self::damaged_sheet(name, detail),
            other => other,
        }
    }

    /// What is wrong, for the clerk who sent the file.
    pub fn message(&self) -> String {
        match self {
            Self::Empty => "文件是空的，一个字节也没有".to_owned(),
            Self::LockFile => "这是表格软件打开工作簿时留下的临时锁文件，不是工作簿本身".to_owned(),
            Self::Encrypted => "工作簿设有打开密码，无法读取".to_owned(),
            Self::WrongPassword => "工作簿设有打开密码，给出的密码都不对".to_owned(),
            Self::UnknownProtection(_) => "工作簿设有打开密码，其加密方式不能识别".to_owned(),
            Self::NotAWorkbook { found } => format!("文件不是工作簿，内容是{}", found.chinese()),
            Self::TooLarge { what } => format!("工作簿过大：{}", what.chinese()),
            Self::Damaged { sheet: Some(sheet), .. } => format!("文件已损坏，工作表“{sheet}”不能完整读出"),
            Self::Damaged { sheet: None, .. } => "文件已损坏，不能完整读出".to_owned(),
            Self::NoSheets => "工作簿中没有工作表".to_owned(),
        }
    }

    /// What the clerk can do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Empty => "请向报送单位重新索取文件",
            Self::LockFile => "请关闭正在编辑的工作簿，改用不带“~$”的同名文件",
            Self::Encrypted => "请用 --password 给出密码；或用 Excel、WPS 打开，取消密码后保存再试",
            Self::WrongPassword => "请核对密码（注意大小写），用 --password 给出，可以给出几个",
            Self::UnknownProtection(_) => "请用 Excel 或 WPS 打开，取消密码后保存再试",
            Self::NotAWorkbook { found } => match found {
                Found::Html | Found::OldExcel => "请用 Excel 或 WPS 打开后另存为 .xlsx 再试",
                Found::Word => "请用 Word 或 WPS 打开后另存为 .docx 再试，或索取原工作簿",
                Found::Pdf => "PDF 中的表格不能可靠读出，请向报送单位索取原工作簿（.xlsx）或 Word 文档（.docx）",
                Found::Archive => "请先解压，再选其中的工作簿",
                _ => "请改选工作簿（.xlsx、.xls、.ods、.xlsb）、文本、网页或 Word 文档（.docx）",
            },
            Self::TooLarge { what: Limit::Cells } => "请删除表格之外多余的行、列后保存再试；确需读取的，用 --max-cells 放宽",
            Self::TooLarge { what: Limit::Rows } => "请删除表中多余的行；几个单位的预算请分成几个工作簿再试",
            Self::TooLarge { what: Limit::Sheets } => "请分成几个工作簿再试；确需读取的，用 --max-sheets 放宽",
            Self::TooLarge { what: Limit::Time } => "请用 Excel 或 WPS 另存为 .xlsx 再试；确需读取的，用 --max-seconds 放宽",
            Self::TooLarge { what: Limit::File | Limit::Bytes } => {
                "请删除工作簿中无关的内容（如图片），另存为 .xlsx 再试；确需读取的，用 --max-size 放宽"
            }
            Self::TooLarge { .. } => "请删除工作簿中无关的内容，用 Excel 或 WPS 另存为 .xlsx 再试",
            Self::Damaged { .. } => "请用 Excel 或 WPS 打开并修复，另存为 .xlsx 再试；打不开时请重新下载或重新索取",
            Self::NoSheets => "请核对是否选错了文件",
        }
        .to_owned()
    }
}

impl Found {
    fn chinese(self) -> &'static str {
        match self {
            Self::Html => "没有表格的网页，或单个文件网页（MHTML）",
            Self::Pdf => "PDF 文档",
            Self::Word => "其他格式的文字文档（如旧版 Word 的 .doc）",
            Self::Slides => "演示文稿",
            Self::Picture => "图片",
            Self::Archive => "压缩包",
            Self::OldExcel => "Excel 4.0 或更早的工作表",
            Self::Other => "其他类型的数据",
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "a web page without a table, or packed as MHTML",
            Self::Pdf => "a PDF document",
            Self::Word => "a text document of another form than .docx",
            Self::Slides => "a presentation",
            Self::Picture => "a picture",
            Self::Archive => "an archive",
            Self::OldExcel => "a sheet of Excel 4.0 or older",
            Self::Other => "unknown data",
        })
    }
}

impl Limit {
    fn chinese(self) -> &'static str {
        match self {
            Self::Bytes => "解压后的内容过多",
            Self::Cells => "单元格过多，或有内容的单元格相距过远",
            Self::Text => "文字过多",
            Self::Parts => "内部部件过多",
            Self::File => "文件过大",
            Self::Rows => "各表的行数过多",
            Self::Sheets => "工作表过多",
            Self::Depth => "内容嵌套过深",
            Self::Time => "读取时间过长",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => "bytes after unpacking (--max-size)",
            Self::Cells => "cells (--max-cells)",
            Self::Text => "text",
            Self::Parts => "parts",
            Self::File => "bytes of the file (--max-size)",
            Self::Rows => "rows of the tables of one budget",
            Self::Sheets => "sheets (--max-sheets)",
            Self::Depth => "elements within elements",
            Self::Time => "time (--max-seconds)",
        })
    }
}
