//! Words for what became of a narrative that was renewed from the tables or drafted; never decides anything.

use super::{Lang, Words};
use crate::finding::{Finding, Kept, Renewal};

impl Words<'_> {
    /// Why a figure was kept, or what was drafted, and what to do.
    pub(super) fn renewal(&self, finding: &Finding, renewal: &Renewal) -> (String, String) {
        let (lang, here) = (self.lang, self.paragraph(finding));
        match renewal {
            Renewal::Drafted { paragraphs, gaps } => (
                say!(
                    lang,
                    "没有报来情况说明，已按各表起草 {paragraphs} 段，待填 {gaps} 处",
                    "No narrative was filed; {paragraphs} paragraphs were drafted from the tables, with {gaps} gaps to fill in"
                ),
                say!(
                    lang,
                    "草稿中的金额取自各表；上年数、原因等以下划线标出，请单位填写并通读。",
                    "Its amounts are those of the tables; last year's amounts and reasons are left blank for the unit to fill in."
                ),
            ),
            Renewal::Kept { quote, why } => (
                {
                    let why = kept(why, lang);
                    say!(lang, "{here}“{quote}”没有更新：{why}", "{here} \"{quote}\" was kept: {why}")
                },
                match why {
                    Kept::NoBase => say!(
                        lang,
                        "本年数已按表更新，请按上年数核对这一增减。",
                        "This year's amount was renewed: check the change against last year's."
                    ),
                    Kept::Sentence => say!(lang, "请自行改写这一句。", "Rewrite this sentence by hand."),
                    _ => say!(lang, "先改正各表，再更新文字。", "Mend the tables first, then renew the text."),
                },
            ),
        }
    }
}

/// Why a figure was kept.
fn kept(why: &Kept, lang: Lang) -> String {
    match why {
        Kept::SeveralValues(values) => {
            let values = values.join(if lang == Lang::Zh { "、" } else { ", " });
            say!(lang, "各条规则要求的数不同（{values}）", "the rules ask for different amounts ({values})")
        }
        Kept::Broken(rule) => {
            say!(lang, "它所依据的表中各格本身不符（{rule}）", "the cells it rests on do not agree themselves ({rule})")
        }
        Kept::Incomplete => say!(lang, "它所依据的表有数字没有读取", "numbers of the table it rests on were not read"),
        Kept::NoBase => say!(lang, "文中没有写明上年数", "the text does not state what it is compared with"),
        Kept::Sentence => say!(lang, "改数之后这句话读不通", "the sentence would not read well with the new amount"),
    }
}
