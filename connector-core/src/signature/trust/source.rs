//! Revocation data from elsewhere: lists and OCSP answers, fetched when they are needed, kept
//! in memory and, if wished, in a folder.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::crl::Crl;
use super::facts::Facts;
use super::ocsp::Question;
use super::revocation::{Evidence, Worth};
use crate::config::Config;
use crate::crypto::digest::{hex, sha256};
use crate::environment::Environment;

/// An OCSP answer is a few kilobytes.
const MAX_ANSWER: usize = 64 * 1024;
/// Lists and answers kept in memory; beyond it all are dropped and fetched again.
const MAX_KEPT: usize = 10_000;

/// One fetch of revocation data.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FetchRequest<'a> {
    /// Where from: `http://`.
    pub url: &'a str,
    /// What to post, with its media type; nothing for a GET.
    pub post: Option<(&'static str, &'a [u8])>,
    /// No more bytes than this are of use.
    pub limit: usize,
}

/// Fetches revocation data. A host with a proxy, or with rules of its own about connections,
/// puts its own in the place of [`crate::axis::HttpFetch`].
pub trait Fetch: Send + Sync {
    /// The body of a good answer. It blocks, and must end within a time of its own. What it
    /// gives need not be trusted: all of it is signed.
    ///
    /// # Errors
    /// Whatever stood in the way; there is no other outcome than that nothing was learnt.
    fn fetch(&self, request: FetchRequest<'_>) -> io::Result<Vec<u8>>;
}

/// The parts of an address that may be fetched from.
pub(crate) struct HttpAddress<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// Host, and port if it is written.
    pub(crate) authority: &'a str,
    /// From the first slash on.
    pub(crate) path: &'a str,
}

impl<'a> HttpAddress<'a> {
    /// `None` for anything but plain `http`: what is fetched carries its own signature.
    pub(crate) fn of(url: &'a str) -> Option<Self> {
        let start = url.get(..7)?;
        if !start.eq_ignore_ascii_case("http://") || !url.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let rest = url.get(7..)?;
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, "/"),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, 80),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        (!host.is_empty() && host.bytes().all(plain) && !path.contains('#')).then_some(
            HttpAddress {
                host,
                port,
                authority,
                path,
            },
        )
    }
}

/// Where revocation data comes from besides files, and what was fetched already.
pub struct Sources {
    fetch: Arc<dyn Fetch>,
    lists: bool,
    answers: bool,
    nonce: bool,
    /// Lower case; empty for all.
    hosts: Vec<String>,
    pause: Duration,
    max_list: usize,
    folder: Option<PathBuf>,
    environment: Environment,
    kept_lists: Shelf<Crl>,
    kept_answers: Shelf<Evidence>,
}

type Shelf<T> = Mutex<HashMap<String, Arc<Mutex<Slot<T>>>>>;

struct Slot<T> {
    value: Option<Arc<T>>,
    /// When it was last fetched, or tried to be.
    tried: Option<SystemTime>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot {
            value: None,
            tried: None,
        }
    }
}

/// No code that holds these locks can panic, so a poisoned one is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn slot<T>(shelf: &Shelf<T>, key: &str) -> Arc<Mutex<Slot<T>>> {
    let mut shelf = lock(shelf);
    if shelf.len() >= MAX_KEPT && !shelf.contains_key(key) {
        shelf.clear();
    }
    Arc::clone(shelf.entry(key.to_owned()).or_default())
}

/// What one kind of data needs to be fetched, read and kept.
struct Wanted<'a, T> {
    url: &'a str,
    post: Option<(&'static str, Vec<u8>)>,
    limit: usize,
    /// Its name in the folder.
    file: String,
    read: &'a dyn Fn(&[u8], bool) -> Option<T>,
    enough: &'a dyn Fn(&T) -> bool,
    made: &'a dyn Fn(&T) -> SystemTime,
}

