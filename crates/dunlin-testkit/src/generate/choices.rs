//! Numbers as choices.

/// Numbers, read one after the other; behind the last every choice is the first.
pub(super) struct Choices<'n> {
    numbers: std::slice::Iter<'n, u16>,
}

impl<'n> Choices<'n> {
    pub(super) fn new(numbers: &'n [u16]) -> Self {
        Self { numbers: numbers.iter() }
    }

    /// One of `0..count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let number = self.numbers.next().copied().unwrap_or_default();
        usize::from(number) % count.max(1)
    }

    /// One of some.
    pub(super) fn one<'i, T>(&mut self, of: &'i [T]) -> Option<&'i T> {
        let at = self.below(of.len());
        of.get(at)
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}
