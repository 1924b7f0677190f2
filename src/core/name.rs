//! Names: normal form, validity, catalogs inside database names, partition names and their escaping.
