//! What a server was sent and has not accepted yet.

use anyhow::{Context, Result, ensure};

use super::object::ObjectId;
use super::push::{Plan, Update, plan_between};
use super::store::Store;

/// Reads every line git gives the pre-receive hook: `old new ref`.
///
/// # Errors
/// No line at all, or one of another form: guessing would mean not looking.
pub fn parse_received(input: &[u8]) -> Result<Vec<Update>> {
    let lines = input.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let updates: Vec<Update> = lines.map(update).collect::<Result<_>>()?;
    ensure!(
        !updates.is_empty(),
        "git's list of refs did not reach keystop: let what runs this hook pass its standard input"
    );
    Ok(updates)
}

fn update(line: &[u8]) -> Result<Update> {
    let what = "git gave the pre-receive hook a line of another form";
    let mut words = line.splitn(3, |&byte| byte == b' ');
    let mut id = || words.next().and_then(ObjectId::from_hex).context(what);
    let (remote, local) = (id()?, id()?);
    let name = words.next().filter(|name| !name.is_empty()).context(what)?.to_vec();
    Ok(Update { local_ref: name.clone(), local, remote_ref: name, remote })
}

/// Finds out what the server was sent that none of its refs reaches yet. What the pusher says the
/// refs pointed at counts for nothing here: git compares it only after the hook.
///
/// # Errors
/// Objects or refs that cannot be read.
pub fn plan_received(store: &mut Store, updates: &[Update]) -> Result<Plan> {
    let known: Vec<ObjectId> = store.refs()?.into_iter().map(|one| one.tip).collect();
    let tips: Vec<ObjectId> =
        updates.iter().map(|update| update.local).filter(|id| !id.is_zero()).collect();
    plan_between(store, &tips, &known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_gits_is_not_taken_for_nothing() {
        let id = "12".repeat(20);
        for wrong in ["", "\n", "x\n", &id, &format!("{id} {id}\n"), &format!("{id} x refs/a\n")] {
            assert!(parse_received(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        let updates = parse_received(format!("{id} {id} refs/heads/a\n").as_bytes()).unwrap();
        assert_eq!(updates[0].remote_ref, b"refs/heads/a");
    }
}
