//! Randomness from the seed: names, UIDs, jitter. The same seed gives the same cluster, for ever.
//!
//! ChaCha8 because its stream is part of its crate's promise, on every platform.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::fmt::Write;

/// The letters of generated names: no vowels, no `y`, no `0 1 3`, so that no words come out.
pub const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// A seeded source of randomness.
#[derive(Clone, Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Random(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A stream of its own for `purpose`, the same however often others have drawn: FNV-1a of the purpose is
    /// mixed into the seed.
    pub fn stream(seed: u64, purpose: &str) -> Self {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in purpose.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Random::new(seed ^ hash)
    }

    /// A number below `limit` (0 if `limit` is 0), uniform enough for names and jitter.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.0.next_u64() % limit }
    }

    /// A version-4 UUID in lower case.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0u8; 16];
        self.0.fill_bytes(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The random end of a generated name, `length` letters of [`ALPHABET`].
    pub fn suffix(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| {
                let index = usize::try_from(self.below(27)).unwrap_or(0);
                ALPHABET.get(index).copied().unwrap_or(b'b') as char
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_itself() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (random.uuid(), random.suffix(5))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let (uuid, suffix) = draw(7);
        assert_eq!((uuid.len(), uuid.as_bytes().get(14), suffix.len()), (36, Some(&b'4'), 5));
    }
}
