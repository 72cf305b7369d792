//! Handles: what a caller holds in place of a pointer.
//!
//! A handle names a slot of a table, the generation of the slot and the type of
//! what lies there. So a handle that was freed, one of another type, and a
//! number that never was one are known as such, and what is freed while another
//! thread uses it stays until that one is done. The table takes no lock: a
//! process that forks while another thread is inside a call finds it whole.
//!
//! It is the one thing here that belongs to the process and to no connector; it
//! holds what callers own and nothing else.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use crate::failure::Failure;

/// What can lie behind a handle.
pub(crate) trait Object: Send + Sync + 'static {
    /// The type in C.
    type C;
    /// A number of its own, below 128.
    const KIND: u32;
}

/// One place of the table.
///
/// `word` holds, from the top: the generation (31 bits), one bit that is never
/// set, whether the handle is alive (1 bit), and how many hold it (31 bits), the
/// owner counted.
struct Slot {
    word: AtomicU64,
    value: AtomicPtr<()>,
    kind: AtomicU32,
    /// The next free place, counted from 1; 0 for none.
    next: AtomicU32,
}

const LIVE: u64 = 1 << 31;
const HOLDERS: u64 = LIVE - 1;
const GENERATIONS: u64 = 0x7FFF_FFFF;

/// Places of the first piece of the table; each further piece has twice as many
/// as the one before.
const FIRST: usize = 64;
const PIECES: usize = 18;
const MOST: usize = FIRST * ((1 << PIECES) - 1);

static TABLE: [AtomicPtr<Slot>; PIECES] = [const { AtomicPtr::new(ptr::null_mut()) }; PIECES];
/// How many places were ever given out.
static USED: AtomicUsize = AtomicUsize::new(0);
/// The first free place, counted from 1, and above it a number that changes each
/// time, so that one thread sees what another did meanwhile.
static FREE: AtomicU64 = AtomicU64::new(0);
/// How many handles are alive.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// How many handles are alive in this process.
pub(crate) fn alive() -> usize {
    ALIVE.load(Ordering::Relaxed)
}

fn place(index: usize) -> Option<(usize, usize)> {
    let piece = (index / FIRST + 1).checked_ilog2()? as usize;
    let before = FIRST * ((1 << piece) - 1);
    (piece < PIECES).then_some((piece, index - before))
}

fn slot(index: usize) -> Option<&'static Slot> {
    let (piece, offset) = place(index)?;
    let start = TABLE.get(piece)?.load(Ordering::Acquire);
    if start.is_null() {
        return None;
    }
    // SAFETY: a piece, once in the table, stays for good, has `FIRST << piece`
    // places, and `place` keeps the offset below that.
    Some(unsafe { &*start.add(offset) })
}

/// The place, made where its piece of the table is not there yet.
fn made(index: usize) -> Option<&'static Slot> {
    let (piece, _) = place(index)?;
    let entry = TABLE.get(piece)?;
    if entry.load(Ordering::Acquire).is_null() {
        let slots: Box<[Slot]> = (0..FIRST << piece)
            .map(|_| Slot {
                word: AtomicU64::new(1 << 32),
                value: AtomicPtr::new(ptr::null_mut()),
                kind: AtomicU32::new(0),
                next: AtomicU32::new(0),
            })
            .collect();
        let slots: *mut [Slot] = Box::into_raw(slots);
        let none = ptr::null_mut();
        let set = entry.compare_exchange(none, slots.cast(), Ordering::AcqRel, Ordering::Acquire);
        if set.is_err() {
            // SAFETY: another thread was faster; nobody has seen this piece.
            drop(unsafe { Box::from_raw(slots) });
        }
    }
    slot(index)
}

/// A free place.
fn take() -> Option<usize> {
    loop {
        let head = FREE.load(Ordering::Acquire);
        let Some(index) = (head & u64::from(u32::MAX)).checked_sub(1) else {
            break;
        };
        let index = usize::try_from(index).ok()?;
        let next = u64::from(slot(index)?.next.load(Ordering::Acquire));
        let changed = (head >> 32).wrapping_add(1) << 32;
        let swap = FREE.compare_exchange(head, changed | next, Ordering::AcqRel, Ordering::Relaxed);
        if swap.is_ok() {
            return Some(index);
        }
    }
    let index = USED.fetch_add(1, Ordering::AcqRel);
    if index >= MOST {
        USED.fetch_sub(1, Ordering::AcqRel);
        return None;
    }
    Some(index)
}

