//! Kryo-serialised Hive expressions, read without looking up a class.
