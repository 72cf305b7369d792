//! What the client takes from the configuration, checked once when it opens.

use std::net::IpAddr;
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;

use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};

const OPERATION: &str = "axis.open";

/// Where the axis is.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) tls: bool,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    /// As it stands in the `Host` header.
    pub(super) authority: String,
    /// In front of the path of each call; no slash at its end.
    pub(super) base: String,
}

/// Time-outs and limits of the transport.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    pub(super) idle: Duration,
    pub(super) total: Option<Duration>,
    pub(super) keep: Duration,
    pub(super) connections: usize,
}

impl Limits {
    pub(super) fn of(config: &Config) -> Self {
        let time = |key| Duration::from_millis(config.number(key));
        Limits {
            connect: time("axis.connect_timeout"),
            idle: time("axis.idle_timeout"),
            total: Some(time("axis.total_timeout")).filter(|time| !time.is_zero()),
            keep: time("axis.keep_connection"),
            connections: config.size("axis.max_connections"),
        }
    }
}

pub(super) fn missing(key: &'static str) -> Error {
    Error::new(ErrorKind::ConfigMissing, OPERATION).with("key", key)
}

/// The value of `key` is wrong. Values are not shown: an address may hold a
/// password.
pub(super) fn invalid(key: &'static str, reason: &'static str) -> Error {
    Error::new(ErrorKind::ConfigInvalidValue, OPERATION)
        .with("key", key)
        .with("reason", reason)
}

impl Target {
    pub(super) fn of(config: &Config) -> Result<Self> {
        const KEY: &str = "axis.url";
        let text = config.text(KEY).ok_or_else(|| missing(KEY))?;
        let uri: Uri = text.parse().map_err(|_| invalid(KEY, "not an address"))?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(invalid(KEY, "neither http:// nor https://")),
        };
        let authority = uri.authority().ok_or_else(|| invalid(KEY, "no host"))?;
        if authority.as_str().contains('@') {
            return Err(invalid(KEY, "user name in an address"));
        }
        if uri.query().is_some() {
            return Err(invalid(KEY, "query in a base address"));
        }
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if host.is_empty() {
            return Err(invalid(KEY, "no host"));
        }
        if !tls && !config.flag("axis.allow_plaintext") && !loopback(host) {
            return Err(Error::new(ErrorKind::AxisPlaintext, OPERATION).with("key", KEY));
        }
        Ok(Target {
            tls,
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            authority: authority.as_str().to_owned(),
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

/// Whether a host is this machine. Only a written address or `localhost`: what
/// another name resolves to is for the network to say.
fn loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target> {
        let mut config = Config::new();
        config.set("axis.url", url).unwrap();
        Target::of(&config)
    }

    #[test]
    fn plain_text_stays_on_this_machine_unless_it_is_allowed() {
        for url in [
            "http://127.0.0.1:1/x",
            "http://[::1]:1",
            "http://LocalHost/",
            "https://axis.example",
        ] {
            target(url).unwrap();
        }
        for url in [
            "http://10.1.2.3:8080/XrdAdapter/adapter",
            "http://axis.example",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://[2001:db8::1]/",
        ] {
            let error = target(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AxisPlaintext, "{url}");
        }
        let mut config = Config::new();
        config.set("axis.url", "http://10.1.2.3:8080/a/").unwrap();
        config.set("axis.allow_plaintext", "true").unwrap();
        let target = Target::of(&config).unwrap();
        assert_eq!(
            (target.host.as_str(), target.port, target.base.as_str()),
            ("10.1.2.3", 8080, "/a")
        );
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_not_shown() {
        for url in [
            "https://user:canary@axis.example/",
            "ftp://axis.example",
            "axis.example",
            "https://axis.example/?key=canary",
            "https:///canary",
        ] {
            let error = target(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConfigInvalidValue, "{url}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
        let error = Target::of(&Config::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigMissing);
    }
}
