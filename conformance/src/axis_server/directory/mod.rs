//! The directory of units: who exists, under which codes, in which system.

mod file;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(super) use file::load;

/// A unit of the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Unit {
    /// Its code.
    #[serde(deserialize_with = "file::text")]
    pub code: Box<str>,
    /// Its code before the change of 2020.
    #[serde(alias = "code102", deserialize_with = "file::text")]
    pub old_code: Box<str>,
    /// Its name.
    #[serde(deserialize_with = "file::text")]
    pub name: Box<str>,
    /// Its mail address.
    #[serde(deserialize_with = "file::text")]
    pub mail: Box<str>,
    /// Its number; the number of its row where none is given.
    #[serde(deserialize_with = "file::text")]
    pub id: Box<str>,
    /// The number of the unit above it; `0` where none is given.
    #[serde(deserialize_with = "file::text")]
    pub pid: Box<str>,
    /// Its level; read off the code where none is given.
    #[serde(deserialize_with = "file::text")]
    pub level: Box<str>,
    /// The code of the centre it belongs to.
    #[serde(deserialize_with = "file::text")]
    pub center_code: Box<str>,
    /// The version of its entry.
    #[serde(deserialize_with = "file::text")]
    pub version: Box<str>,
    /// When its entry was changed.
    #[serde(deserialize_with = "file::text")]
    pub modify_date: Box<str>,
    /// Whether it exists no more.
    #[serde(deserialize_with = "file::truth")]
    pub deleted: bool,
    /// Whether nothing can be sent to it.
    #[serde(deserialize_with = "file::truth")]
    pub locked: bool,
}

impl Unit {
    /// A unit of which the code is known.
    pub fn new(code: impl Into<Box<str>>) -> Self {
        let code = code.into();
        Unit {
            name: code.clone(),
            code,
            ..Unit::default()
        }
    }

    fn level(&self) -> u8 {
        self.level.parse().unwrap_or_else(|_| level_of(&self.code))
    }
}

/// The level that a code tells. Old codes have four groups, level 1 last, and
/// zeros for what is not used; new ones begin with level 1.
fn level_of(code: &str) -> u8 {
    let groups: Vec<&str> = code.split('.').collect();
    let is_zero = |group: &&&str| group.bytes().all(|byte| byte == b'0');
    let is_old = groups.len() == 4 && code.len() == 13;
    let unused = if is_old {
        groups.iter().take_while(is_zero).count()
    } else {
        0
    };
    u8::try_from(groups.len() - unused).unwrap_or(u8::MAX)
}

/// The lists that calls ask for.
#[derive(Clone, Copy, Debug)]
pub(super) enum UnitList {
    /// `/getAgenciesList`
    Agencies,
    /// `/getAgenciesListQD20`, perhaps of one level.
    Qd20(Option<u8>),
    /// `/getSynchronizeUnit`, with those that were deleted.
    Synchronize,
}

/// The units and whose they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    units: Vec<Unit>,
    /// By code and old code; a code goes before an old code.
    by_code: HashMap<Box<str>, u32>,
    by_old_code: HashMap<Box<str>, u32>,
    /// The system of a unit, by its place.
    owners: HashMap<u32, Arc<str>>,
}

impl Directory {
    /// Adds a unit; false if its code is there already.
    pub(super) fn add(&mut self, unit: Unit) -> bool {
        let Ok(place) = u32::try_from(self.units.len()) else {
            return false;
        };
        if self.by_code.contains_key(&unit.code) {
            return false;
        }
        self.by_code.insert(unit.code.clone(), place);
        if !unit.old_code.is_empty() {
            self.by_old_code
                .entry(unit.old_code.clone())
                .or_insert(place);
        }
        self.units.push(unit);
        true
    }

    fn place(&self, code: &str) -> Option<u32> {
        let known = self
            .by_code
            .get(code)
            .or_else(|| self.by_old_code.get(code));
        known.copied()
    }

    /// The unit of a code, old or new, unless it was deleted.
    pub(super) fn unit(&self, code: &str) -> Option<&Unit> {
        let unit = self.units.get(self.place(code)? as usize)?;
        (!unit.deleted).then_some(unit)
    }

    /// The code under which a unit is kept; the given one where it is unknown.
    pub(super) fn canonical<'c>(&'c self, code: &'c str) -> &'c str {
        self.place(code)
            .and_then(|place| self.units.get(place as usize))
            .map_or(code, |unit| &unit.code)
    }

    /// The system of a unit.
    pub(super) fn owner(&self, code: &str) -> Option<&Arc<str>> {
        self.owners.get(&self.place(code)?)
    }

