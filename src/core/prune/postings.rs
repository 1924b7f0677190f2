//! The rows of each code.

use std::ops::Range;

use super::codes::Codes;
use super::rows::Rows;

/// From a code to its rows. It is made with the set, not when it is first asked for: making it costs less than one look
/// at every row's text, and a reader never waits for it.
#[derive(Debug, Clone)]
pub struct Postings {
    /// How many rows have a lesser code, by code, and at the end how many rows there are.
    starts: Box<[u32]>,
    layout: Layout,
}

#[derive(Debug, Clone)]
enum Layout {
    /// Codes ascend along the rows, as a leading key's do: `starts` are row numbers.
    Ascending,
    /// Row numbers, code by code: for a key of which each value has few rows.
    Listed(Box<[u32]>),
    /// A set per code: for a key of few values.
    Sets(Box<[Rows]>),
}

/// Rows of a code, ascending.
pub enum Posting<'a> {
    Range(Range<u32>),
    Listed(std::slice::Iter<'a, u32>),
    Set(roaring::bitmap::Iter<'a>),
}

/// Rows that one container of a set spans.
const CHUNK: usize = 1 << 16;
/// From so many rows a container on, a set is smaller than a list.
const DENSE: usize = 64;
/// Rows in so many parts of all are gathered and sorted; more are read off the codes.
const SPARSE: usize = 16;

impl Postings {
    /// `count`: codes are below.
    pub fn new(codes: &Codes, count: usize) -> Self {
        let mut starts = vec![0_u32; count + 1];
        let (mut before, mut ascending) = (0, true);
        codes.each(|_, code| {
            ascending &= before <= code;
            before = code;
            if let Some(rows) = starts.get_mut(code as usize + 1) {
                *rows += 1;
            }
        });
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let layout = if ascending { Layout::Ascending } else { Layout::scattered(codes, &starts) };
        Self { starts: starts.into_boxed_slice(), layout }
    }

    fn start(&self, code: u32) -> u32 {
        self.starts.get(code as usize).or(self.starts.last()).copied().unwrap_or(0)
    }

    fn span(&self, codes: &Range<u32>) -> Range<u32> {
        self.start(codes.start)..self.start(codes.end)
    }

    /// How many rows have one of these codes.
    pub fn count(&self, codes: &Range<u32>) -> usize {
        self.span(codes).len()
    }

    /// The rows of a code, if they are a range.
    pub fn range(&self, code: u32) -> Option<Range<u32>> {
        matches!(self.layout, Layout::Ascending).then(|| self.span(&(code..code + 1)))
    }

    /// The rows of a code that are within a range.
    pub fn posting(&self, code: u32, within: Range<u32>) -> Posting<'_> {
        let span = self.span(&(code..code + 1));
        match &self.layout {
            Layout::Ascending => Posting::Range(span.start.max(within.start)..span.end.min(within.end)),
            Layout::Listed(rows) => {
                let rows = rows.get(span.start as usize..span.end as usize).unwrap_or_default();
                let start = rows.partition_point(|row| *row < within.start);
                let end = rows.partition_point(|row| *row < within.end);
                Posting::Listed(rows.get(start..end).unwrap_or_default().iter())
            }
            Layout::Sets(sets) => match sets.get(code as usize) {
                Some(rows) => Posting::Set(rows.iter_range(within)),
                None => Posting::Range(0..0),
            },
        }
    }

    /// The rows of all these codes, which ascend; at least those that are `within`.
    pub fn rows(&self, codes: &[Range<u32>], of: &Codes, within: Option<&Rows>) -> Rows {
        let mut all = Rows::none();
        match &self.layout {
            Layout::Ascending => codes.iter().for_each(|codes| all.insert_range(self.span(codes))),
            Layout::Listed(rows) => return self.gathered(codes, of, rows),
            Layout::Sets(sets) => {
                for code in codes.iter().cloned().flatten() {
                    let Some(rows) = sets.get(code as usize) else { continue };
                    all.unite(within.map_or_else(|| rows.clone(), |within| rows.and(within)));
                }
            }
        }
        all
    }

    fn gathered(&self, codes: &[Range<u32>], of: &Codes, listed: &[u32]) -> Rows {
        let total: usize = codes.iter().map(|codes| self.count(codes)).sum();
        if total > of.len() / SPARSE {
            let mut wanted = vec![false; self.starts.len()];
            for codes in codes {
                wanted[codes.start as usize..codes.end as usize].fill(true);
            }
            let mut rows = Vec::with_capacity(total);
            of.each(|row, code| {
                if wanted.get(code as usize) == Some(&true) {
                    rows.push(row);
                }
            });
            return Rows::from_ascending(rows);
        }
        let spans = codes.iter().map(|codes| self.span(codes));
        let slices = spans.filter_map(|span| listed.get(span.start as usize..span.end as usize));
        let mut rows: Vec<u32> = slices.flatten().copied().collect();
        rows.sort_unstable();
        Rows::from_ascending(rows)
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        let layout = match &self.layout {
            Layout::Ascending => 0,
            Layout::Listed(rows) => size_of_val(&**rows),
            Layout::Sets(sets) => sets.iter().map(Rows::bytes).sum(),
        };
        size_of_val(&*self.starts) + layout
    }
}

impl Layout {
    fn scattered(codes: &Codes, starts: &[u32]) -> Self {
        let mut listed = vec![0_u32; codes.len()];
        let mut next = starts.to_vec();
        codes.each(|row, code| {
            if let Some(at) = next.get_mut(code as usize)
                && let Some(slot) = listed.get_mut(*at as usize)
            {
                *slot = row;
                *at += 1;
            }
        });
        if starts.len() * codes.len().div_ceil(CHUNK) * DENSE > codes.len() {
            return Self::Listed(listed.into_boxed_slice());
        }
        let spans = starts.array_windows().filter_map(|[start, end]| listed.get(*start as usize..*end as usize));
        Self::Sets(spans.map(|rows| Rows::from_ascending(rows.iter().copied()).compressed()).collect())
    }
}

impl Iterator for Posting<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        match self {
            Self::Range(rows) => rows.next(),
            Self::Listed(rows) => rows.next().copied(),
            Self::Set(rows) => rows.next(),
        }
    }
}
