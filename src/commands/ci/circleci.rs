//! CircleCI: the page "Project values and variables". The variables name neither what a branch
//! pointed at before nor a pull request's target; the pipeline value `pipeline.git.base_revision`
//! does, for `--base`.

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Started, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    let tag = variable("CIRCLE_TAG").map(tag_ref);
    let ref_name = tag.or_else(|| variable("CIRCLE_BRANCH").map(branch_ref));
    Ok(Started::push(ref_name, variable("CIRCLE_SHA1"), Before::Unsaid))
}
