//! Both routers over real servers, asked within the process as the portal asks them.

mod confinement;
mod world;
