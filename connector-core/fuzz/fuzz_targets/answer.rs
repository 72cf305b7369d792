//! Reads any bytes as an answer of an axis. What is taken for an answer has a status or a
//! code, and stays one when blanks come after it; what is not is described by its length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong::axis::answer::Answer;

fuzz_target!(|bytes: &[u8]| {
    let longer = [bytes, b" \n"].concat();
    match Answer::parse(bytes) {
        Ok(answer) => {
            assert!(answer.status.is_some() || answer.code.is_some());
            assert!(Answer::parse(&longer).is_ok_and(|same| same == answer));
        }
        Err(refused) => {
            assert_eq!(refused.length, bytes.len());
            assert!(Answer::parse(&longer).is_err());
        }
    }
});
