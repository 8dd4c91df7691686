//! The catalogue: every table and column an inventory may have, once.
//!
//! Readers, writer, templates, JSON schema, guide and "did you mean" are all derived from it. To add a column that the planner
//! reads: one entry here, one line in `resolve/` that reads it, one line in `write.rs` that writes it. A column that only rules
//! read needs its entry in `review/` alone; it is kept in [`super::Facts`].
//! Must not know: files, importers, entities.

mod guests;
mod history;
mod machines;
mod review;
mod settings;

pub use super::cells::plain;
pub use history::HISTORY;
pub(crate) use review::CONCLUDED;
pub use settings::{SETTINGS, Setting};

/// What may stand in a cell; decides how it is shown in the guide and the JSON schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Free text, or a name.
    Text,
    /// Several names, separated by `;` or `|`.
    Names,
    /// A whole number.
    Whole,
    /// A number with or without decimals, not negative.
    Decimal,
    /// A rate in Mbit/s.
    Rate,
    /// Memory in MiB.
    Memory,
    /// A MAC address.
    Mac,
    /// One VLAN ID.
    Vlan,
    /// Several VLAN IDs and ranges.
    Vlans,
    /// yes or no.
    YesNo,
    /// One word of a list.
    Choice(&'static [&'static str]),
    /// Several words of a list.
    Choices(&'static [&'static str]),
    /// A day.
    Date,
    /// Traffic classes: names with priorities and shares.
    Classes,
    /// QoS policies: names with the priority that they give.
    Policies,
    /// An IP address or the name of a host.
    Host,
    /// IP addresses, with or without the length of their prefix.
    Addresses,
    /// One subnet; of both protocols if a network has two.
    Subnet,
    /// Several subnets.
    Subnets,
    /// First and last IPv4 address of a range.
    AddressRange,
}

impl Kind {
    /// How to write it, for the guide.
    pub fn hint(self) -> String {
        match self {
            Kind::Text => "text".to_owned(),
            Kind::Names => "names, separated by ;".to_owned(),
            Kind::Whole => "whole number".to_owned(),
            Kind::Decimal => "a number such as 12 or 12.5".to_owned(),
            Kind::Rate => "Mbit/s (10000), or with a unit (10 Gbps, 10G)".to_owned(),
            Kind::Memory => "MiB (262144), or with a unit (256 GB)".to_owned(),
            Kind::Mac => "MAC address in any Windows spelling".to_owned(),
            Kind::Vlan => "VLAN ID 1 to 4094; 0 or blank = untagged".to_owned(),
            Kind::Vlans => "VLAN IDs and ranges: 10;20;100-110".to_owned(),
            Kind::YesNo => "yes or no".to_owned(),
            Kind::Choice(words) => words.join(", "),
            Kind::Choices(words) => format!("{}; several separated by ;", words.join(", ")),
            Kind::Date => "a day such as 2026-11-22".to_owned(),
            Kind::Host => "an IP address (four numbers up to 255, or IPv6) or the name of a host".to_owned(),
            Kind::Addresses => "IP addresses with prefix length, separated by ;".to_owned(),
            Kind::Subnet => "a subnet with prefix length (0 to 32) or mask, or of IPv6".to_owned(),
            Kind::Subnets => "subnets with prefix length (0 to 32) or mask, separated by ;".to_owned(),
            Kind::AddressRange => "the first and the last IPv4 address with a hyphen between them".to_owned(),
            Kind::Policies => "NAME=PRIORITY, separated by ; (smbdirect=3;cluster=7); none".to_owned(),
            Kind::Classes => "NAME=PRIORITIES:PERCENT, separated by ; (SMB=3:50;Cluster=7:2); none".to_owned(),
        }
    }
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in our own files; carries the unit.
    pub name: &'static str,
    /// Other headers that are understood, as PowerShell and administrators write them.
    pub aliases: &'static [&'static str],
    /// What stands in it.
    pub kind: Kind,
    /// Whether every row needs it.
    pub required: bool,
    /// What a blank cell means.
    pub default: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// A value that is read without a problem.
    pub example: &'static str,
    /// Only rules of the review read it; it is kept in [`super::Facts`].
    pub review: bool,
}

impl Column {
    const fn new(name: &'static str, kind: Kind, about: &'static str, example: &'static str) -> Column {
        Column {
            name,
            aliases: &[],
            kind,
            required: false,
            default: "unknown",
            about,
            example,
            review: false,
        }
    }

