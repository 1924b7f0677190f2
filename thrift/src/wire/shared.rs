//! A value that repeats from element to element of a list, held once.

use std::any::Any;
use std::ops::Deref;
use std::sync::Arc;

use super::reader::Form;
use super::{Decode, Encode, Kind, Reader, WireError, Writer};

/// A value that mostly stands in a message as often as its list has elements, such as the columns of partitions.
#[derive(Clone, Debug, Default)]
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// The value, which is copied only if another element holds it too.
    pub fn into_inner(self) -> T
    where
        T: Clone,
    {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T: Clone> Shared<T> {
    /// To change it for this element alone.
    pub fn make_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Two that are the same are not looked into.
impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

/// The last value of its kind in a message, and its bytes.
pub(super) struct Repeated<'a> {
    bytes: &'a [u8],
    value: Arc<dyn Any + Send + Sync>,
}

impl Reader<'_> {
    /// The last value, if its bytes come again: a value's bytes say where it ends, so what begins with them is it.
    fn repeated<T: Any + Send + Sync>(&mut self) -> Option<Arc<T>> {
        let last = self.repeated.as_ref()?;
        if !self.rest().starts_with(last.bytes) {
            return None;
        }
        let value = Arc::clone(&last.value).downcast().ok()?;
        self.pos += last.bytes.len();
        Some(value)
    }
}

impl<T: Decode + Any + Send + Sync> Decode for Shared<T> {
    const KIND: Kind = T::KIND;
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        if r.form == Form::Json {
            return T::decode(r).map(Self::from);
        }
        if let Some(value) = r.repeated() {
            return Ok(Self(value));
        }
        let start = r.pos;
        let value = Arc::new(T::decode(r)?);
        let bytes = r.buf.get(start..r.pos).unwrap_or(&[]);
        r.repeated = Some(Repeated { bytes, value: Arc::clone(&value) as Arc<dyn Any + Send + Sync> });
        Ok(Self(value))
    }
}

impl<T: Encode> Encode for Shared<T> {
    const KIND: Kind = T::KIND;
    fn encode(&self, w: &mut Writer) {
        T::encode(self, w);
    }
}
