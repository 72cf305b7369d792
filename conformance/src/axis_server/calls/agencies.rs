//! Calls about the directory.

use serde::Deserialize;
use serde_json::Value;

use super::super::answer::Answer;
use super::super::directory::{Unit, UnitList};
use super::super::http::Incoming;
use super::super::refusal::{Cause, Refusal};
use super::{Call, MOST_BODY, Stopped, failed};

/// The body of `/registerAgency`, as far as it is used.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Registration {
    code: String,
    name: String,
    mail: String,
}

impl Call<'_> {
    pub(super) fn units(&self, name: &str) -> Result<Answer, Stopped> {
        let list = match name {
            "getAgenciesList" => UnitList::Agencies,
            "getSynchronizeUnit" => UnitList::Synchronize,
            _ => UnitList::Qd20(self.level()?),
        };
        Ok(Answer::units(self.axis.store.directory(), list))
    }

    fn level(&self) -> Result<Option<u8>, Refusal> {
        match self.signed.get("level").map(str::trim) {
            None | Some("") => Ok(None),
            Some(level) => level
                .parse()
                .map(Some)
                .map_err(|_| Refusal::about(Cause::Parameter, "level")),
        }
    }

    pub(super) fn register(&self, body: &mut Incoming<'_>) -> Result<Answer, Stopped> {
        let body = body.small(MOST_BODY).map_err(Stopped::Connection)?;
        let body = body.ok_or_else(|| Refusal::about(Cause::Parameter, "the body is too long"))?;
        let said: Registration = serde_json::from_slice(&body)
            .map_err(|_| Refusal::about(Cause::Parameter, "the body cannot be read"))?;
        let code = said.code.trim();
        if code.is_empty() || code.len() > 35 {
            return Err(Refusal::about(Cause::Parameter, "code").into());
        }
        let directory = self.axis.store.directory();
        if directory.unit(code).is_some() && directory.owner(code) != Some(self.system) {
            return Err(Refusal::about(Cause::ForeignAgency, "code").into());
        }
        let unit = Unit {
            name: said.name.into(),
            mail: said.mail.into(),
            ..Unit::new(directory.canonical(code))
        };
        let registered = self.axis.store.register(unit, self.system);
        registered.map_err(failed)?;
        Ok(Answer::ok(Value::Null))
    }

    pub(super) fn delete(&self) -> Result<Answer, Stopped> {
        let code = self.signed.get("AgencyCode").unwrap_or_default().trim();
        let directory = self.axis.store.directory();
        if directory.owner(code) != Some(self.system) {
            return Err(Cause::UnknownAgency.into());
        }
        let deleted = self.axis.store.delete(code);
        deleted.map_err(failed)?;
        Ok(Answer::ok(Value::Null))
    }
}
