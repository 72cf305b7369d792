//! The shared library bears the number of its binary interface in its soname, so that a loader
//! refuses a program that was built for another.

fn main() {
    println!("cargo:rerun-if-changed=src/version.rs");
    let source = include_str!("src/version.rs");
    let number = source
        .split_once("LIENTHONG_ABI_VERSION: u32 = ")
        .and_then(|(_, rest)| rest.split_once(';'))
        .map_or("", |(number, _)| number);
    assert!(
        !number.is_empty(),
        "src/version.rs states no LIENTHONG_ABI_VERSION"
    );
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,liblienthong.so.{number}");
        // A host that unloads it (PHP at the end of a script) would take the code away from under
        // threads that still run.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
