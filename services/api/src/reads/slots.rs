//! Which read models the reads are about. Others may be missing or behind, and reads go on.

use directory::Directory;
use projector::Projection as _;
use retention::Retention;
use teams::Teams;

/// The slots that are read, in the order in which their tables are looked for.
pub(crate) const SLOTS: [&str; 3] = [Directory::NAME, Teams::NAME, Retention::NAME];
