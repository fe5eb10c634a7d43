//! What stands behind the question mark of an address.

/// The parameters, in their order.
pub(crate) fn read(query: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
}

/// The value of a parameter without space around it; nothing, if it is not there.
pub(crate) fn said<'a>(query: &'a [(String, String)], wanted: &str) -> &'a str {
    query.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.trim())
}

/// Parameters, as an address has them; those that say nothing are left out.
pub(crate) fn write<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let parameters = parameters.into_iter().filter(|(_, value)| !value.is_empty());
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}
