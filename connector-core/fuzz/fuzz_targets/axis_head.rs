//! The head parser of the test axis never panics, ends a head at its first empty line, lets
//! nothing through that could be read as two heads, and reads what it read the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_conformance::axis_server::http::head::{Framing, Head, head_length};

fuzz_target!(|data: &[u8]| {
    let Some(length) = head_length(data) else {
        assert!(Head::parse(data, 16).is_err());
        return;
    };
    assert!((0..length).all(|cut| head_length(&data[..cut]).is_none()));
    let Ok(head) = Head::parse(&data[..length], 16) else {
        return;
    };
    assert!(head.path().starts_with('/') && !head.path().contains([' ', '\r', '\n', '?']));
    let mut again = format!("{} {} HTTP/1.1\r\n", head.method(), head.path()).into_bytes();
    let mut count = 0;
    for (name, value) in head.headers() {
        assert!(!name.is_empty() && !name.contains([' ', ':', '\r', '\n']));
        assert!(!value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
        assert!(head.values(name).any(|known| known == value));
        again.extend_from_slice(name.as_bytes());
        again.extend_from_slice(b": ");
        again.extend_from_slice(value);
        again.extend_from_slice(b"\r\n");
        count += 1;
    }
    assert!(count <= 16);
    match head.framing() {
        Framing::Chunked => assert!(head.only("Content-Length").is_none()),
        Framing::Length(bytes) => {
            let said = head.only("content-length").expect("one length");
            let said = std::str::from_utf8(said).expect("digits");
            assert_eq!(said.parse(), Ok(bytes));
        }
        Framing::Empty => assert!(head.only("Transfer-Encoding").is_none()),
    }
    if head.only("host").is_none() {
        // HTTP/1.0 needs none.
        again.extend_from_slice(b"Host: x\r\n");
    }
    again.extend_from_slice(b"\r\n");
    assert_eq!(head_length(&again), Some(again.len()));
    let read = Head::parse(&again, 17).expect("what was read is readable");
    assert_eq!((read.method(), read.path()), (head.method(), head.path()));
    assert_eq!(read.framing(), head.framing());
    assert!(head.headers().zip(read.headers()).all(|(one, two)| one == two));
});
