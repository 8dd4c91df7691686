//! JSON schema of the JSON inventory, from the catalogue.

use super::catalogue::{Column, Kind, TABLES, Table};
use serde_json::{Map, Value, json};

/// The schema, draft 2020-12. Keys are the columns' own names; the reader also takes aliases and other spellings.
pub fn json_schema() -> Value {
    let mut tables = Map::new();
    tables.insert("$schema".to_owned(), json!({ "type": "string" }));
    for table in TABLES {
        tables.insert(table.name.to_owned(), rows(table));
    }
    let required: Vec<&str> = TABLES.iter().filter(|t| t.required).map(|t| t.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nicplan inventory",
        "description": "What exists: failover clusters with nodes, NICs, switches, networks and virtual machines.",
        "type": "object",
        "properties": tables,
        "required": required,
        "additionalProperties": false,
    })
}

fn rows(table: &Table) -> Value {
    let mut properties = Map::new();
    for column in table.columns {
        properties.insert(column.name.to_owned(), property(column));
    }
    properties.insert(
        "notes".to_owned(),
        json!({ "type": "string", "description": "Your own remark, passed over." }),
    );
    let required: Vec<&str> = table.columns.iter().filter(|c| c.required).map(|c| c.name).collect();
    json!({
        "description": table.about,
        "type": "array",
        "items": { "type": "object", "properties": properties, "required": required, "additionalProperties": false },
    })
}

fn property(column: &Column) -> Value {
    let one = json!(["string", "integer", "null"]);
    let kinds = match column.kind {
        Kind::Text | Kind::Mac | Kind::Choice(_) | Kind::Date | Kind::Host | Kind::Subnet | Kind::AddressRange => {
            json!(["string", "integer", "null"])
        }
        Kind::Decimal => json!(["number", "string", "null"]),
        Kind::Whole | Kind::Rate | Kind::Memory | Kind::Vlan => json!(["integer", "string", "null"]),
        Kind::YesNo => json!(["boolean", "string", "null"]),
        Kind::Names
        | Kind::Vlans
        | Kind::Choices(_)
        | Kind::Classes
        | Kind::Policies
        | Kind::Addresses
        | Kind::Subnets => json!(["array", "string", "integer", "null"]),
    };
    let blank = if column.required {
        String::new()
    } else {
        format!(" Blank: {}.", column.default)
    };
    let description = format!("{} Write {}.{blank}", column.about, column.kind.hint());
    let mut property = json!({ "type": kinds, "description": description, "examples": [column.example] });
    if matches!(
        column.kind,
        Kind::Names | Kind::Vlans | Kind::Choices(_) | Kind::Classes | Kind::Policies | Kind::Addresses | Kind::Subnets
    ) {
        property["items"] = json!({ "type": one });
    }
    property
}
