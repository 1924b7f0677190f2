//! What the functions answer, and that no arguments make one panic.

mod answers;
mod conversions;
mod hostile;
