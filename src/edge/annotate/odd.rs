//! Why a package cannot be changed safely; never a message for a clerk.

use crate::edge::read::Unreadable;

/// Something in a package that makes changing it unsafe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Odd(pub(super) String);

impl Odd {
    /// What is odd.
    pub(super) fn new(what: impl std::fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl From<Unreadable> for Odd {
    fn from(error: Unreadable) -> Self {
        Self::new(error)
    }
}

impl From<roxmltree::Error> for Odd {
    fn from(error: roxmltree::Error) -> Self {
        Self::new(error)
    }
}

impl From<quick_xml::Error> for Odd {
    fn from(error: quick_xml::Error) -> Self {
        Self::new(error)
    }
}

impl From<zip::result::ZipError> for Odd {
    fn from(error: zip::result::ZipError) -> Self {
        Self::new(error)
    }
}

impl From<std::io::Error> for Odd {
    fn from(error: std::io::Error) -> Self {
        Self::new(error)
    }
}
