//! A list that grows at its end and is cut at its beginning, in pieces that copies share.

use std::collections::VecDeque;
use std::rc::Rc;

/// How long a piece is: a copy costs a step for each, and a change after it a step for each entry of the last one.
const PIECE: usize = 250;

/// What happened, oldest first, up to a number of entries; beyond that, the oldest quarter goes. Every command copies the cluster
/// for undo: in one [`Vec`], that would copy each entry's pointer.
#[derive(Clone, Debug)]
pub struct Log<T> {
    // All full but the last.
    pieces: VecDeque<Rc<Vec<T>>>,
    pieces_max: usize,
}

impl<T: Clone> Log<T> {
    /// An empty one, which is cut when it has so many entries: a multiple of 1,000.
    pub fn new(length_max: usize) -> Self {
        debug_assert!(length_max.is_multiple_of(PIECE * 4), "a quarter is whole pieces");
        Log { pieces: VecDeque::new(), pieces_max: length_max / PIECE }
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: T) {
        if let Some(last) = self.pieces.back_mut().filter(|last| last.len() < PIECE) {
            Rc::make_mut(last).push(entry);
            return;
        }
        if self.pieces.len() >= self.pieces_max {
            self.pieces.drain(..self.pieces_max / 4);
        }
        let mut piece = Vec::with_capacity(PIECE);
        piece.push(entry);
        self.pieces.push_back(Rc::new(piece));
    }
}

impl<T> Log<T> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.pieces.back().map_or(0, |last| (self.pieces.len() - 1) * PIECE + last.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The entry at that place, the oldest that is kept being 0.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.pieces.get(index / PIECE)?.get(index % PIECE)
    }

    /// All of it.
    pub fn all(&self) -> Part<'_, T> {
        Part { log: self, from: 0, to: self.len() }
    }

    /// About how many bytes a copy takes that it does not share.
    pub fn size(&self) -> usize {
        (self.pieces.len() + PIECE) * std::mem::size_of::<usize>()
    }
}

/// A stretch of a [`Log`].
#[derive(Debug)]
pub struct Part<'a, T> {
    log: &'a Log<T>,
    from: usize,
    to: usize,
}

impl<'a, T> Part<'a, T> {
    /// What is behind those that fulfil `comes_before`, which are the first ones.
    #[must_use]
    pub fn after(self, comes_before: impl Fn(&T) -> bool) -> Self {
        Part { from: self.boundary(comes_before), ..self }
    }

    /// The first ones, as long as they fulfil `belongs`.
    #[must_use]
    pub fn until(self, belongs: impl Fn(&T) -> bool) -> Self {
        Part { to: self.boundary(belongs), ..self }
    }

    /// How many entries it has.
    pub fn len(self) -> usize {
        self.to - self.from
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Its entries, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'a T> + Clone {
        (self.from..self.to).filter_map(|index| self.log.get(index))
    }

    /// The entry at that place, its first being 0.
    pub fn get(self, index: usize) -> Option<&'a T> {
        (index < self.len()).then(|| self.log.get(self.from + index)).flatten()
    }

    /// Its first entry.
    pub fn first(self) -> Option<&'a T> {
        self.get(0)
    }

    /// Its last entry.
    pub fn last(self) -> Option<&'a T> {
        self.iter().next_back()
    }

    /// A copy of it.
    pub fn to_vec(self) -> Vec<T>
    where
        T: Clone,
    {
        self.iter().cloned().collect()
    }

    /// Halves the stretch until it knows where the entries end that fulfil `comes_before`.
    fn boundary(self, comes_before: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (self.from, self.to);
        while low < high {
            let middle = low.midpoint(high);
            if self.log.get(middle).is_some_and(&comes_before) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

impl<T> Copy for Part<'_, T> {}

impl<T> Clone for Part<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(count: usize) -> Log<usize> {
        let mut log = Log::new(1_000);
        (0..count).for_each(|number| log.push(number));
        log
    }

    #[test]
    fn is_a_list() {
        for count in [0, 1, 249, 250, 251, 999, 1_000] {
            let log = log_of(count);
            assert_eq!(log.len(), count);
            assert_eq!(log.is_empty(), count == 0);
            assert_eq!(log.all().to_vec(), (0..count).collect::<Vec<_>>());
            assert_eq!(log.all().first().copied(), (count > 0).then_some(0));
            assert_eq!(log.all().last().copied(), count.checked_sub(1));
            assert!(log.all().iter().rev().copied().eq((0..count).rev()));
        }
    }

    #[test]
    fn loses_its_oldest_quarter_when_it_is_full() {
        assert_eq!(log_of(1_001).all().to_vec(), (250..1_001).collect::<Vec<_>>());
        assert_eq!(log_of(1_250).all().first(), Some(&250));
        assert_eq!(log_of(1_251).all().first(), Some(&500));
    }

    #[test]
    fn a_part_is_found_wherever_it_begins_and_ends() {
        let log = log_of(600);
        for (after, until) in [(0, 600), (249, 251), (250, 500), (599, 600), (300, 300), (700, 800)] {
            let part = log.all().after(|number| *number < after).until(|number| *number < until);
            assert_eq!(part.get(part.len()), None);
            assert_eq!(part.to_vec(), (after..until.min(600)).collect::<Vec<_>>());
            assert_eq!((part.len(), part.is_empty()), (part.to_vec().len(), part.to_vec().is_empty()));
        }
    }

    #[test]
    fn copies_share_all_but_what_one_of_them_added() {
        let log = log_of(600);
        let mut other = log.clone();
        other.push(600);
        assert_eq!((log.len(), other.len()), (600, 601));
        assert!(Rc::ptr_eq(&log.pieces[0], &other.pieces[0]));
        assert!(!Rc::ptr_eq(&log.pieces[2], &other.pieces[2]));
    }
}
