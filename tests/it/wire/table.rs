//! The table of routes.

use skep::hms::{Cx, REFUSED, Routes, fates, routes};
use skep_core::Result;
use skep_thrift::MethodInfo;

use super::methods::{self as m, Text};

async fn none(_: Cx, args: Text) -> Result<String> {
    Ok(args.0)
}

#[test]
#[should_panic(expected = "method echo is routed twice")]
fn a_method_has_one_handler() {
    let _ = Routes::default().on::<m::Echo>(none).on::<m::Wait>(none).on::<m::Echo>(none);
}

#[test]
#[should_panic(expected = "method wait is routed twice")]
fn blocks_of_routes_do_not_overlap() {
    let block = || Routes::default().on::<m::Wait>(none);
    let _ = block().and(block());
}

#[test]
fn what_is_refused_exists_has_a_reason_and_no_handler() {
    let fates = fates(&routes());
    for (name, why) in REFUSED {
        assert!(MethodInfo::find(name).is_some(), "{name} is no method");
        assert!(!why.is_empty(), "{name} is refused for no reason");
        assert!(!fates.routed.contains(name), "{name} is refused and routed");
    }
    assert_eq!(fates.refused.len(), REFUSED.len(), "a method is refused twice");
    assert!(fates.routed.iter().all(|name| MethodInfo::find(name).is_some()));
}

#[test]
fn no_method_is_forgotten() {
    assert_eq!(fates(&routes()).forgotten, std::collections::BTreeSet::new());
}
