//! The code of each row, in as few bytes as the codes need.

/// A code per row.
#[derive(Debug, Clone)]
pub enum Codes {
    One(Box<[u8]>),
    Two(Box<[u16]>),
    Four(Box<[u32]>),
}

impl Codes {
    /// `count`: codes are below.
    pub fn new(codes: impl Iterator<Item = u32>, count: usize) -> Self {
        if count <= 1 << u8::BITS {
            Self::One(codes.map(|code| code as u8).collect())
        } else if count <= 1 << u16::BITS {
            Self::Two(codes.map(|code| code as u16).collect())
        } else {
            Self::Four(codes.collect())
        }
    }

    pub fn get(&self, row: u32) -> Option<u32> {
        let row = row as usize;
        match self {
            Self::One(codes) => codes.get(row).map(|code| u32::from(*code)),
            Self::Two(codes) => codes.get(row).map(|code| u32::from(*code)),
            Self::Four(codes) => codes.get(row).copied(),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::One(codes) => codes.len(),
            Self::Two(codes) => codes.len(),
            Self::Four(codes) => codes.len(),
        }
    }

    /// Sees every row's code, in order.
    pub fn each(&self, mut see: impl FnMut(u32, u32)) {
        // Three loops, so that none asks for the width at every row.
        match self {
            Self::One(codes) => (0..).zip(codes).for_each(|(row, code)| see(row, u32::from(*code))),
            Self::Two(codes) => (0..).zip(codes).for_each(|(row, code)| see(row, u32::from(*code))),
            Self::Four(codes) => (0..).zip(codes).for_each(|(row, code)| see(row, *code)),
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Self::One(codes) => codes.len(),
            Self::Two(codes) => 2 * codes.len(),
            Self::Four(codes) => 4 * codes.len(),
        }
    }
}
