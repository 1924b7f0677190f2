//! SQL LIKE patterns over parameter keys (`includeParamKeyPattern`, `excludeParamKeyPattern`), semantics §7.

/// `%` is any run of characters, `_` one character; a backslash takes `%`, `_` and itself literally. Case counts, and
/// the whole text must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikePattern(Vec<Token>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Run,
    One,
    Literal(char),
}

impl LikePattern {
    pub fn new(text: &str) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let token = match c {
                '%' => Token::Run,
                '_' => Token::One,
                '\\' => Token::Literal(characters.next_if(|c| matches!(c, '%' | '_' | '\\')).unwrap_or('\\')),
                c => Token::Literal(c),
            };
            // Two runs are one: this keeps the matcher's worst case at pattern times text.
            if token != Token::Run || tokens.last() != Some(&Token::Run) {
                tokens.push(token);
            }
        }
        Self(tokens)
    }

    pub fn matches(&self, text: &str) -> bool {
        let tokens = &self.0;
        let mut at = 0;
        let mut rest = text.chars();
        // Where to go on after a mismatch: the last run, one character longer than before.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if tokens.get(at) == Some(&Token::Run) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let mut ahead = rest.clone();
            let taken = match (tokens.get(at), ahead.next()) {
                (None, None) => return true,
                (Some(Token::Literal(wanted)), Some(c)) => *wanted == c,
                (Some(Token::One), Some(_)) => true,
                _ => false,
            };
            if taken {
                at += 1;
                rest = ahead;
                continue;
            }
            let Some((after_run, from)) = &mut retry else { return false };
            if from.next().is_none() {
                return false;
            }
            at = *after_run;
            rest = from.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn like(pattern: &str, text: &str) -> bool {
        LikePattern::new(pattern).matches(text)
    }

    #[test]
    fn wildcards() {
        assert!(like("", "") && !like("", "a"));
        assert!(like("%", "") && like("%", "abc"));
        assert!(like("_", "é") && !like("_", "") && !like("_", "ab"));
        assert!(like("num%", "numRows") && !like("num%", "NumRows"));
        assert!(like("%a%b", "xaybab") && !like("%a%b", "xayba"));
        assert!(like("a__%", "abc") && !like("a__%", "ab"));
        assert!(like(r"100\%", "100%") && !like(r"100\%", "1000"));
        assert!(like(r"a\b\\", r"a\b\"));
        assert!(like(r"a\", r"a\"));
    }

    /// The obvious recursive definition.
    fn slow(tokens: &[Token], text: &[char]) -> bool {
        match (tokens.split_first(), text.split_first()) {
            (None, _) => text.is_empty(),
            (Some((Token::Run, after)), _) => (0..=text.len()).any(|n| slow(after, &text[n..])),
            (Some(_), None) => false,
            (Some((token, after)), Some((c, rest))) => {
                (*token == Token::One || *token == Token::Literal(*c)) && slow(after, rest)
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab%_\\\\]{0,8}", text in "[ab%]{0,10}") {
            let pattern = LikePattern::new(&pattern);
            let characters: Vec<char> = text.chars().collect();
            prop_assert_eq!(pattern.matches(&text), slow(&pattern.0, &characters));
        }
    }
}
