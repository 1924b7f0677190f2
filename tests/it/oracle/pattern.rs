//! LIKE patterns of the model, with both their readings: SQL's, and Java's regular expressions as SQLite's GLOB.

use super::random::Random;

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Atom {
    /// The same in both.
    Letter(char),
    Percent,
    Underscore,
    Dot,
    DotStar,
    /// `[ab]`
    Class,
    /// A backslash and what it takes literally; SQL's takes only `%`, `_` and itself.
    Escaped(char),
    /// An alternative of regular expressions.
    Bar,
    /// A parenthesis that nothing closes: no regular expression.
    Broken,
}

#[derive(Debug, Clone)]
pub struct Pattern(Vec<Atom>);

const ATOMS: [Atom; 24] = [
    Atom::Letter('a'),
    Atom::Letter('a'),
    Atom::Letter('b'),
    Atom::Letter('A'),
    Atom::Letter('é'),
    Atom::Letter('日'),
    Atom::Letter('2'),
    Atom::Letter('0'),
    Atom::Letter('5'),
    Atom::Letter('-'),
    Atom::Letter(' '),
    Atom::Percent,
    Atom::Percent,
    Atom::Percent,
    Atom::Underscore,
    Atom::Underscore,
    Atom::Dot,
    Atom::DotStar,
    Atom::DotStar,
    Atom::Class,
    Atom::Escaped('%'),
    Atom::Escaped('_'),
    Atom::Escaped('\\'),
    Atom::Escaped('.'),
];

impl Pattern {
    pub fn new(random: &mut Random) -> Self {
        let mut atoms: Vec<Atom> = (0..random.below(5)).map(|_| random.pick(&ATOMS)).collect();
        if random.chance(10) {
            atoms.insert(random.below(atoms.len() + 1), random.pick(&[Atom::Bar, Atom::Bar, Atom::Broken]));
        }
        Self(atoms)
    }

    /// The pattern as a filter has it, without quotes.
    pub fn text(&self) -> String {
        let text = |atom: &Atom| match atom {
            Atom::Letter(c) => c.to_string(),
            Atom::Percent => "%".to_owned(),
            Atom::Underscore => "_".to_owned(),
            Atom::Dot => ".".to_owned(),
            Atom::DotStar => ".*".to_owned(),
            Atom::Class => "[ab]".to_owned(),
            Atom::Escaped(c) => format!("\\{c}"),
            Atom::Bar => "|".to_owned(),
            Atom::Broken => "(".to_owned(),
        };
        self.0.iter().map(text).collect()
    }

    /// SQL's reading, for LIKE with `ESCAPE '\'`, where each backslash escapes.
    pub fn like(&self) -> String {
        let like = |atom: &Atom| match atom {
            Atom::Escaped('.') => "\\\\.".to_owned(),
            Atom::Escaped(c) => format!("\\{c}"),
            other => Self(vec![*other]).text(),
        };
        self.0.iter().map(like).collect()
    }

    /// Java's reading: any of these GLOB patterns; none where it is no regular expression.
    pub fn globs(&self) -> Vec<String> {
        if self.0.contains(&Atom::Broken) {
            return Vec::new();
        }
        let glob = |atom: &Atom| match atom {
            Atom::Dot => "?".to_owned(),
            Atom::DotStar => "*".to_owned(),
            Atom::Escaped(c) => c.to_string(),
            other => Self(vec![*other]).text(),
        };
        self.0.split(|atom| *atom == Atom::Bar).map(|atoms| atoms.iter().map(glob).collect()).collect()
    }

    /// Patterns that are a piece shorter.
    pub fn shorter(&self) -> Vec<Self> {
        let without = |at: usize| {
            let mut atoms = self.0.clone();
            atoms.remove(at);
            Self(atoms)
        };
        (0..self.0.len()).map(without).collect()
    }
}
