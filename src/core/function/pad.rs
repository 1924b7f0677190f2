//! lpad and rpad.

use super::call::Site;
use super::text::{bounded, int, of, plain_text};
use crate::types::Value;

pub(super) fn left(_: &Site, arguments: &[&Value]) -> Option<Value> {
    padded(arguments, |text, padding| padding + text)
}

pub(super) fn right(_: &Site, arguments: &[&Value]) -> Option<Value> {
    padded(arguments, |text, padding| text.to_owned() + &padding)
}

/// Cut or filled to a length. Releases differ where the length is negative, or nothing is there to fill with.
fn padded(arguments: &[&Value], join: impl Fn(&str, String) -> String) -> Option<Value> {
    let (text, pad) = (plain_text(arguments, 0)?, plain_text(arguments, 2)?);
    let length = usize::try_from(int(arguments, 1)?).ok().and_then(bounded)?;
    if pad.is_empty() {
        return None;
    }
    let have = text.chars().count();
    if have >= length {
        return of(text.chars().take(length).collect::<String>());
    }
    of(join(text, pad.chars().cycle().take(length - have).collect()))
}
