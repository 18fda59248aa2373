//! Users whom calls name beside the key that signs them.

use crate::hash::{ConfiguredMap, ConfiguredSet};

/// All users, by the name that calls give.
#[derive(Debug, Default)]
pub struct Users(ConfiguredMap<Box<str>, User>);

/// A user.
#[derive(Debug)]
pub struct User {
    /// Whether it may call at all.
    pub state: UserState,
    /// Ids of the routes that a sub-account's policies permit; `None` for a main account, which needs none.
    pub permitted: Option<ConfiguredSet<Box<str>>>,
    /// Ids of the routes that are under operation protection: they need a confirmation, which no call brings.
    pub protected: ConfiguredSet<Box<str>>,
}

/// Whether a user may call at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// It may.
    Active,
    /// It has not finished its registration.
    NotActivated,
    /// It is barred by name.
    Blacklisted,
}

/// What is known of the role that a key was handed out to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// It is there.
    Exists,
    /// It is not, or not any more.
    Gone,
}

impl UserState {
    /// All of them by their name.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("active", Self::Active), ("not_activated", Self::NotActivated), ("blacklisted", Self::Blacklisted)];
}

impl Users {
    /// Adds a user. False if there is one of this name already, which stays.
    pub(crate) fn add(&mut self, name: &str, user: User) -> bool {
        if self.0.contains_key(name) {
            return false;
        }
        self.0.insert(name.into(), user);
        true
    }

    /// The user of this name.
    pub fn find(&self, name: &str) -> Option<&User> {
        self.0.get(name)
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
