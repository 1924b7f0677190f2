//! Hive's partition filter text, in the forms of all versions (semantics §6), to a tree whose keys are names.
//!
//! Beyond Hive's grammar: `not <condition>`, `key in (…)` without parentheses, `key not like`, `key is [not] null`,
//! `<=>`, numbers with a fraction or an exponent, `true` and `false`, STRUCT lists of any length. MSCK's text form of
//! partition expressions is the same language.
//!
//! The parser keeps its own stack, so that no nesting overflows ours; nested lists of the same operator become one, so
//! the trees of clients that put each OR into its own parentheses stay flat.

use super::ast::{Expr, MAX_DEPTH};
use super::condition::{Cursor, Places};
use super::lex::{Token, tokens};
use crate::Result;

/// The most parentheses that may be open at once.
pub const MAX_NESTING: usize = 2_000;

/// A filter whose keys are not resolved yet.
pub type Parsed = Expr<String>;

/// Reads a filter. A blank text keeps everything. Errors are of kind Meta and name the character and what was expected.
pub fn parse(text: &str) -> Result<Parsed> {
    let tokens = tokens(text)?;
    filter(&mut Cursor::new(text, &tokens, None))
}

/// Reads a filter and tells where its keys and literals stand.
pub fn parse_with_places(text: &str) -> Result<(Parsed, Places)> {
    let tokens = tokens(text)?;
    let mut places = Places::default();
    let parsed = filter(&mut Cursor::new(text, &tokens, Some(&mut places)))?;
    Ok((parsed, places))
}

fn filter(cursor: &mut Cursor<'_, '_>) -> Result<Parsed> {
    if *cursor.peek(0) == Token::End {
        return Ok(Expr::everything());
    }
    let mut outer: Vec<Group> = Vec::new();
    let mut group = Group::default();
    loop {
        if cursor.eat_not() {
            group.negated = !group.negated;
            continue;
        }
        if cursor.at_group() {
            if outer.len() >= MAX_NESTING {
                return Err(cursor.error(&format!("more than {MAX_NESTING} parentheses are open")));
            }
            cursor.advance();
            outer.push(std::mem::take(&mut group));
            continue;
        }
        group.add(Node { expr: cursor.condition()?, depth: 1 });
        while *cursor.peek(0) == Token::Close {
            let Some(parent) = outer.pop() else { return Err(cursor.expected("and, or, the end")) };
            cursor.advance();
            let inner = std::mem::replace(&mut group, parent).finish();
            if inner.depth > MAX_DEPTH {
                return Err(cursor.error(&format!("conditions are nested more than {MAX_DEPTH} deep")));
            }
            group.add(inner);
        }
        if cursor.eat_word("or") {
            group.next_alternative();
        } else if *cursor.peek(0) == Token::End && outer.is_empty() {
            return Ok(group.finish().expr);
        } else if !cursor.eat_word("and") {
            return Err(cursor.expected(if outer.is_empty() { "and, or, the end" } else { "and, or, )" }));
        }
    }
}

/// A tree and how deep it is.
struct Node {
    expr: Parsed,
    depth: usize,
}

/// What stands between two parentheses, as far as it was read.
#[derive(Default)]
struct Group {
    alternatives: Vec<Node>,
    conditions: Vec<Node>,
    /// An odd number of NOTs precedes the next condition.
    negated: bool,
}

impl Group {
    fn add(&mut self, node: Node) {
        let negated = std::mem::take(&mut self.negated);
        self.conditions.push(if negated { negate(node) } else { node });
    }

    fn next_alternative(&mut self) {
        let conditions = std::mem::take(&mut self.conditions);
        self.alternatives.push(join(conditions, Expr::And, |expr| match expr {
            Expr::And(children) => Ok(children),
            other => Err(other),
        }));
    }

    fn finish(mut self) -> Node {
        self.next_alternative();
        join(self.alternatives, Expr::Or, |expr| match expr {
            Expr::Or(children) => Ok(children),
            other => Err(other),
        })
    }
}

fn negate(node: Node) -> Node {
    match node.expr {
        Expr::Not(inner) => Node { expr: *inner, depth: node.depth - 1 },
        expr => Node { expr: expr.negate(), depth: node.depth + 1 },
    }
}

/// One node of several; children that `open` can open are of the same operator and are taken in.
fn join(
    mut nodes: Vec<Node>,
    wrap: fn(Vec<Parsed>) -> Parsed,
    open: fn(Parsed) -> Result<Vec<Parsed>, Parsed>,
) -> Node {
    if nodes.len() == 1
        && let Some(only) = nodes.pop()
    {
        return only;
    }
    let mut children: Vec<Parsed> = Vec::with_capacity(nodes.len());
    let mut deepest = 0;
    for Node { expr, depth } in nodes {
        match open(expr) {
            // The first one's list is kept: a chain nested to the left is joined in linear time.
            Ok(taken) if children.is_empty() => children = taken,
            Ok(mut taken) => children.append(&mut taken),
            Err(expr) => {
                children.push(expr);
                deepest = deepest.max(depth);
                continue;
            }
        }
        deepest = deepest.max(depth.saturating_sub(1));
    }
    Node { expr: wrap(children), depth: deepest + 1 }
}
