//! The Windows versions that a rule is about, by their place in time.
//!
//! In: a cluster's version. Out: whether the rule applies, and in words to which versions it does. Must not know: findings.

use crate::profiles::{AZURE_LOCAL, PROFILES, WS2008R2};

/// A run of Windows versions, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    first: u8,
    last: u8,
    why: &'static str,
}

impl Versions {
    /// Every version.
    pub const ALL: Versions = Versions::between(WS2008R2, AZURE_LOCAL);

    /// This version and all later ones.
    pub const fn from(first: u8) -> Versions {
        Versions::between(first, AZURE_LOCAL)
    }

    /// This version and all earlier ones.
    pub const fn until(last: u8) -> Versions {
        Versions::between(WS2008R2, last)
    }

    /// This version alone.
    pub const fn only(version: u8) -> Versions {
        Versions::between(version, version)
    }

    /// From one version to another.
    pub const fn between(first: u8, last: u8) -> Versions {
        Versions { first, last, why: "" }
    }

    /// The same with the reason why it is not about the others, as the end of "does not apply: …".
    pub const fn because(self, why: &'static str) -> Versions {
        Versions { why, ..self }
    }

    /// Why it is not about another version.
    pub fn why_not(self) -> String {
        match self.why {
            "" => format!("it is about {}", self.text()),
            why => why.to_owned(),
        }
    }

    /// Whether a version, given by [`crate::profiles::Profile::generation`], is among them.
    pub fn hold(self, generation: u8) -> bool {
        (self.first..=self.last).contains(&generation)
    }

    /// `Windows Server 2012 to 2019`, `Azure Local`, `Windows Server 2016 and later`, `Windows Server 2012 R2 and earlier`.
    pub fn text(self) -> String {
        let title = |generation: u8| PROFILES.get(usize::from(generation)).map_or("", |p| p.title);
        let (first, last) = (title(self.first), title(self.last));
        match (self.first, self.last) {
            (WS2008R2, AZURE_LOCAL) => "every version".to_owned(),
            (one, other) if one == other => first.to_owned(),
            (_, AZURE_LOCAL) => format!("{first} and later"),
            (WS2008R2, _) => format!("{last} and earlier"),
            _ => format!("{first} to {}", last.trim_start_matches("Windows Server ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles::{WS2012, WS2016, WS2019};

    #[test]
    fn both_ends_are_included_and_nothing_beyond_them() {
        let versions = Versions::between(WS2012, WS2016);
        let held: Vec<u8> = (WS2008R2..=AZURE_LOCAL).filter(|v| versions.hold(*v)).collect();
        assert_eq!(held, [1, 2, 3]);
    }

    #[test]
    fn the_reason_is_the_given_one_or_the_versions_themselves() {
        let versions = Versions::from(WS2012);
        assert_eq!(versions.why_not(), "it is about Windows Server 2012 and later");
        assert_eq!(versions.because("no such setting").why_not(), "no such setting");
    }

    #[test]
    fn versions_are_told_in_the_shortest_words() {
        for (versions, text) in [
            (Versions::ALL, "every version"),
            (Versions::from(WS2016), "Windows Server 2016 and later"),
            (Versions::until(WS2019), "Windows Server 2019 and earlier"),
            (Versions::only(AZURE_LOCAL), "Azure Local"),
            (Versions::between(WS2012, WS2019), "Windows Server 2012 to 2019"),
        ] {
            assert_eq!(versions.text(), text);
        }
    }
}
