//! Which library this is.

use std::ffi::c_char;

use crate::boundary::guard;

/// The binary interface this header describes. It grows by one whenever a program compiled
/// against an older header could break; additions leave it as it is.
pub const LIENTHONG_ABI_VERSION: u32 = 1;

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");

/// The version of the library as text, for example "0.1.0".
///
/// The text is UTF-8, ends in a NUL, is never freed and may be used from any thread.
/// NULL is given back only after a fault inside the library.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_version() -> *const c_char {
    guard("lienthong_version", std::ptr::null(), || {
        VERSION.as_ptr().cast()
    })
}

/// The binary interface of the loaded library.
///
/// A program compares it with LIENTHONG_ABI_VERSION of the header it was compiled with and
/// stops if they differ. 0 is given back only after a fault inside the library.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_abi_version() -> u32 {
    guard("lienthong_abi_version", 0, || LIENTHONG_ABI_VERSION)
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::{LIENTHONG_ABI_VERSION, lienthong_abi_version, lienthong_version};

    #[test]
    fn the_text_is_the_version_of_the_core() {
        let pointer = lienthong_version();
        assert!(!pointer.is_null());
        // SAFETY: the pointer is to a static text that ends in a NUL.
        let text = unsafe { CStr::from_ptr(pointer) };
        assert_eq!(text.to_str(), Ok(lienthong::VERSION));
    }

    #[test]
    fn the_loaded_interface_is_the_one_of_the_header() {
        assert_eq!(lienthong_abi_version(), LIENTHONG_ABI_VERSION);
    }
}
