//! An estimate of how much memory the tree of a JSON text takes, made while the text arrives.

/// One more value of an array or object. A value has 32 bytes; an array that grows is copied to one of
/// twice the size, and both are there for a moment. A name and a value have 56 bytes, and the nodes of
/// an object may be less than half full.
const VALUE: usize = 144;

/// An array, which at first has room for four values.
const ARRAY: usize = 4 * 32 + VALUE;

/// An object, whose first node has room for eleven names and values.
const OBJECT: usize = 11 * (24 + 32) + 32;

/// The least that an allocation takes.
const ALLOCATION: usize = 16;

/// Counts what makes a tree large: one byte of text can take more than a hundred in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TreeSize {
    bytes: usize,
    within_text: bool,
    after_backslash: bool,
}

impl TreeSize {
    /// Counts the next piece of the text. Text that is no JSON may be counted wrongly: it makes no tree.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.bytes += 2 * piece.len();
        for byte in piece {
            if self.within_text {
                match (self.after_backslash, byte) {
                    (false, b'\\') => self.after_backslash = true,
                    (false, b'"') => self.within_text = false,
                    (true | false, _) => self.after_backslash = false,
                }
            } else {
                self.within_text = *byte == b'"';
            }
            // A string may hold JSON, of which a tree is made as well; so it is counted in strings too.
            self.bytes += match byte {
                b'"' => ALLOCATION,
                b'{' => OBJECT,
                b'[' => ARRAY,
                b',' => VALUE,
                _ => 0,
            };
        }
    }

    /// No fewer bytes than the tree and its text take.
    pub(super) fn bytes(self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn counted(text: &str) -> usize {
        let mut size = TreeSize::default();
        size.add(text.as_bytes());
        size.bytes()
    }

    /// What the tree takes while it is made, by how the standard library lays it out.
    fn taken(value: &Value) -> usize {
        let beneath = match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.capacity().next_multiple_of(16),
            Value::Array(elements) => {
                let room = elements.capacity() * size_of::<Value>();
                // The last time it grew, it was there twice.
                room + room / 2 + elements.iter().map(taken).sum::<usize>()
            }
            Value::Object(parts) => {
                // A node has room for eleven pairs, and five at least unless it is the only one.
                let nodes = (parts.len() / 5).max(usize::from(!parts.is_empty()));
                let node = 11 * (size_of::<String>() + size_of::<Value>()) + 16;
                let keys = parts.keys().map(|key| key.capacity().next_multiple_of(16));
                nodes * node + keys.sum::<usize>() + parts.values().map(taken).sum::<usize>()
            }
        };
        beneath
            + if matches!(value, Value::Array(_) | Value::Object(_)) {
                0
            } else {
                size_of::<Value>()
            }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            "[a-z\"\\\\,{\\[]{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 200, 20, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..20).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{0,3}", inner, 0..20)
                    .prop_map(|parts| Value::Object(parts.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_tree_takes_more_than_is_counted(value in json(), at in 0..100_usize) {
            let text = value.to_string();
            let read: Value = serde_json::from_str(&text).unwrap();
            let counted = counted(&text);
            prop_assert!(counted + 64 >= taken(&read), "{} of {counted} for {text}", taken(&read));
            let (first, second) = text.as_bytes().split_at(at.min(text.len()));
            let mut size = TreeSize::default();
            size.add(first);
            size.add(second);
            prop_assert_eq!(size.bytes(), counted, "in two pieces");
        }
    }

    proptest! {
        #[test]
        fn what_the_text_of_a_json_value_becomes_is_counted_with_it(value in json(), within in 1..4) {
            let told = (0..within).fold(value.clone(), |value, _| value.to_string().into());
            let text = told.to_string();
            let trees = taken(&serde_json::from_str(&value.to_string()).unwrap());
            prop_assert!(counted(&text) + 64 >= trees, "{trees} of {} for {text}", counted(&text));
        }
    }

    #[test]
    fn the_worst_texts_are_counted_for_what_they_take() {
        for (name, unit) in
            [("numbers", "1"), ("empty arrays", "[]"), ("arrays", "[1]"), ("objects", r#"{"":0}"#)]
        {
            let text = format!("[{}]", vec![unit; 100_000].join(","));
            let read: Value = serde_json::from_str(&text).unwrap();
            let (taken, counted) = (taken(&read), counted(&text));
            assert!(counted >= taken && counted < 8 * taken, "{name}: {taken} of {counted}");
        }
    }

    #[test]
    fn what_people_send_is_counted_at_a_few_times_its_size() {
        let member = r#"{"value":"0197a7a2-7c4e-7000-8000-000000000000"}"#;
        let text = format!("[{}]", vec![member; 10_000].join(","));
        assert!(counted(&text) < 20 * text.len());
        assert!(counted(&text) < 16 << 20, "ten thousand members have room");
    }
}
