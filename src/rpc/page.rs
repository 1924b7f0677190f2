//! Pages of lists. A page ends early rather than grow beyond what gRPC's clients take by default.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use prost::Message;

use super::error::{Answer, refused_field};

const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 1_000;
/// Clients take messages of 4 MiB by default.
pub const PAGE_BYTES: usize = 2 << 20;

/// How many items a page may have.
pub fn page_size(asked: i32) -> Answer<usize> {
    match usize::try_from(asked) {
        Ok(0) => Ok(PAGE_DEFAULT),
        Ok(size) => Ok(size.min(PAGE_MAX)),
        Err(_) => Err(refused_field("page_size", format!("{asked} is negative"))),
    }
}

/// Names the last item of a page, for the next one.
pub fn token(last: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(last)
}

/// The last item of the page before; none for the first page.
pub fn after(token: &str) -> Answer<Option<String>> {
    if token.is_empty() {
        return Ok(None);
    }
    let last = BASE64_URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    last.map(Some).ok_or_else(|| refused_field("page_token", "it is none that this server gave"))
}

/// Takes what fits into a page, but at least one; says whether all did.
pub fn fill<M: Message>(items: impl Iterator<Item = M>) -> (Vec<M>, bool) {
    let (mut page, mut bytes) = (Vec::new(), 0);
    for item in items {
        bytes += item.encoded_len();
        if bytes > PAGE_BYTES && !page.is_empty() {
            return (page, false);
        }
        page.push(item);
    }
    (page, true)
}

#[cfg(test)]
mod tests {
    use super::{PAGE_BYTES, after, fill, page_size, token};

    #[test]
    fn tokens_come_back() {
        for name in ["a", "dt=2024-01-01/x=ä", ""] {
            let expected = (!name.is_empty()).then(|| name.to_owned());
            assert_eq!(after(&token(name)).unwrap(), expected);
        }
        assert!(after("?").is_err() && after("_w").is_err());
    }

    #[test]
    fn sizes_are_bounded() {
        assert_eq!((page_size(0).unwrap(), page_size(7).unwrap(), page_size(i32::MAX).unwrap()), (100, 7, 1_000));
        assert!(page_size(-1).is_err());
    }

    #[test]
    fn a_page_has_one_item_at_least() {
        let big = || "x".repeat(PAGE_BYTES);
        let (page, all) = fill([big(), big()].into_iter());
        assert_eq!((page.len(), all), (1, false));
        let (page, all) = fill(["a".to_owned(), "b".to_owned()].into_iter());
        assert_eq!((page.len(), all), (2, true));
    }
}
