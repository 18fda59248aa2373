//! What crosses the parts: the running gateway against scenarios and under attack, the stages every code goes through, and the files
//! that are made from all of them.

pub mod configuration;
pub mod conformance;
pub mod exemptions;
pub mod generated;
pub mod robustness;
pub mod stages;
