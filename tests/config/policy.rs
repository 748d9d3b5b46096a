//! What a machine's policy keeps, whatever a repository or a user says.

use super::*;

/// Every way to let a finding pass, and a policy of the whole machine.
struct Machine<'a> {
    repo: Repo<'a>,
    policy: String,
}

impl<'a> Machine<'a> {
    fn new(sandbox: &'a Sandbox, policy: &str) -> Machine<'a> {
        let path = sandbox.path().join("policy.toml");
        std::fs::write(&path, policy).unwrap();
        Machine { repo: sandbox.with_commit("a"), policy: path.to_str().unwrap().to_owned() }
    }

    fn commit(&self, more: &[(&str, &str)]) -> Run {
        let environment = [&[("KEYSTOP_POLICY", self.policy.as_str())], more].concat();
        self.repo.git_with(&["commit", "-q", "-m", "change"], &environment)
    }
}

#[test]
fn nobody_leaves_archives_closed_that_the_policy_opens() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox, "max_archive_size = '1m'\n");
    let repo = &machine.repo;
    repo.stage("a.gz", support::archive::gzip(secret(&sandbox, 1).as_bytes()));
    repo.stage(FILE, "[limits]\nmax_archive_size = '0'\n");
    machine.commit(&[]).blocked_by(STRIPE);
    repo.git(&["config", "keystop.maxArchiveSize", "0"]).expect(0);
    machine.commit(&[]).blocked_by(STRIPE);
    let scan = ["scan", "--max-archive-size", "0", "a.gz"];
    let policy = [("KEYSTOP_POLICY", machine.policy.as_str())];
    sandbox.run(&repo.path, support::KEYSTOP, &scan, &policy, b"").expect(1);
    // Without the policy they stay closed.
    repo.keystop(&["pre-commit"]).expect(0).says("a.gz");
}

#[test]
fn nobody_switches_off_an_enforced_detector() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox, "enforced = ['stripe-*']\n");
    let repo = &machine.repo;
    let line = secret(&sandbox, 1);
    repo.stage("a.py", &line);
    let run = machine.commit(&[]).blocked_by(STRIPE).says("this machine's policy lets nobody");
    assert!(!run.stderr.contains("keystop allow"), "{}", run.stderr);
    repo.stage(FILE, "disabled = ['stripe-*']\n");
    machine.commit(&[]).blocked_by(STRIPE).says("policy refuses what .keystop.toml says");
    repo.stage(FILE, "[[allow]]\npaths = ['*']\nreason = 'why'\n");
    machine.commit(&[]).blocked_by(STRIPE).says("policy refuses what .keystop.toml says");
    user_file(&sandbox, "disabled = ['stripe-*']\n");
    repo.stage(FILE, "");
    machine.commit(&[]).blocked_by(STRIPE).says("config.toml says (stripe-live-secret-key is dis");
    user_file(&sandbox, "");
    for comment in ["keystop:allow stripe-live-secret-key because", "gitleaks:allow"] {
        repo.stage("a.py", format!("{} # {comment}\n", line.trim_end()));
        machine.commit(&[]).blocked_by(STRIPE).says("refuses the comment on this line");
        // Without the policy it would pass.
        repo.keystop(&["pre-commit"]).expect(0);
    }
    repo.stage("a.py", &line);
    let run = repo.keystop(&["pre-commit"]).expect(1);
    let print = run.stderr.split("keystop allow ").nth(1).unwrap().split(' ').next().unwrap();
    let allow = ["allow", print, "--reason", "why"];
    let policy = [("KEYSTOP_POLICY", machine.policy.as_str())];
    let run = sandbox.run(&repo.path, support::KEYSTOP, &allow, &policy, b"");
    run.expect(2).says("policy lets nobody allow stripe-live-secret-key");
    repo.keystop(&allow).expect(0);
    repo.git(&["add", ".keystop-allow"]).expect(0);
    machine.commit(&[]).blocked_by(STRIPE).says("refuses its entry in .keystop-allow");
    repo.git(&["rm", "-q", "-f", ".keystop-allow"]).expect(0);
    let skip = format!("{print}:why");
    machine.commit(&[("KEYSTOP_SKIP", &skip)]).blocked_by(STRIPE).says("refuses KEYSTOP_SKIP");
}

#[test]
fn it_refuses_the_way_through_where_it_says_so() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox, "allow_skip = false\n");
    machine.repo.stage("a.py", secret(&sandbox, 1));
    let run = machine.commit(&[]).blocked_by(STRIPE);
    let print = run.stderr.split("keystop allow ").nth(1).unwrap().split(' ').next().unwrap();
    let skip = format!("{print}:why");
    machine.commit(&[("KEYSTOP_SKIP", &skip)]).blocked_by(STRIPE).says("refuses KEYSTOP_SKIP");
    machine.repo.git_with(&["commit", "-q", "-m", "x"], &[("KEYSTOP_SKIP", &skip)]).expect(0);
}

#[test]
fn its_threshold_is_the_least() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox, "block = 'low'\n");
    let body = fill("‹base62 40›", 1);
    sandbox.plant(&body);
    machine.repo.stage(FILE, "block = 'high'\n");
    machine.repo.stage("a.py", format!("internal_api_secret = '{body}'\n"));
    machine.repo.keystop(&["pre-commit"]).expect(0);
    machine.commit(&[]).blocked_by("generic");
}

#[test]
fn a_policy_that_cannot_be_read_blocks() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox, "enforce = ['stripe-*']\n");
    machine.repo.stage("a.py", secret(&sandbox, 1));
    machine.commit(&[]).blocked_by(STRIPE).says("line 1").says("did you mean `enforced`?");
    let machine = Machine { policy: "/nowhere/policy.toml".to_owned(), ..machine };
    machine.commit(&[]).says("/nowhere/policy.toml is not there");
    std::fs::write(sandbox.path().join("policy.toml"), "enforced = ['stripe-live']\n").unwrap();
    let policy = sandbox.path().join("policy.toml").to_str().unwrap().to_owned();
    let machine = Machine { policy, ..machine };
    machine.commit(&[]).says("no detector is called \"stripe-live\"");
}
