//! The suite that certifiers run: cases about a connector, a packet or an axis,
//! the runner that carries them out, and the reports. `docs/certify.md` is for
//! who runs it, `docs/driver.md` for who has a product to put under test.

mod archive;
pub mod bench;
pub mod by_hand;
pub mod case;
pub mod cases;
pub mod clause;
pub mod evidence;
pub mod gateway;
pub mod lab;
pub mod letter;
pub mod product;
pub mod report;
pub mod run;
pub mod sample;
pub(crate) mod signing;
pub mod text;
pub(crate) mod tls;
pub mod tree;
pub mod verdict;

pub(crate) use text::said;
