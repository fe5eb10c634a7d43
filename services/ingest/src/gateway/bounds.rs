//! Fixed bounds of the gateway that clients can reach; those with options are in
//! [`ResourceLimits`](crate::ResourceLimits).

/// The most resources on a page, whatever `count` asks for.
pub(super) const MAX_PAGE: usize = 1000;

/// Resources on a page when the client asks for no number.
pub(super) const DEFAULT_PAGE: usize = 100;

/// The most operations of a bulk request.
pub(super) const MAX_BULK_OPERATIONS: usize = 1000;

/// About how many bytes of an answer are written at a time. What is larger is written by the worker
/// threads, and a resource that is larger takes some of [`BodyMemory`](super::BodyMemory).
pub(super) const CHUNK: usize = 64 << 10;