fn give_back(index: usize, slot: &Slot) {
    let Ok(number) = u32::try_from(index + 1) else {
        return;
    };
    loop {
        let head = FREE.load(Ordering::Acquire);
        // The low half is the index; it fits by construction.
        slot.next
            .store((head & u64::from(u32::MAX)) as u32, Ordering::Release);
        let changed = (head >> 32).wrapping_add(1) << 32;
        let swap = FREE.compare_exchange(
            head,
            changed | u64::from(number),
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        if swap.is_ok() {
            return;
        }
    }
}

/// The lowest bit is always set: no aligned pointer looks like a handle.
fn packed(index: usize, generation: u64, kind: u32) -> usize {
    ((index as u64) << 40 | generation << 9 | u64::from(kind) << 1 | 1) as usize
}

/// Index, generation and kind of what may be a handle.
fn unpacked(handle: usize) -> Option<(usize, u64, u32)> {
    let bits = handle as u64;
    let kind = (bits >> 1 & 0xFF) as u32;
    (bits & 1 == 1).then_some(((bits >> 40) as usize, bits >> 9 & GENERATIONS, kind))
}

/// Puts a value into the table.
pub(crate) fn put<T: Object>(value: T) -> Result<*mut T::C, Failure> {
    let full = || Failure::resources("handles");
    let index = take().ok_or_else(full)?;
    let slot = made(index).ok_or_else(full)?;
    let generation = slot.word.load(Ordering::Acquire) >> 32;
    let value: *mut T = Box::into_raw(Box::new(value));
    slot.value.store(value.cast(), Ordering::Release);
    slot.kind.store(T::KIND, Ordering::Release);
    slot.word
        .store(generation << 32 | LIVE | 1, Ordering::Release);
    ALIVE.fetch_add(1, Ordering::Relaxed);
    Ok(ptr::without_provenance_mut(packed(
        index,
        generation,
        T::KIND,
    )))
}

/// The place of a handle, if it is one of this type that was not freed.
fn find<T: Object>(handle: usize) -> Option<(usize, u64, &'static Slot)> {
    let (index, generation, kind) = unpacked(handle)?;
    if kind != T::KIND {
        return None;
    }
    Some((index, generation, slot(index)?))
}

fn is(word: u64, generation: u64) -> bool {
    word >> 32 == generation && word & LIVE != 0
}

/// A value that is held: it is not freed meanwhile.
pub(crate) struct Held<T: Object> {
    index: usize,
    slot: &'static Slot,
    value: *const T,
    of: PhantomData<T>,
}

/// Holds the value behind a handle.
pub(crate) fn get<T: Object>(handle: *const T::C) -> Result<Held<T>, Failure> {
    let gone = || Failure::handle(handle.is_null());
    let (index, generation, slot) = find::<T>(handle.addr()).ok_or_else(gone)?;
    let mut word = slot.word.load(Ordering::Acquire);
    loop {
        if !is(word, generation) || word & HOLDERS == HOLDERS {
            return Err(gone());
        }
        let more = word + 1;
        match slot
            .word
            .compare_exchange_weak(word, more, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => break,
            Err(now) => word = now,
        }
    }
    let held = Held {
        index,
        slot,
        value: slot.value.load(Ordering::Acquire).cast_const().cast::<T>(),
        of: PhantomData,
    };
    // A forged number may name the generation of another type.
    if slot.kind.load(Ordering::Acquire) != T::KIND {
        std::mem::forget(held);
        slot.word.fetch_sub(1, Ordering::AcqRel);
        return Err(gone());
    }
    Ok(held)
}

/// Frees a handle; one that is NULL, or none, or freed already, is left alone.
pub(crate) fn free<T: Object>(handle: *mut T::C) {
    let Some((index, generation, slot)) = find::<T>(handle.addr()) else {
        return;
    };
    if slot.kind.load(Ordering::Acquire) != T::KIND {
        return;
    }
    let mut word = slot.word.load(Ordering::Acquire);
    loop {
        if !is(word, generation) {
            return;
        }
        let dead = (word & !LIVE) - 1;
        match slot
            .word
            .compare_exchange_weak(word, dead, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) if dead & HOLDERS == 0 => return end::<T>(index, slot),
            Ok(_) => return,
            Err(now) => word = now,
        }
    }
}