impl Sources {
    /// By the keys `signature.fetch_*` and `signature.cache`; `None` where nothing may be
    /// fetched.
    pub fn from_config(
        config: &Config,
        fetch: Arc<dyn Fetch>,
        environment: &Environment,
    ) -> Option<Arc<Self>> {
        let (lists, answers) = (
            config.flag("signature.fetch_crl"),
            config.flag("signature.fetch_ocsp"),
        );
        let hosts = config.text("signature.fetch_hosts").unwrap_or_default();
        (lists || answers).then(|| {
            Arc::new(Sources {
                fetch,
                lists,
                answers,
                nonce: config.flag("signature.ocsp_nonce"),
                hosts: hosts
                    .split(',')
                    .map(|host| host.trim().to_ascii_lowercase())
                    .filter(|host| !host.is_empty())
                    .collect(),
                pause: Duration::from_secs(config.number("signature.fetch_pause")),
                max_list: config.size("signature.max_crl"),
                folder: config.text("signature.cache").map(PathBuf::from),
                environment: environment.clone(),
                kept_lists: Mutex::default(),
                kept_answers: Mutex::default(),
            })
        })
    }

    /// What can be learnt of a certificate by asking. The hosts that gave nothing are added to
    /// `failed`.
    pub(super) fn ask(
        &self,
        certificate: &Facts,
        issuer: &Facts,
        worth: &dyn Fn(&Evidence) -> Worth,
        failed: &mut Vec<String>,
    ) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = Vec::new();
        let enough =
            |evidence: &[Evidence]| evidence.iter().any(|piece| worth(piece) == Worth::Fresh);
        if self.answers {
            for url in &certificate.ocsp_addresses {
                if enough(&evidence) {
                    break;
                }
                match self.answer(url, certificate, issuer, worth) {
                    Some(answer) => evidence.push((*answer).clone()),
                    None => failed.push(host(url)),
                }
            }
        }
        if self.lists {
            for url in &certificate.crl_addresses {
                if enough(&evidence) {
                    break;
                }
                let list = self.list(url, certificate, issuer, worth);
                match list.and_then(|list| list.about(certificate)) {
                    Some(piece) => evidence.push(piece),
                    None => failed.push(host(url)),
                }
            }
        }
        evidence
    }

    fn answer(
        &self,
        url: &str,
        certificate: &Facts,
        issuer: &Facts,
        worth: &dyn Fn(&Evidence) -> Worth,
    ) -> Option<Arc<Evidence>> {
        let question = Question::new(certificate, issuer)?;
        // The issuer's hashes and the serial number, and who is asked.
        let key = hex(&sha256(&[url.as_bytes(), &question.id()].concat()));
        let nonce = self.nonce.then(|| {
            let numbers = [self.environment.random(), self.environment.random()];
            numbers.map(u64::to_be_bytes).concat()
        });
        // An answer from the folder was made for another nonce.
        let read = |bytes: &[u8], fetched: bool| {
            question.answer(bytes, issuer, nonce.as_deref().filter(|_| fetched))
        };
        let request = question.request(nonce.as_deref());
        let wanted = Wanted {
            url,
            post: Some(("application/ocsp-request", request)),
            limit: MAX_ANSWER,
            file: format!("{key}.ocsp"),
            read: &read,
            enough: &|answer| worth(answer) == Worth::Fresh,
            made: &|answer| answer.this_update,
        };
        self.get(&self.kept_answers, &key, &wanted)
    }

    fn list(
        &self,
        url: &str,
        certificate: &Facts,
        issuer: &Facts,
        worth: &dyn Fn(&Evidence) -> Worth,
    ) -> Option<Arc<Crl>> {
        // Two issuers may name one address, over a change of keys.
        let key = hex(&sha256(&[url.as_bytes(), &issuer.key].concat()));
        let wanted = Wanted {
            url,
            post: None,
            limit: self.max_list,
            file: format!("{key}.crl"),
            read: &|bytes: &[u8], _| {
                Crl::from_der(bytes).filter(|list| list.is_by(issuer) == Some(Ok(())))
            },
            enough: &|list: &Crl| {
                list.about(certificate)
                    .is_some_and(|piece| worth(&piece) == Worth::Fresh)
            },
            made: &Crl::this_update,
        };
        self.get(&self.kept_lists, &key, &wanted)
    }

    /// What is kept, if it is enough; else what a fetch gives; else what is kept all the same.
    /// Threads that want the same thing wait for one fetch.
    fn get<T>(&self, shelf: &Shelf<T>, key: &str, wanted: &Wanted<'_, T>) -> Option<Arc<T>> {
        let slot = slot(shelf, key);
        let mut slot = lock(&slot);
        if slot.value.is_none() && slot.tried.is_none() {
            slot.value = self.from_folder(wanted).map(Arc::new);
        }
        let now = self.environment.clock()();
        let pausing = slot
            .tried
            .is_some_and(|tried| match now.duration_since(tried) {
                Ok(since) => since < self.pause,
                // The clock was put back.
                Err(_) => false,
            });
        if pausing
            || slot
                .value
                .as_ref()
                .is_some_and(|value| (wanted.enough)(value))
        {
            return slot.value.clone();
        }
        slot.tried = Some(now);
        if let Some((value, bytes)) = self.fetched(wanted) {
            let newer = slot
                .value
                .as_ref()
                .is_none_or(|kept| (wanted.made)(&value) >= (wanted.made)(kept));
            if newer {
                slot.value = Some(Arc::new(value));
                self.to_folder(&wanted.file, &bytes);
            }
        }
        slot.value.clone()
    }

    fn fetched<T>(&self, wanted: &Wanted<'_, T>) -> Option<(T, Vec<u8>)> {
        let address = HttpAddress::of(wanted.url)?;
        let host = address.host.to_ascii_lowercase();
        if !self.hosts.is_empty() && !self.hosts.contains(&host) {
            return None;
        }
        let post = wanted.post.as_ref();
        let request = FetchRequest {
            url: wanted.url,
            post: post.map(|(media, body)| (*media, body.as_slice())),
            limit: wanted.limit,
        };
        let bytes = match self.fetch.fetch(request) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::warn!(host, %error, "revocation data could not be fetched");
                return None;
            }
        };
        let value = (bytes.len() <= wanted.limit)
            .then(|| (wanted.read)(&bytes, true))
            .flatten();
        if value.is_none() {
            tracing::warn!(
                host,
                length = bytes.len(),
                "what was fetched is no revocation data"
            );
        }
        value.map(|value| (value, bytes))
    }

    /// What is in the folder is read like what comes over the network: it is signed.
    fn from_folder<T>(&self, wanted: &Wanted<'_, T>) -> Option<T> {
        let file = File::open(self.folder.as_ref()?.join(&wanted.file)).ok()?;
        let mut bytes = Vec::new();
        let limit = u64::try_from(wanted.limit).unwrap_or(u64::MAX);
        file.take(limit).read_to_end(&mut bytes).ok()?;
        (wanted.read)(&bytes, false)
    }

    /// Without room the next start fetches again; nothing else depends on it.
    fn to_folder(&self, name: &str, bytes: &[u8]) {
        let Some(folder) = &self.folder else { return };
        if let Err(error) = keep(folder, name, bytes) {
            tracing::warn!(%error, "revocation data could not be kept in signature.cache");
        }
    }
}

fn keep(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(folder.join(name))
        .map_err(|error| error.error)?;
    Ok(())
}

fn host(url: &str) -> String {
    HttpAddress::of(url).map_or_else(
        || "an address that is not http".to_owned(),
        |address| address.host.to_owned(),
    )
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_addresses_with_a_plain_host_are_fetched_from() {
        for (url, host, port, path) in [
            ("http://crl.example/a.crl", "crl.example", 80, "/a.crl"),
            ("HTTP://127.0.0.1:8080", "127.0.0.1", 8080, "/"),
            ("http://a-b.example/x?y=z", "a-b.example", 80, "/x?y=z"),
        ] {
            let address = HttpAddress::of(url).unwrap();
            assert_eq!(
                (address.host, address.port, address.path),
                (host, port, path)
            );
        }
        for url in [
            "",
            "http:",
            "https://crl.example/",
            "ldap://crl.example/",
            "file:///etc/passwd",
            "http://",
            "http:///x",
            "http://a@b.example/",
            "http://a.example:99999/",
            "http://a.example/ x",
            "http://a.example/\r\nx",
            "http://[::1]/",
            "http://é.example/",
        ] {
            assert!(HttpAddress::of(url).is_none(), "{url}");
        }
    }
}
