//! ZIPs as the hop's library reads and writes them: the first entry in a
//! stream, and a one-entry ZIP with a data descriptor (observed in packets that
//! came back).

use std::io::{self, BufRead, Read, Write};

use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// The ContentType of a zipped attachment.
pub(super) const CONTENT_TYPE: &str = "application/zip";
/// The first bytes of a ZIP with an entry.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";
/// The largest file taken, packed or unpacked: no ZIP64.
pub(super) const LARGEST: u64 = u32::MAX as u64 - 1;

/// Why there is no first entry.
pub(super) enum Fault {
    Corrupt,
    TooLarge,
    Io(io::Error),
}

fn corrupt_or_io(error: io::Error) -> Fault {
    match error.kind() {
        // From the inflater, or the end of the bytes.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Fault::Corrupt
        }
        _ => Fault::Io(error),
    }
}

fn number<const N: usize>(bytes: &mut dyn Read) -> Result<u32, Fault> {
    let mut field = [0; N];
    bytes.read_exact(&mut field).map_err(corrupt_or_io)?;
    Ok(field
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u32::from(*byte)))
}

fn skip(bytes: &mut dyn Read, count: u64) -> Result<(), Fault> {
    let mut some = bytes.take(count);
    let skipped = io::copy(&mut some, &mut io::sink()).map_err(corrupt_or_io)?;
    (skipped == count).then_some(()).ok_or(Fault::Corrupt)
}

/// Unpacks the first entry. What follows it is not looked at, as a streaming
/// reader does.
pub(super) fn first_entry(mut zip: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Fault> {
    let bytes: &mut dyn Read = &mut zip;
    if number::<4>(bytes)? != 0x0403_4B50 {
        return Err(Fault::Corrupt);
    }
    number::<2>(bytes)?;
    let flags = number::<2>(bytes)?;
    let method = number::<2>(bytes)?;
    number::<4>(bytes)?;
    let stated_crc = number::<4>(bytes)?;
    let packed = number::<4>(bytes)?;
    let size = number::<4>(bytes)?;
    let name = number::<2>(bytes)?;
    let extra = number::<2>(bytes)?;
    skip(bytes, u64::from(name) + u64::from(extra))?;
    let encrypted = flags & 1 != 0;
    let described = flags & 8 != 0;
    let (crc, unpacked) = match method {
        0 if !encrypted && !described => unpack(&mut zip.take(u64::from(packed)), out)?,
        8 if !encrypted => unpack(&mut DeflateDecoder::new(&mut zip), out)?,
        _ => return Err(Fault::Corrupt),
    };
    let (stated_crc, stated_size) = if described {
        let bytes: &mut dyn Read = &mut zip;
        // The signature of the descriptor may be left out.
        let first = number::<4>(bytes)?;
        let crc = if first == 0x0807_4B50 {
            number::<4>(bytes)?
        } else {
            first
        };
        number::<4>(bytes)?;
        (crc, number::<4>(bytes)?)
    } else {
        (stated_crc, size)
    };
    if crc != stated_crc || unpacked != u64::from(stated_size) {
        return Err(Fault::Corrupt);
    }
    Ok(())
}

/// Copies; gives checksum and length.
fn unpack(source: &mut dyn Read, out: &mut dyn Write) -> Result<(u32, u64), Fault> {
    let mut crc = Crc::new();
    let mut length = 0_u64;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = source.read(&mut buffer).map_err(corrupt_or_io)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok((crc.sum(), length));
        }
        length += count as u64;
        if length > LARGEST {
            return Err(Fault::TooLarge);
        }
        crc.update(bytes);
        out.write_all(bytes).map_err(Fault::Io)?;
    }
}

/// Writes a ZIP with one entry, in a stream: sizes and checksum stand behind the
/// data.
pub(super) fn wrap(source: &mut dyn Read, entry: &str, out: &mut dyn Write) -> io::Result<()> {
    let name = entry.as_bytes();
    let name = name.get(..usize::from(u16::MAX)).unwrap_or(name);
    // Version 2.0; data descriptor and a name in UTF-8; deflated; 1980-01-01.
    const COMMON: [u8; 10] = [20, 0, 0x08, 0x08, 8, 0, 0, 0, 0x21, 0];
    let name_length = (name.len() as u16).to_le_bytes();
    let mut header = Vec::with_capacity(30 + name.len());
    header.extend(SIGNATURE);
    header.extend(COMMON);
    header.extend([0; 12]);
    header.extend(name_length);
    header.extend([0; 2]);
    header.extend(name);
    out.write_all(&header)?;

    let mut crc = Crc::new();
    let mut encoder = DeflateEncoder::new(&mut *out, Compression::default());
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = source.read(&mut buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        crc.update(bytes);
        encoder.write_all(bytes)?;
    }
    encoder.try_finish()?;
    let (size, packed) = (encoder.total_in(), encoder.total_out());
    drop(encoder);
    if packed > LARGEST {
        return Err(io::Error::other("too large for a ZIP"));
    }
    let mut sizes = Vec::with_capacity(12);
    sizes.extend(crc.sum().to_le_bytes());
    sizes.extend((packed as u32).to_le_bytes());
    sizes.extend((size as u32).to_le_bytes());

    let mut tail = Vec::with_capacity(100 + name.len());
    tail.extend(b"PK\x07\x08");
    tail.extend(&sizes);
    let directory = header.len() as u64 + packed + tail.len() as u64;
    let start = tail.len();
    tail.extend(b"PK\x01\x02\x14\x00");
    tail.extend(COMMON);
    tail.extend(&sizes);
    tail.extend(name_length);
    // No extra field, comment, disk number or attributes; the entry is at 0.
    tail.extend([0; 16]);
    tail.extend(name);
    let length = (tail.len() - start) as u32;
    tail.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    tail.extend(length.to_le_bytes());
    tail.extend((directory as u32).to_le_bytes());
    tail.extend([0; 2]);
    out.write_all(&tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(mut zip: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        first_entry(&mut zip, &mut out).ok().map(|()| out)
    }

    #[test]
    fn what_is_wrapped_is_unwrapped() {
        let mut zip = Vec::new();
        wrap(&mut b"abcabcabc".as_slice(), "x.txt", &mut zip).unwrap();
        assert_eq!(unwrapped(&zip).unwrap(), b"abcabcabc");
    }

    #[test]
    fn a_damaged_zip_is_corrupt() {
        let mut zip = Vec::new();
        wrap(&mut b"abcabcabc".as_slice(), "x.txt", &mut zip).unwrap();
        assert_eq!(unwrapped(&zip[..40]), None);
        let data = 30 + "x.txt".len();
        zip[data + 1] ^= 1;
        assert_eq!(unwrapped(&zip), None);
        assert_eq!(
            unwrapped(b"no zip at all, but long enough to be read"),
            None
        );
    }
}
