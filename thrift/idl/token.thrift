// Delegation tokens and master keys.

service TokenMethods {
  i32 add_master_key(1: string key) throws (1: MetaException o1) (since = "2.3")
  bool add_token(1: string token_identifier, 2: string delegation_token) (since = "2.3")
  void cancel_delegation_token(1: string token_str_form) throws (1: MetaException o1) (since = "2.3")
  list<string> get_all_token_identifiers() (since = "2.3")
  string get_delegation_token(1: string token_owner, 2: string renewer_kerberos_principal_name)
    throws (1: MetaException o1) (since = "2.3")
  list<string> get_master_keys() (since = "2.3")
  string get_token(1: string token_identifier) (since = "2.3")
  bool remove_master_key(1: i32 key_seq) (since = "2.3")
  bool remove_token(1: string token_identifier) (since = "2.3")
  i64 renew_delegation_token(1: string token_str_form) throws (1: MetaException o1) (since = "2.3")
  void update_master_key(1: i32 seq_number, 2: string key)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
}
