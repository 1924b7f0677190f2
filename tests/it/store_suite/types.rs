//! Named types.

use skep::catalog::NamedType;
use skep_core::Kind;
use skep_core::table::Column;

use super::fixture::field;

fn named(name: &str, fields: &[(&str, &str)]) -> NamedType {
    let field =
        |(name, kind): &(&str, &str)| Column { name: (*name).into(), type_name: Some((*kind).into()), comment: None };
    NamedType { name: name.into(), fields: fields.iter().map(field).collect(), ..NamedType::default() }
}

store_cases! {
    async fn a_type_lives(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        let person = named("Person", &[("Name", "string"), ("name", "string"), ("members", "array<Person>")]);
        m.type_create(person.clone()).await.unwrap();
        assert_eq!(m.type_get(" Person ").await.unwrap(), person);
        // Unlike other names a type's has a case.
        assert_eq!(m.type_get("person").await.unwrap_err().kind, Kind::NotFound);
        let list = NamedType { type1: Some("Person".into()), ..named("person", &[]) };
        m.type_create(list.clone()).await.unwrap();
        assert_eq!(m.type_get("person").await.unwrap(), list);
        assert_eq!(m.type_create(person).await.unwrap_err().kind, Kind::AlreadyExists);
        m.type_drop("Person").await.unwrap();
        m.type_drop("Person").await.unwrap();
        assert_eq!(m.type_get("Person").await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(m.type_get("person").await.unwrap(), list);
    }

    async fn a_wrong_type_is_refused(t: &TestStore) {
        let m = field(t, |_| ()).await.metastore;
        let untyped = NamedType { fields: vec![Column { name: "a".into(), ..Column::default() }], ..named("t", &[]) };
        let twice = named("t", &[("a", "int"), ("a", "string")]);
        for wrong in [named("", &[]), named("a b", &[]), named("t", &[("", "int")]), untyped, twice] {
            let error = m.type_create(wrong).await.unwrap_err();
            assert_eq!(error.kind, Kind::InvalidObject, "{error}");
        }
        assert_eq!(m.type_get("t").await.unwrap_err().kind, Kind::NotFound);
    }
}
