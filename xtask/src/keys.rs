//! Made-up keys for the programs that sign: an anchor in `trust`, and a signer below it.

use std::path::{Path, PathBuf};

use crate::c::{fresh, write};
use crate::workspace::Workspace;

const CONFIG: &str = "\
[req]
distinguished_name = name
[name]
[anchor]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
";

/// One command a line. The signer comes as PEM, as DER and, with the password `made-up`, as PKCS#12
/// of a kind that mono opens, too.
const COMMANDS: &str = "\
req -x509 -newkey rsa:2048 -nodes -config keys.conf -extensions anchor -subj /CN=Anchor -days 2 -keyout anchor.key -out trust/anchor.pem
req -new -newkey rsa:2048 -nodes -config keys.conf -subj /CN=Signer -keyout signer.key -out signer.csr
x509 -req -in signer.csr -CA trust/anchor.pem -CAkey anchor.key -CAcreateserial -days 2 -extfile keys.conf -extensions signer -out signer.pem
x509 -in signer.pem -outform DER -out signer.der
pkcs12 -export -inkey signer.key -in signer.pem -passout pass:made-up -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1 -out signer.p12";

/// Makes them in a folder of this name below the target directory.
pub(crate) fn make(workspace: &Workspace, name: &str) -> Result<PathBuf, String> {
    let folder = fresh(workspace, name)?;
    write(&folder.join("keys.conf"), CONFIG)?;
    fresh(workspace, &format!("{name}/trust"))?;
    COMMANDS
        .lines()
        .try_for_each(|line| run(workspace, &folder, line))?;
    Ok(folder)
}

fn run(workspace: &Workspace, folder: &Path, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split(' ').collect();
    let mut openssl = workspace.command("openssl");
    // It says what it does on standard error.
    openssl.directory(folder).words(&words);
    match openssl.works() {
        true => Ok(()),
        false => Err(format!("openssl {line} failed")),
    }
}
