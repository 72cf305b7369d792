//! The command line.

use std::fs;

use lienthong::Config;

pub(crate) const USAGE: &str = "\
usage: dms --store DIR --organ CODE... [--axis URL --system ID --secret-file FILE]
           [--client] [--set KEY=VALUE]...";

/// The configuration that the arguments give.
pub(crate) fn config(arguments: &[String]) -> Result<Config, String> {
    let mut config = Config::new();
    let mut organs: Vec<&str> = Vec::new();
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        if name == "--client" {
            set(&mut config, "connector.role", "client")?;
            continue;
        }
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--store" => set(&mut config, "store.path", value)?,
            "--axis" => set(&mut config, "axis.url", value)?,
            "--system" => set(&mut config, "axis.system_id", value)?,
            "--secret-file" => {
                let secret =
                    fs::read_to_string(value).map_err(|error| format!("{value}: {error}"))?;
                set(
                    &mut config,
                    "axis.secret",
                    secret.trim_end_matches(['\r', '\n']),
                )?;
            }
            "--organ" => organs.push(value),
            "--set" => {
                let (key, value) = value
                    .split_once('=')
                    .ok_or_else(|| format!("{value} is not KEY=VALUE"))?;
                set(&mut config, key, value)?;
            }
            other => return Err(format!("unknown option {other}")),
        }
    }
    if !organs.is_empty() {
        set(&mut config, "connector.organs", &organs.join(","))?;
    }
    Ok(config)
}

fn set(config: &mut Config, key: &str, value: &str) -> Result<(), String> {
    config.set(key, value).map_err(|error| error.to_string())
}