    /// A column that only rules read. Blank means unknown: then the rules that need it are silent and counted as not checked.
    const fn fact(name: &'static str, kind: Kind, about: &'static str, example: &'static str) -> Column {
        let mut column = Column::new(name, kind, about, example);
        column.review = true;
        column
    }

    const fn required(mut self) -> Column {
        self.required = true;
        self.default = "";
        self
    }

    const fn or(mut self, default: &'static str) -> Column {
        self.default = default;
        self
    }

    const fn also(mut self, aliases: &'static [&'static str]) -> Column {
        self.aliases = aliases;
        self
    }
}

/// One table: a `.csv` file of the folder, an array of the JSON file.
#[derive(Debug)]
pub struct Table {
    /// Name: `nics` is read from `nics.csv`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Whether an inventory needs it.
    pub required: bool,
    /// Columns in file order, those for the review last; new ones only at the end of either part.
    pub columns: &'static [Column],
}

impl Table {
    /// Columns that the planner reads: what a blank template holds.
    pub fn planning(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|c| !c.review)
    }

    /// Columns that only rules of the review read.
    pub fn review(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|c| c.review)
    }

    /// Position of a column by its own name.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// Position of the column that a header means: upper and lower case, blanks, `_` and `-` do not matter.
    pub fn find(&self, header: &str) -> Option<usize> {
        let wanted = plain(header);
        self.columns
            .iter()
            .position(|c| plain(c.name) == wanted || c.aliases.iter().any(|a| plain(a) == wanted))
    }

    /// File name in the folder.
    pub fn file(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// All tables, in the order in which a person fills them.
pub static TABLES: [&Table; 12] = [
    &machines::CLUSTERS,
    &machines::NODES,
    &machines::NICS,
    &machines::TORS,
    &machines::INTER_SWITCH_LINKS,
    &machines::CLUSTER_NETWORKS,
    &machines::DEMANDS,
    &guests::SWITCHES,
    &guests::HOST_VNICS,
    &guests::VMS,
    &guests::VNICS,
    &settings::POLICY,
];

/// The table that a file stem or JSON key means.
pub fn table(name: &str) -> Option<&'static Table> {
    let wanted = plain(name);
    TABLES.into_iter().find(|t| plain(t.name) == wanted)
}

/// Whether `table.column` is a column that only rules of the review read.
pub fn is_review(column: &str) -> bool {
    let found = column.split_once('.').and_then(|(name, column)| {
        let table = table(name)?;
        table.columns.get(table.position(column)?)
    });
    found.is_some_and(|column| column.review)
}

/// What [`CONCLUDED`] of a row holds: the columns that are concluded.
pub(crate) fn marked(columns: &[(&'static str, bool)]) -> String {
    let names: Vec<&str> = columns.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    names.join(";")
}

/// Headers of the user's own remarks, which are passed over.
pub fn is_remark(header: &str) -> bool {
    header.starts_with('#')
        || matches!(
            plain(header).as_str(),
            "comment" | "comments" | "note" | "notes" | "remark" | "remarks" | "description"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_header_and_alias_means_one_column_of_its_table() {
        for table in TABLES.into_iter().chain([&HISTORY]) {
            let mut seen = BTreeSet::new();
            for column in table.columns {
                for header in column.aliases.iter().chain([&column.name]) {
                    assert!(seen.insert(plain(header)), "{}: {header} twice", table.name);
                    assert!(!is_remark(header), "{header}");
                }
                assert!(
                    !column.about.is_empty() && !column.example.is_empty(),
                    "{}.{}",
                    table.name,
                    column.name
                );
            }
        }
    }

    #[test]
    fn columns_of_the_review_stand_behind_the_others_and_are_never_required() {
        for table in TABLES {
            assert!(
                table.columns.windows(2).all(|pair| pair[0].review <= pair[1].review),
                "{}",
                table.name
            );
            assert!(
                table.review().all(|c| !c.required && c.kind != Kind::Decimal),
                "{}",
                table.name
            );
        }
        assert!(table("nics").is_some_and(|t| t.review().count() > 0));
    }

    #[test]
    fn headers_are_found_in_the_spellings_people_use() {
        let nics = table("NICs").expect("the table exists");
        for header in ["speed_mbps", "Speed Mbps", "SPEED-MBPS", "LinkSpeed", "Speed (Mbps)"] {
            assert_eq!(nics.find(header), nics.position("speed_mbps"), "{header}");
        }
        assert_eq!(nics.find("Spead"), None);
        assert!(table("inter-switch-links").is_some());
    }
}
