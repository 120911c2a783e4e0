//! Sorting and gathering with little code for each type: the standard library's are instantiated for every element
//! type (3.5 KB of wasm a sort, 6 KB a map that is collected), and there are some fifty of them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts stably, as `slice::sort_by` does.
pub fn sort_by<T>(items: &mut [T], mut order: impl FnMut(&T, &T) -> Ordering) {
    let places = places(items.len(), &mut |a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    settle(places, &mut |a, b| items.swap(a, b));
}

/// Sorts stably by a key, as `slice::sort_by_cached_key` does: the key is made once for each element.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl FnMut(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let places = places(keys.len(), &mut |a, b| keys.get(a).cmp(&keys.get(b)));
    settle(places, &mut |a, b| items.swap(a, b));
}

/// Sorts, as `slice::sort` does.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Gathers pairs, as `collect` does: of equal keys the last one stays.
pub fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}

/// Gathers values, as `collect` does.
pub fn set<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for value in values {
        set.insert(value);
    }
    set
}

/// Up to how many are sorted by insertion: Go's number, so that as many come out as Go has them, in whatever order.
const INSERTED: usize = 12;

/// For each place the index of what belongs there. The one sort that everything here shares.
///
/// The standard library's sort panics when it finds out that an order contradicts itself, as go-yaml's order of keys
/// does (`api/yaml/print.rs`); this one puts them in some order.
fn places(count: usize, order: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    for run in places.chunks_mut(INSERTED) {
        for end in 1..run.len() {
            let mut later = end;
            while let Some([a, b]) = later.checked_sub(1).and_then(|earlier| run.get_mut(earlier..=later)) {
                if order(*a, *b) != Ordering::Greater {
                    break;
                }
                std::mem::swap(a, b);
                later -= 1;
            }
        }
    }
    let mut width = INSERTED;
    while width < count {
        places =
            places.chunks(width * 2).flat_map(|pair| merged(pair.split_at(width.min(pair.len())), order)).collect();
        width *= 2;
    }
    places
}

/// Two sorted runs as one.
fn merged((mut left, mut right): (&[usize], &[usize]), order: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    loop {
        let from = match (left.first(), right.first()) {
            (Some(a), Some(b)) if order(*a, *b) == Ordering::Greater => &mut right,
            (Some(_), _) => &mut left,
            (None, _) => &mut right,
        };
        let Some((first, rest)) = from.split_first() else { return merged };
        merged.push(*first);
        *from = rest;
    }
}

/// Moves everything to its place: turns each cycle of the permutation by one.
fn settle(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut here = start;
        while let Some(from) = places.get_mut(here).map(|place| std::mem::replace(place, here)) {
            if from == start || from == here {
                break;
            }
            swap(here, from);
            here = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are always the same.
    fn numbers(count: u32) -> Vec<u32> {
        let step = |seed: &mut u32| {
            *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(*seed >> 16)
        };
        std::iter::repeat_n((), count as usize).scan(count, |seed, ()| step(seed)).collect()
    }

    #[test]
    fn sorts_as_the_standard_library_does() {
        for count in [0, 1, 2, 3, 7, 20, 21, 100, 1000] {
            // Few different keys, so that stability shows.
            let mut ours: Vec<(u32, usize)> = numbers(count).into_iter().map(|n| n % 16).zip(0..).collect();
            let (mut by_key, mut theirs) = (ours.clone(), ours.clone());
            theirs.sort_by_key(|pair| pair.0);
            sort_by(&mut ours, |a, b| a.0.cmp(&b.0));
            sort_by_key(&mut by_key, |pair| pair.0);
            assert_eq!(ours, theirs, "{count}");
            assert_eq!(by_key, theirs, "{count}");
        }
        let mut words = ["pear", "apple", "fig"];
        sort(&mut words);
        assert_eq!(words, ["apple", "fig", "pear"]);
    }

    /// Stone, scissors, paper.
    #[test]
    fn an_order_that_contradicts_itself_is_some_order() {
        for count in [3, 12, 13, 20, 21, 100, 1000] {
            let mut ours = numbers(count);
            let mut before = ours.clone();
            sort_by(&mut ours, |a, b| match (a % 3).cmp(&(b % 3)) {
                found if (a % 3).abs_diff(b % 3) == 2 => found.reverse(),
                found => found,
            });
            sort(&mut ours);
            sort(&mut before);
            assert_eq!(ours, before, "{count}");
        }
    }

    #[test]
    fn gathers_as_collect_does() {
        let pairs = [(2, 'a'), (1, 'b'), (2, 'c')];
        assert_eq!(map(pairs), pairs.into_iter().collect());
        assert_eq!(set([3, 1, 3]), BTreeSet::from([1, 3]));
    }
}
