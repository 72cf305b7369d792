/* lienthong: packets of Vietnam's national document axis.
 *
 * Generated from connector-ffi/src by `cargo xtask generate`: change the source, not this file.
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef LIENTHONG_H
#define LIENTHONG_H

#include <stddef.h>
#include <stdint.h>

// The binary interface this header describes. It grows by one whenever a program compiled
// against an older header could break; additions leave it as it is.
#define LIENTHONG_ABI_VERSION 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The version of the library as text, for example "0.1.0".
//
// The text is UTF-8, ends in a NUL, is never freed and may be used from any thread.
// NULL is given back only after a fault inside the library.
const char *lienthong_version(void);

// The binary interface of the loaded library.
//
// A program compares it with LIENTHONG_ABI_VERSION of the header it was compiled with and
// stops if they differ. 0 is given back only after a fault inside the library.
uint32_t lienthong_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* LIENTHONG_H */
