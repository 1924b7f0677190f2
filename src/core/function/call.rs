//! A call of a function within an expression.

use std::fmt;

use super::regex::JavaRegex;
use super::table::{Function, Kernel};
use crate::types::{KeyType, Value};

/// A static type; none is that of SQL's bare NULL.
pub type Type = Option<KeyType>;

/// Whose answers are wanted, where Hive's releases differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// What 2.3 and 3.1 answer alike; their serialised expressions cannot be told apart.
    Hive2,
    /// 4.0 and later, and filter texts.
    Hive4,
}

/// A function with the types that it was called with.
#[derive(Clone)]
pub struct Call {
    function: &'static Function,
    /// None in a filter's text that has not met its table yet.
    site: Option<Box<Site>>,
}

/// What is known of a call before any value.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub(super) generation: Generation,
    pub(super) arguments: Vec<Type>,
    pub(super) result: KeyType,
}

/// The longest text that a function makes, in bytes; partition values are shorter. What would be longer is unknown.
pub(super) const MAX_RESULT: usize = 16 * 1024;

impl Call {
    /// Names a function whose arguments have no types yet.
    pub fn named(function: &'static Function) -> Self {
        Self { function, site: None }
    }

    pub(super) fn typed(function: &'static Function, site: Site) -> Self {
        Self { function, site: Some(Box::new(site)) }
    }

    pub fn name(&self) -> &'static str {
        self.function.name
    }

    pub(crate) fn function(&self) -> &'static Function {
        self.function
    }

    /// The type of what it answers, once that is known.
    pub fn result(&self) -> Type {
        self.site.as_ref().map(|site| site.result)
    }

    #[cfg(test)]
    pub(super) fn arguments(&self) -> &[Type] {
        self.site.as_ref().map_or(&[], |site| &site.arguments)
    }

    /// Which argument must be a regular expression's literal.
    pub(crate) fn pattern_argument(&self) -> Option<usize> {
        matches!(self.function.kernel, Kernel::Pattern(_)).then_some(1)
    }

    /// Evaluates on a value for each argument, of which none is unknown. `pattern` is the compiled one of a function
    /// that has one. None: unknown.
    pub(crate) fn evaluate(&self, arguments: &[Option<&Value>], pattern: Option<&JavaRegex>) -> Option<Value> {
        let site = self.site.as_deref()?;
        if arguments.len() != site.arguments.len() {
            return None;
        }
        let answer = match self.function.kernel {
            Kernel::Lenient(kernel) => kernel(site, arguments),
            Kernel::Strict(kernel) => match all_known(arguments)? {
                Some(values) => kernel(site, &values),
                None => Some(Value::Null),
            },
            Kernel::Pattern(kernel) => match all_known(arguments)? {
                Some(values) => kernel(pattern?, &values),
                None => Some(Value::Null),
            },
        };
        answer.filter(|value| !matches!(value, Value::Text(text) if text.len() > MAX_RESULT))
    }
}

/// The values, if none is unknown; inside, none where one is NULL.
#[expect(clippy::option_option, reason = "unknown is not NULL")]
fn all_known<'a>(arguments: &[Option<&'a Value>]) -> Option<Option<Vec<&'a Value>>> {
    let values: Vec<&Value> = arguments.iter().copied().collect::<Option<_>>()?;
    Some(values.iter().all(|value| !value.is_null()).then_some(values))
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name && self.site == other.site
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.name)?;
        match &self.site {
            Some(site) => write!(f, "{:?} -> {:?}", site.arguments, site.result),
            None => Ok(()),
        }
    }
}
