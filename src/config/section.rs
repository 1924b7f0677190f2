//! The macro behind each section: struct, defaults and the list of keys are written once.

/// A key of a section: its name in `skep.toml` and its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub name: &'static str,
    pub doc: &'static str,
}

/// A section of the configuration, by key name; made by [`section!`] only.
pub trait Section: Default {
    /// The section's name in `skep.toml`.
    const NAME: &'static str;
    const KEYS: &'static [Key];

    /// Sets a key from text. `None`: there is no such key; `Some(Err)`: what is wrong with the value.
    fn set(&mut self, key: &str, text: &str) -> Option<Result<(), String>>;

    /// The key's value as TOML, secrets masked; `None`: not set, or no such key.
    fn get(&self, key: &str) -> Option<toml::Value>;
}

/// `section! { /// about Name in "name" { /// doc key: Type = default, … } }`
macro_rules! section {
    ($(#[doc = $about:literal])+ $name:ident in $section:literal {
        $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr,)+
    }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $crate::config::section::Section for $name {
            const NAME: &'static str = $section;
            const KEYS: &'static [$crate::config::section::Key] = &[
                $($crate::config::section::Key { name: stringify!($key), doc: concat!($($doc),+) },)+
            ];

            fn set(&mut self, key: &str, text: &str) -> Option<Result<(), String>> {
                use $crate::config::setting::Setting;
                match key {
                    $(stringify!($key) => Some(Setting::parse(text).map(|value| self.$key = value)),)+
                    _ => None,
                }
            }

            fn get(&self, key: &str) -> Option<toml::Value> {
                use $crate::config::setting::Setting;
                match key {
                    $(stringify!($key) => self.$key.print(),)+
                    _ => None,
                }
            }
        }
    };
}
pub(super) use section;
