//! The canonical form of a policy: every member, in the order of the type.

use crate::json::Writer;

use super::Policy;

pub(super) fn policy(policy: &Policy) -> Vec<u8> {
    let mut writer = Writer::new();
    let w = &mut writer;
    w.open_object();
    w.integer_member("version", i64::from(policy.version));
    w.number_member("alpha", policy.alpha);
    count(w, "max_bytes", policy.max_bytes);
    section(w, "bom", |w| policy.bom.write(w));
    w.name("label");
    match &policy.label {
        Some(schema) => schema.write(w),
        None => w.null(),
    }
    section(w, "clock", |w| {
        w.integer_member("max_ahead_ms", policy.clock.max_ahead_ms);
        w.integer_member("max_jump_ms", policy.clock.max_jump_ms);
    });
    section(w, "item", |w| {
        count(w, "max_labels", policy.item.max_labels);
        count(w, "max_bytes", policy.item.max_bytes);
        w.number_member("enough_probability", policy.item.enough_probability);
        w.integer_member("min_answers", i64::from(policy.item.min_answers));
    });
    section(w, "too_fast", |w| {
        w.integer_member("floor_ms", i64::from(policy.too_fast.floor_ms));
        w.number_member("floor_share", policy.too_fast.floor_share);
        count(w, "min_times", policy.too_fast.min_times);
        w.number_member("honest_share", policy.too_fast.honest_share);
        w.number_member("alpha_share", policy.too_fast.alpha_share);
    });
    section(w, "rate_burst", |w| {
        w.number_member("per_hour", policy.rate_burst.per_hour);
        w.number_member("alpha_share", policy.rate_burst.alpha_share);
    });
    section(w, "gold_missed", |w| {
        w.number_member("floor", policy.gold_missed.floor);
        w.number_member("alpha_share", policy.gold_missed.alpha_share);
    });
    section(w, "disagrees", |w| {
        match policy.disagrees.floor {
            Some(floor) => w.number_member("floor", floor),
            None => {
                w.name("floor");
                w.null();
            }
        }
        w.number_member("pool_share", policy.disagrees.pool_share);
        w.integer_member("min_pool", i64::from(policy.disagrees.min_pool));
        count(w, "min_others", policy.disagrees.min_others);
        w.number_member("alpha_share", policy.disagrees.alpha_share);
    });
    section(w, "actions", |w| {
        for (code, action) in policy.actions.iter() {
            w.string_member(code.as_str(), action.as_str());
        }
    });
    w.close_object();
    writer.into_bytes()
}

pub(super) fn section(w: &mut Writer, name: &'static str, members: impl FnOnce(&mut Writer)) {
    w.name(name);
    w.open_object();
    members(w);
    w.close_object();
}

pub(super) fn count(w: &mut Writer, name: &'static str, count: usize) {
    w.integer_member(name, i64::try_from(count).unwrap_or(i64::MAX));
}
