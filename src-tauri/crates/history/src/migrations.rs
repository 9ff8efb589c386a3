//! The database's versions. Each migration is a file beside this one; a released one is never modified, a change is a new
//! file at the end of the list.

use rusqlite_migration::{M, Migrations};

const STEPS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_initial.sql")),
    M::up(include_str!("migrations/0002_answers.sql")),
    M::up(include_str!("migrations/0003_transcripts.sql")),
];

/// All migrations, the oldest first; their number is the version the database then has.
pub(crate) const ALL: Migrations<'static> = Migrations::from_slice(STEPS);

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    #[test]
    fn migrations_are_valid() {
        super::ALL.validate().unwrap();
    }

    /// A person's database has run these very texts. Add a line for a new migration, never change one.
    #[test]
    fn released_migrations_are_unchanged() {
        let released = [
            (
                include_str!("migrations/0001_initial.sql"),
                "b2f1ae122226ea9e295bf5d7f5b4cc9517123a293ab054235dc224611f2e8419",
            ),
            (
                include_str!("migrations/0002_answers.sql"),
                "33c0b9fd04bee40e49eab2320b592028437e4560a9be876a20ab56f6c13ed17c",
            ),
            (
                include_str!("migrations/0003_transcripts.sql"),
                "1b378fe3addf5414797e7d731b9f295c17db1887c6ac307d45847573f5f939d1",
            ),
        ];
        for (text, hash) in released {
            assert_eq!(format!("{:x}", Sha256::digest(text)), hash);
        }
    }
}
