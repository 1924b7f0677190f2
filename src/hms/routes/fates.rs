//! Every method has a fate: routed, refused, or forgotten. A test holds the last to nothing.

use std::collections::BTreeSet;

use skep_thrift::methods::METHODS;

use super::refused::REFUSED;
use super::route::Routes;

/// The methods of the whole interface, by what becomes of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fates {
    /// Has a handler.
    pub routed: BTreeSet<&'static str>,
    /// Left out for a reason.
    pub refused: BTreeSet<&'static str>,
    /// Neither: `METHODS − routed − REFUSED`.
    pub forgotten: BTreeSet<&'static str>,
}

/// Sorts the interface's methods by their fate.
pub fn fates(routes: &Routes) -> Fates {
    let routed: BTreeSet<_> = routes.names().collect();
    let refused: BTreeSet<_> = REFUSED.iter().map(|(name, _)| *name).collect();
    let forgotten =
        METHODS.iter().map(|m| m.name).filter(|name| !routed.contains(name) && !refused.contains(name)).collect();
    Fates { routed, refused, forgotten }
}
