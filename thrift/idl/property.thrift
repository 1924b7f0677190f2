// The property store.

// Since 4.0.
struct PropertyGetRequest {
  1: required string nameSpace,
  2: string mapPrefix,
  3: optional string mapPredicate,
  4: optional list<string> mapSelection,
}

// Since 4.0.
struct PropertyGetResponse {
  1: map<string,map<string,string>> properties,
}

// Since 4.0.
struct PropertySetRequest {
  1: required string nameSpace,
  2: map<string,string> propertyMap,
}

service PropertyMethods {
  PropertyGetResponse get_properties(1: PropertyGetRequest req)
    throws (1: MetaException e1, 2: NoSuchObjectException e2) (since = "4.0")
  bool set_properties(1: PropertySetRequest req)
    throws (1: MetaException e1, 2: NoSuchObjectException e2) (since = "4.0")
}
