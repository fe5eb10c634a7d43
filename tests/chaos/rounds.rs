//! How often each fault comes.

/// `usual` times what `CHAOS_ROUNDS` says: 1 for CI, more for a long run.
pub(crate) fn rounds(usual: usize) -> usize {
    let factor = std::env::var("CHAOS_ROUNDS").ok();
    let factor = factor.map_or(1, |text| text.parse().expect("CHAOS_ROUNDS is a number"));
    usual * factor
}
