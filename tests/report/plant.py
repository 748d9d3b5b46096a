#!/usr/bin/env python3
"""Makes a history with keys that nobody ever had: many years, authors, providers and odd names.

    tests/report/plant.py FOLDER

leaves a repository in FOLDER/work whose remote has most of it, and FOLDER/planted, the values.
"""

import os
import pathlib
import random
import string
import subprocess
import sys

LETTERS = string.ascii_letters + string.digits
folder = pathlib.Path(sys.argv[1])
work = folder / "work"
planted = []


def some(count, alphabet=LETTERS):
    text = "".join(random.choice(alphabet) for _ in range(count))
    if count > 11:
        planted.append(text)
    return text


FORMS = [
    lambda: f"stripe.api_key = 'sk_live_{some(24)}'",
    lambda: f"GITLAB = 'glpat-{some(20)}'",
    lambda: f"SENDGRID = 'SG.{some(22)}.{some(43)}'",
    lambda: f"AIVEN_TOKEN = '{some(372)}'",
    lambda: f"SLACK = 'xoxb-{random.randrange(10**11, 10**12)}-{random.randrange(10**11, 10**12)}-{some(24)}'",
    lambda: f"password = '{some(20)}'",
]
PEOPLE = ["Ada Lovelace", "Grace <img src=x onerror=alert(1)>", "Alan \"T\" & 'x'", "李雷"]
NAMES = [
    "config/prod.py", "deploy.sh", ".env", "src/app.js", "<img src=x onerror=alert(1)>.py",
    "a|b`c`.py", "=1+1.py", "a,b;c.py", "a\n::error::x.py", "café \u202e.py", b"caf\xe9.py",
    "a folder/with a name/that does not end/and does not end/even here/settings.yaml",
]


def git(*arguments, **environment):
    scrubbed = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    scrubbed |= {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"} | environment
    command = ["git", "-c", "core.hooksPath=/dev/null", *arguments]
    subprocess.run(command, cwd=work, env=scrubbed, check=True, stdout=subprocess.DEVNULL)


work.mkdir(parents=True)
git("init", "-q", "-b", "main")
git("init", "-q", "--bare", "../there.git")
git("remote", "add", "origin", "https://user:word@example.com/team/app.git")
git("config", "remote.origin.pushurl", str(folder / "there.git"))
for at in range(36):
    name = NAMES[at % len(NAMES)]
    path = os.path.join(os.fsencode(work), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a" if at % 3 else "w") as file:
        file.write(f"# {at}\n{random.choice(FORMS)()}\n")
    if at == 20:
        comment = "# keystop:allow stripe-live-secret-key a <b>documented</b> sample"
        (work / "sample.py").write_text(f"{FORMS[0]()}  {comment}\n")
    who = PEOPLE[min(len(PEOPLE) - 1, int(random.expovariate(0.8)))]
    when = f"{2017 + at // 4}-{1 + at % 12:02}-0{1 + at % 9}T12:00:00Z"
    git("add", "-A")
    git("commit", "-q", "-m", "change", GIT_AUTHOR_NAME=who, GIT_AUTHOR_EMAIL="a@example.com",
        GIT_AUTHOR_DATE=when, GIT_COMMITTER_NAME="c", GIT_COMMITTER_EMAIL="c@example.com",
        GIT_COMMITTER_DATE=when)
    if at == 28:
        git("push", "-q", "origin", "main")
        git("tag", "v1")
(folder / "planted").write_text("\n".join(planted) + "\n")
