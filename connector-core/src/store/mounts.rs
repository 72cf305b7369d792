//! Whether a folder lies on a network file system, whose locks, shared memory
//! and syncs SQLite cannot rely on.
//!
//! Known on Linux only, from the table of mounts; elsewhere every folder passes.

use std::path::{Path, PathBuf};

/// File systems of other machines, as Linux names them.
const NETWORK: &[&str] = &[
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fuse.ceph",
    "fuse.davfs",
    "fuse.glusterfs",
    "fuse.juicefs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.smbnetfs",
    "fuse.sshfs",
    "fuse.vmhgfs-fuse",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "orangefs",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "vmhgfs",
];

/// The kind of network file system that a folder, given in its canonical form,
/// lies on.
pub(super) fn network(folder: &Path) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    // Without the table nothing is known, and the folder passes.
    let table = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    file_system(&table, folder).filter(|kind| NETWORK.contains(&kind.as_str()))
}

/// The kind of file system at a folder: that of the longest mount point above
/// it; of equal ones the last, which covers the others.
fn file_system(table: &str, folder: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in table.lines() {
        let Some((place, kind)) = mount(line) else {
            continue;
        };
        let depth = place.components().count();
        if folder.starts_with(&place) && best.is_none_or(|(most, _)| depth >= most) {
            best = Some((depth, kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

/// Mount point and kind in a line of the table.
fn mount(line: &str) -> Option<(PathBuf, &str)> {
    let (fields, rest) = line.split_once(" - ")?;
    let place = fields.split(' ').nth(4)?;
    let kind = rest.split(' ').next()?;
    Some((PathBuf::from(unescaped(place)), kind))
}

/// Blanks, tabs, line ends and backslashes stand as `\` and three octal digits.
fn unescaped(place: &str) -> String {
    let mut text = String::new();
    let mut rest = place;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let byte = after
            .get(..3)
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (byte, after.get(3..)) {
            (Some(byte), Some(after)) if byte.is_ascii() => {
                text.push(char::from(byte));
                rest = after;
            }
            _ => {
                text.push('\\');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
22 21 0:20 / /srv rw shared:2 master:1 - nfs4 server:/srv rw,vers=4.2
23 22 8:2 / /srv/local\\040disk rw - xfs /dev/sdb1 rw
24 21 0:30 / /mnt/a rw - fuse.sshfs host:/a rw
25 21 0:31 / /mnt/b rw - ext4 /dev/sdc1 rw
26 21 0:32 / /mnt/b rw - cifs //host/b rw
a line that is none
";

    fn kind(folder: &str) -> Option<String> {
        file_system(TABLE, Path::new(folder))
    }

    #[test]
    fn the_longest_mount_point_above_a_folder_decides() {
        assert_eq!(kind("/var/lib/store").as_deref(), Some("ext4"));
        assert_eq!(kind("/srv/store").as_deref(), Some("nfs4"));
        assert_eq!(kind("/srv/local disk/store").as_deref(), Some("xfs"));
        assert_eq!(kind("/srvother").as_deref(), Some("ext4"));
    }

    #[test]
    fn the_last_mount_at_one_place_covers_the_others() {
        assert_eq!(kind("/mnt/b/store").as_deref(), Some("cifs"));
    }

    #[test]
    fn optional_fields_of_a_mount_are_passed_over() {
        assert_eq!(kind("/mnt/a").as_deref(), Some("fuse.sshfs"));
    }

    #[test]
    fn the_names_of_network_file_systems_are_sorted_and_single() {
        assert!(NETWORK.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_temporary_folder_is_local() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network(&folder.path().canonicalize().unwrap()), None);
    }
}