/// The last holder has gone.
fn end<T: Object>(index: usize, slot: &'static Slot) {
    let value = slot
        .value
        .swap(ptr::null_mut(), Ordering::AcqRel)
        .cast::<T>();
    let generation = slot.word.load(Ordering::Acquire) >> 32;
    let next = (generation % GENERATIONS) + 1;
    slot.word.store(next << 32, Ordering::Release);
    ALIVE.fetch_sub(1, Ordering::Relaxed);
    give_back(index, slot);
    // SAFETY: the pointer came from `Box::into_raw` of this type in `put`, which the
    // kind of the slot says; it was taken out of the slot here, once, when nobody
    // held it any more.
    drop(unsafe { Box::from_raw(value) });
}

impl<T: Object> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: as long as this is there, it is counted in the word of the slot, so
        // `end` has not run; the value is of type `T` by the kind of the slot.
        unsafe { &*self.value }
    }
}

impl<T: Object> Drop for Held<T> {
    fn drop(&mut self) {
        let before = self.slot.word.fetch_sub(1, Ordering::AcqRel);
        if before & LIVE == 0 && before & HOLDERS == 1 {
            end::<T>(self.index, self.slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    struct Thing(Arc<AtomicUsize>);
    struct Other;
    enum ThingC {}
    enum OtherC {}

    impl Object for Thing {
        type C = ThingC;
        const KIND: u32 = 100;
    }

    impl Object for Other {
        type C = OtherC;
        const KIND: u32 = 101;
    }

    impl Drop for Thing {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_handle_is_good_until_it_is_freed_and_freeing_it_again_does_nothing() {
        let dropped = Arc::new(AtomicUsize::new(0));
        let handle = put(Thing(Arc::clone(&dropped))).ok().unwrap();
        assert!(get::<Thing>(handle).is_ok());
        free::<Thing>(handle);
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
        assert!(get::<Thing>(handle).is_err());
        let again = put(Thing(Arc::clone(&dropped))).ok().unwrap();
        assert_ne!(handle, again);
        free::<Thing>(handle);
        assert!(get::<Thing>(again).is_ok());
        free::<Thing>(again);
        free::<Thing>(again);
        assert_eq!(dropped.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn what_is_held_stays_until_it_is_let_go() {
        let dropped = Arc::new(AtomicUsize::new(0));
        let handle = put(Thing(Arc::clone(&dropped))).ok().unwrap();
        let held = get::<Thing>(handle).ok().unwrap();
        free::<Thing>(handle);
        assert!(get::<Thing>(handle).is_err());
        assert_eq!(dropped.load(Ordering::SeqCst), 0);
        assert_eq!(held.0.load(Ordering::SeqCst), 0);
        drop(held);
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn another_type_and_a_number_that_is_none_are_found_out() {
        let handle = put(Other).ok().unwrap();
        assert!(get::<Thing>(handle.cast()).is_err());
        free::<Thing>(handle.cast());
        assert!(get::<Other>(handle).is_ok());
        free::<Other>(handle);
        for number in [0_usize, 1, 2, 0x7FFF_1234_5678, usize::MAX, usize::MAX - 1] {
            let handle: *mut OtherC = ptr::without_provenance_mut(number);
            assert!(get::<Other>(handle).is_err(), "{number:x}");
            free::<Other>(handle);
        }
    }

    #[test]
    fn sixteen_threads_lose_and_double_nothing() {
        let dropped = Arc::new(AtomicUsize::new(0));
        let shared = put(Thing(Arc::clone(&dropped))).ok().unwrap().addr();
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        let own = put(Thing(Arc::clone(&dropped))).ok().unwrap();
                        assert!(get::<Thing>(own).is_ok());
                        let shared = ptr::without_provenance(shared);
                        assert!(get::<Thing>(shared).is_ok());
                        free::<Thing>(own);
                        assert!(get::<Thing>(own).is_err());
                    }
                });
            }
        });
        assert_eq!(dropped.load(Ordering::SeqCst), 32_000);
        free::<Thing>(ptr::without_provenance_mut(shared));
        assert_eq!(dropped.load(Ordering::SeqCst), 32_001);
    }

    #[test]
    fn places_of_the_table_do_not_overlap() {
        let mut before = (0, usize::MAX);
        for index in 0..100_000 {
            let (piece, offset) = place(index).unwrap();
            assert!(offset < FIRST << piece);
            let next = (piece == before.0 && offset == before.1.wrapping_add(1))
                || (piece == before.0 + 1 && offset == 0);
            assert!(next || index == 0, "{index}");
            before = (piece, offset);
        }
        assert!(place(MOST - 1).is_some() && place(MOST).is_none());
    }
}
