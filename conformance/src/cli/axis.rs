//! `axis`: runs the test axis until the process ends.

use std::time::Duration;

use serde_json::json;

use super::failure::Failure;
use super::options::AxisArguments;
use super::{Exit, Session};
use crate::axis_server::{AxisConfig, AxisError, Builder, OFFICE, System};

pub(super) fn run(arguments: &AxisArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut config = match &arguments.config {
        Some(path) => AxisConfig::read(path).map_err(|error| failure(&error))?,
        None => AxisConfig::default(),
    };
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    if let Some(data) = &arguments.data {
        config.data = Some(data.clone());
    }
    for text in &arguments.system {
        config.systems.push(System::parse(text).map_err(malformed)?);
    }
    if arguments.office {
        config.office.get_or_insert_default();
    }
    let axis = Builder::from_config(config)
        .start()
        .map_err(|error| failure(&error))?;
    session.say(&axis.url())?;
    let mut control = json!({ "control": axis.control_url(), "token": axis.control_token() });
    if axis.office_state(0, Duration::ZERO).is_some()
        && let Some(members) = control.as_object_mut()
    {
        members.insert("office".to_owned(), OFFICE.into());
    }
    session.say(&control.to_string())?;
    session.out.flush().map_err(Failure::output)?;
    axis.wait();
    Ok(Exit::Clean)
}

/// The argument is not repeated: it holds a secret.
fn malformed(why: &str) -> Failure {
    Failure::new(
        Exit::Usage,
        format!("--system: {why}; write --system ID=SECRET:ORGAN,ORGAN."),
        "--system: sai dạng; cần viết --system ID=SECRET:ORGAN,ORGAN.",
    )
}

pub(super) fn failure(error: &AxisError) -> Failure {
    Failure::new(
        Exit::Usage,
        format!("the test axis does not start: {error}."),
        format!("trục thử nghiệm không khởi động được: {error}."),
    )
}