    /// Gives a unit to a system; it is made where it is missing.
    pub(super) fn give(&mut self, code: &str, system: &Arc<str>) {
        if self.place(code).is_none() {
            self.add(Unit::new(code));
        }
        if let Some(place) = self.place(code) {
            self.owners.insert(place, Arc::clone(system));
        }
    }

    /// The codes of the units of a system.
    pub(super) fn of_system(&self, system: &str) -> impl Iterator<Item = &str> {
        self.owners
            .iter()
            .filter(move |(_, owner)| &***owner == system)
            .filter_map(|(place, _)| self.units.get(*place as usize))
            .filter(|unit| !unit.deleted)
            .map(|unit| &*unit.code)
    }

    /// Registers a unit of a system, or changes the entry it has.
    pub(super) fn register(&mut self, unit: Unit, system: &Arc<str>) {
        let known = self.by_code.get(&unit.code).copied();
        let known = known.and_then(|place| self.units.get_mut(place as usize));
        let code = unit.code.clone();
        match known {
            Some(known) => {
                known.name = unit.name;
                known.mail = unit.mail;
                known.deleted = false;
            }
            None => {
                self.add(unit);
            }
        }
        self.give(&code, system);
    }

    /// Marks a unit as deleted.
    pub(super) fn delete(&mut self, code: &str) {
        if let Some(place) = self.place(code) {
            if let Some(unit) = self.units.get_mut(place as usize) {
                unit.deleted = true;
            }
            self.owners.remove(&place);
        }
    }

    /// Writes the answer to a call for units.
    pub(super) fn write(&self, list: UnitList, out: &mut impl Write) -> io::Result<()> {
        out.write_all(br#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":["#)?;
        let mut is_first = true;
        for (unit, number) in self.units.iter().zip(1_u32..) {
            let is_listed = match list {
                UnitList::Synchronize => true,
                UnitList::Agencies | UnitList::Qd20(None) => !unit.deleted,
                UnitList::Qd20(Some(level)) => !unit.deleted && unit.level() == level,
            };
            if !is_listed {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                out.write_all(b",")?;
            }
            let number = number.to_string();
            let id = Some(&*unit.id).filter(|id| !id.is_empty());
            let pid = Some(&*unit.pid).filter(|pid| !pid.is_empty());
            let row = Row {
                id: id.unwrap_or(&number),
                pid: pid.unwrap_or("0"),
                unit,
            };
            match list {
                UnitList::Agencies => serde_json::to_writer(&mut *out, &row.agency()),
                UnitList::Qd20(_) => serde_json::to_writer(&mut *out, &row.qd20()),
                UnitList::Synchronize => serde_json::to_writer(&mut *out, &row.synchronize()),
            }?;
        }
        out.write_all(b"]}")
    }
}

struct Row<'u> {
    id: &'u str,
    pid: &'u str,
    unit: &'u Unit,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Agency<'u> {
    id: &'u str,
    pid: &'u str,
    code: &'u str,
    name: &'u str,
    mail: &'u str,
    old_code: &'u str,
}

#[derive(Serialize)]
struct Qd20<'u> {
    id: &'u str,
    code: &'u str,
    name: &'u str,
    mail: &'u str,
    code102: &'u str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Synchronize<'u> {
    id: &'u str,
    pid: &'u str,
    code: &'u str,
    name: &'u str,
    mail: &'u str,
    center_code: &'u str,
    version: &'u str,
    deleted: bool,
    modify_date: &'u str,
    is_agency: bool,
}

impl<'u> Row<'u> {
    fn agency(&self) -> Agency<'u> {
        Agency {
            id: self.id,
            pid: self.pid,
            code: &self.unit.code,
            name: &self.unit.name,
            mail: &self.unit.mail,
            old_code: &self.unit.old_code,
        }
    }

    fn qd20(&self) -> Qd20<'u> {
        Qd20 {
            id: self.id,
            code: &self.unit.code,
            name: &self.unit.name,
            mail: &self.unit.mail,
            code102: &self.unit.old_code,
        }
    }

    fn synchronize(&self) -> Synchronize<'u> {
        let version = Some(&*self.unit.version).filter(|version| !version.is_empty());
        Synchronize {
            id: self.id,
            pid: self.pid,
            code: &self.unit.code,
            name: &self.unit.name,
            mail: &self.unit.mail,
            center_code: &self.unit.center_code,
            version: version.unwrap_or("1"),
            deleted: self.unit.deleted,
            modify_date: &self.unit.modify_date,
            // `W00` codes are connection systems, not agencies.
            is_agency: !self.unit.code.ends_with("W00"),
        }
    }
}
