//! The colours of marked cells, each of which tells the fill that it covers; never looks at a cell.

use crate::template::Severity;

/// The lowest colours of the severities; each channel has room for three more bits.
const LOWEST: [(Severity, u32); 4] =
    [(Severity::Error, 0xf8_b0_b0), (Severity::Warning, 0xf8_d8_80), (Severity::Note, 0xc8_e0_f8), (Severity::Trial, 0xd8_d0_e8)];
/// What the bits of the first colour are changed by, so that nobody meets one of them by chance.
const SALT: u32 = 0b101_011_110;
/// The most fills that colours can tell apart, the one that stands for no fill among them.
pub(super) const FILLS: usize = 512;

/// The colour of a severity over the fill of a number; zero is no fill.
pub(super) fn colour(severity: Severity, fill: usize) -> u32 {
    let bits = fill as u32 ^ SALT;
    let spread = (bits >> 6 & 7) << 16 | (bits >> 3 & 7) << 8 | bits & 7;
    LOWEST.iter().find(|(own, _)| *own == severity).map_or(0, |(_, lowest)| lowest | spread)
}

/// The number of the fill below a colour, where it is one of ours and there are so many fills.
pub(super) fn covered(colour: u32, fills: usize) -> Option<usize> {
    let bits = (colour >> 16 & 7) << 6 | (colour >> 8 & 7) << 3 | colour & 7;
    let fill = (bits ^ SALT) as usize;
    let is_ours = LOWEST.iter().any(|(_, lowest)| *lowest == colour & 0xf8_f8_f8);
    (is_ours && fill < fills).then_some(fill)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_tells_its_fill_and_others_tell_none() {
        let mut seen = std::collections::HashSet::new();
        for (severity, _) in LOWEST {
            for fill in 0..FILLS {
                let colour = colour(severity, fill);
                assert!(seen.insert(colour));
                assert_eq!(covered(colour, FILLS), Some(fill));
                assert_eq!(covered(colour, fill), None);
            }
        }
        // Red as spreadsheets offer it for what is bad, their yellow, white, and black.
        for other in [0xff_c7_ce, 0xff_eb_9c, 0xff_ff_ff, 0, 0xff_ff_00, 0xf8_b0_b0] {
            assert_eq!(covered(other, 1), None, "{other:06x}");
        }
    }
}
