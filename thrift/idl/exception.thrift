// The exceptions. Each is one field, the text: the codec relies on that.

exception AlreadyExistsException {
  1: string message,
}

// Since 4.0.
exception CompactionAbortedException {
  1: string message,
}

exception ConfigValSecurityException {
  1: string message,
}

// Until 2.3.10.
exception IndexAlreadyExistsException {
  1: string message,
}

exception InvalidInputException {
  1: string message,
}

exception InvalidObjectException {
  1: string message,
}

exception InvalidOperationException {
  1: string message,
}

exception InvalidPartitionException {
  1: string message,
}

exception MetaException {
  1: string message,
}

// Since 4.0.
exception NoSuchCompactionException {
  1: string message,
}

exception NoSuchLockException {
  1: string message,
}

exception NoSuchObjectException {
  1: string message,
}

exception NoSuchTxnException {
  1: string message,
}

exception TxnAbortedException {
  1: string message,
}

exception TxnOpenException {
  1: string message,
}

exception UnknownDBException {
  1: string message,
}

exception UnknownPartitionException {
  1: string message,
}

exception UnknownTableException {
  1: string message,
}
