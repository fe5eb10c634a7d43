//! How large the attacks are.

/// What a debug build is attacked with by default: it takes some fifteen times as long.
const IN_DEBUG: f64 = 0.2;

/// So many of `full`, by `ATTACKS_SCALE`; one at least.
pub(crate) fn scaled(full: usize) -> usize {
    let by_default = if cfg!(debug_assertions) { IN_DEBUG } else { 1.0 };
    let told = std::env::var("ATTACKS_SCALE").ok().and_then(|text| text.parse::<f64>().ok());
    let scale = told.unwrap_or(by_default).clamp(0.001, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "sizes are far below 2^52, and not negative"
    )]
    let part = (full as f64 * scale) as usize;
    part.max(1)
}
