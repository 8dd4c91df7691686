//! Facts that only rules read: values of the catalogue's review columns, kept by column name.
//!
//! In: cells (through `resolve`). Out: typed values. A column that was blank is not there. Must not know: rules.

use super::catalogue::{CONCLUDED, Column, Kind};
use super::cells;
use super::traffic_class::{self, TrafficClass};
use crate::units::Mac;
use std::collections::{BTreeMap, BTreeSet};

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Text, a word of a list as the catalogue spells it, or a day as `2026-11-22`.
    Text(String),
    /// Several of them.
    List(Vec<String>),
    /// A whole number; rates in Mbit/s, memory in MiB, a VLAN ID (0 = untagged).
    Number(u64),
    /// yes or no.
    Yes(bool),
    /// A MAC address.
    Mac(Mac),
    /// VLAN IDs.
    Vlans(BTreeSet<u16>),
    /// Traffic classes or QoS policies.
    Classes(Vec<TrafficClass>),
}

/// What the inventory says about one thing beyond what the planner reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<&'static str, Fact>);

impl Facts {
    /// Adds a value.
    pub fn insert(&mut self, column: &'static str, fact: Fact) {
        self.0.insert(column, fact);
    }

    /// Shows every value with its column, to be changed.
    pub fn each_mut(&mut self, see: &mut dyn FnMut(&'static str, &mut Fact)) {
        for (column, fact) in &mut self.0 {
            see(column, fact);
        }
    }

    /// Takes a value away.
    pub fn remove(&mut self, column: &str) {
        self.0.remove(column);
    }

    /// The value of a column.
    pub fn get(&self, column: &str) -> Option<&Fact> {
        self.0.get(column)
    }

    /// yes or no.
    pub fn yes(&self, column: &str) -> Option<bool> {
        match self.get(column)? {
            Fact::Yes(value) => Some(*value),
            _ => None,
        }
    }

    /// A number; rates in Mbit/s, memory in MiB, a VLAN ID (0 = untagged).
    pub fn number(&self, column: &str) -> Option<u64> {
        match self.get(column)? {
            Fact::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// Text, a word of a list, or a day as `2026-11-22` (days compare as text).
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.get(column)? {
            Fact::Text(value) => Some(value),
            _ => None,
        }
    }

    /// Names or words; an empty list is one that was written as `none`.
    pub fn list(&self, column: &str) -> Option<&[String]> {
        match self.get(column)? {
            Fact::List(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the value of a column was concluded, and nobody has confirmed it.
    pub fn concludes(&self, column: &str) -> bool {
        let marked = self.list(CONCLUDED);
        marked.is_some_and(|columns| columns.iter().any(|name| name == column))
    }

    /// VLAN IDs.
    pub fn vlans(&self, column: &str) -> Option<&BTreeSet<u16>> {
        match self.get(column)? {
            Fact::Vlans(value) => Some(value),
            _ => None,
        }
    }

    /// Traffic classes or QoS policies; an empty list is one that was written as `none`.
    pub fn classes(&self, column: &str) -> Option<&[TrafficClass]> {
        match self.get(column)? {
            Fact::Classes(value) => Some(value),
            _ => None,
        }
    }

    /// A MAC address.
    pub fn mac(&self, column: &str) -> Option<Mac> {
        match self.get(column)? {
            Fact::Mac(value) => Some(*value),
            _ => None,
        }
    }
}

impl Fact {
    /// Reads a cell of a column; the error names the text.
    pub fn parse(column: &Column, text: &str) -> Result<Fact, String> {
        Ok(match column.kind {
            Kind::Text => Fact::Text(text.to_owned()),
            Kind::Names => Fact::List(cells::names(text)),
            Kind::Whole | Kind::Decimal => Fact::Number(cells::whole(text, u64::from(u32::MAX))?),
            Kind::Rate => Fact::Number(cells::rate(text)?),
            Kind::Memory => Fact::Number(cells::memory(text)?),
            Kind::Mac => Fact::Mac(Mac::parse(text)?),
            Kind::Vlan => Fact::Number(cells::vlan(text)?.map_or(0, u64::from)),
            Kind::Vlans => {
                let all = || (1..=cells::MAX_VLAN).collect();
                Fact::Vlans(cells::vlans(text)?.unwrap_or_else(all))
            }
            Kind::YesNo => Fact::Yes(cells::yes_no(text)?),
            Kind::Choice(words) => Fact::Text(cells::word(text, words)?),
            Kind::Choices(words) => {
                let parts = cells::names(text).into_iter();
                Fact::List(parts.map(|part| cells::word(&part, words)).collect::<Result<_, _>>()?)
            }
            Kind::Date => Fact::Text(cells::day(text)?),
            Kind::Host => Fact::Text(cells::host(text)?),
            Kind::Subnet => Fact::Text(cells::subnets(text)?),
            Kind::AddressRange => Fact::Text(cells::address_range(text)?),
            Kind::Addresses | Kind::Subnets => Fact::List(cells::ranges(text)?),
            Kind::Classes | Kind::Policies => Fact::Classes(traffic_class::parse(text)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::catalogue::TABLES;

    #[test]
    fn the_example_of_every_column_of_the_review_is_read_as_its_kind_says() {
        for column in TABLES.into_iter().flat_map(|t| t.review()) {
            let read = Fact::parse(column, column.example);
            let fits = matches!(
                (column.kind, read.as_ref()),
                (
                    Kind::Text | Kind::Choice(_) | Kind::Date | Kind::Subnet | Kind::AddressRange,
                    Ok(Fact::Text(_))
                ) | (Kind::Names | Kind::Choices(_) | Kind::Addresses, Ok(Fact::List(_)))
                    | (
                        Kind::Whole | Kind::Rate | Kind::Memory | Kind::Vlan,
                        Ok(Fact::Number(_))
                    )
                    | (Kind::Mac, Ok(Fact::Mac(_)))
                    | (Kind::Vlans, Ok(Fact::Vlans(_)))
                    | (Kind::YesNo, Ok(Fact::Yes(_)))
                    | (Kind::Classes | Kind::Policies, Ok(Fact::Classes(_)))
            );
            assert!(fits, "{}: {read:?}", column.name);
        }
    }

    #[test]
    fn a_value_is_given_only_as_what_it_is() {
        let mut facts = Facts::default();
        facts.insert("full_duplex", Fact::Yes(false));

        assert_eq!(facts.yes("full_duplex"), Some(false));
        assert_eq!(facts.number("full_duplex"), None);
        assert_eq!(facts.yes("driver_date"), None);
    }
}
