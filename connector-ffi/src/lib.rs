//! The C interface of lienthong.
