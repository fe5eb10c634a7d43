//! The macro by which one listing of the events makes all that differs from event to event.

/// Declares the events, one row each:
///
/// ```text
/// /// What happened, in one sentence: documentation of the variant, of the schema and of AsyncAPI.
/// Variant(Body) => Entity, "fact", version, field;
/// ```
///
/// `Entity` and `"fact"` are tokens of the subject, `version` is that of the body's shape, and `field`
/// is where the body has the id of what the event is about. Two rows with the same entity and fact
/// make an unreachable pattern, a warning that CI refuses.
macro_rules! events {
    (
        $(#[$event_attribute:meta])*
        pub enum $Event:ident;
        $(#[$kind_attribute:meta])*
        pub enum $EventKind:ident;
        $(
            $(#[doc = $meaning:literal])+
            $name:ident($body:ident) => $entity:ident, $fact:literal, $version:literal, $($id:ident).+;
        )+
    ) => {
        $(#[$event_attribute])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $Event {
            $(
                $(#[doc = $meaning])+
                $name($body),
            )+
            /// An event of a later release. A reader that only shows or copies passes over it, and
            /// counts it; one that decides must not start without understanding it.
            Unknown {
                /// The entity and the fact as one word: `user.created`.
                name: String,
            },
        }

        $(#[$kind_attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $EventKind {
            $(
                $(#[doc = $meaning])+
                $name,
            )+
        }

        impl $EventKind {
            /// All kinds, in the order in which they are listed.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            /// The entity and the fact, as in a subject.
            pub fn tokens(self) -> (Entity, &'static str) {
                match self {
                    $(Self::$name => (Entity::$entity, $fact),)+
                }
            }

            /// The kind with these tokens, if this reader knows it.
            pub(crate) fn with_tokens(entity: Entity, fact: &str) -> Option<Self> {
                match (entity, fact) {
                    $((Entity::$entity, $fact) => Some(Self::$name),)+
                    (_, _) => None,
                }
            }

            /// What happened, in a sentence for those who read the events.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),+).trim_start(),)+
                }
            }

            /// The version of the body's shape that this program writes.
            ///
            /// A shape that an old reader could not read, or would take for less than it says, gets
            /// the next number; a field that may be absent, and that a reader may pass over, does
            /// not.
            pub fn version(self) -> u32 {
                match self {
                    $(Self::$name => $version,)+
                }
            }

            /// The schema of the body's type.
            pub(crate) fn body_schema(self, generator: SchemaGenerator) -> Schema {
                match self {
                    $(Self::$name => generator.into_root_schema_for::<$body>(),)+
                }
            }
        }

        impl $Event {
            /// Which event this is; none for one that this reader does not know.
            pub fn kind(&self) -> Option<$EventKind> {
                Some(match self {
                    $(Self::$name(_) => $EventKind::$name,)+
                    Self::Unknown { .. } => return None,
                })
            }

            /// The id of what the event is about: the fourth token of its subject.
            fn about(&self) -> Option<Uuid> {
                Some(match self {
                    $(Self::$name(body) => body.$($id).+.0,)+
                    Self::Unknown { .. } => return None,
                })
            }

            /// The JSON body; none for an unknown event.
            pub fn body(&self) -> Option<Vec<u8>> {
                Some(match self {
                    $(Self::$name(body) => json(body),)+
                    Self::Unknown { .. } => return None,
                })
            }

            /// The event of this kind whose body is read from today's shape.
            pub(crate) fn of_body(
                kind: $EventKind,
                body: BodySource<'_>,
            ) -> Result<Self, serde_json::Error> {
                Ok(match kind {
                    $($EventKind::$name => Self::$name(body.deserialize()?),)+
                })
            }
        }
    };
}
