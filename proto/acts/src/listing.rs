//! The macro by which one listing of the acts makes all that differs from act to act.

/// Declares the acts, one row each:
///
/// ```text
/// /// What was done, in one sentence.
/// Variant(Body) = "area.act";
/// ```
///
/// The text is the act's name in its record, and the end of its subject: `ops.area.act`.
macro_rules! acts {
    (
        $(#[$attribute:meta])*
        pub enum $Act:ident;
        $(
            $(#[doc = $meaning:literal])+
            $name:ident($body:ty) = $text:literal;
        )+
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $Act {
            $(
                $(#[doc = $meaning])+
                $name($body),
            )+
            /// An act of a later release: shown as it is, and of no consequence here.
            Unknown {
                /// Its name.
                name: String,
                /// What is told of it.
                of: serde_json::Value,
            },
        }

        impl $Act {
            /// The names of all acts.
            pub const NAMES: [&str; [$($text),+].len()] = [$($text),+];

            /// The area and the act, as in its record and its subject: `replay.planned`.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$name(_) => $text,)+
                    Self::Unknown { name, .. } => name,
                }
            }

            /// What is told of it, beside its name.
            pub fn of(&self) -> serde_json::Value {
                match self {
                    $(Self::$name(body) => {
                        serde_json::to_value(body).expect("acts have string keys only")
                    })+
                    Self::Unknown { of, .. } => of.clone(),
                }
            }

            /// The act with this name, of which this is told.
            pub(crate) fn read(name: &str, of: serde_json::Value) -> Result<Self, serde_json::Error> {
                match name {
                    $($text => serde_json::from_value(of).map(Self::$name),)+
                    _ => Ok(Self::Unknown { name: name.to_owned(), of }),
                }
            }
        }
    };
}
