"""Judged leaves, channels, checks, weights, leaves that do not apply."""

from decimal import Decimal

from tests.unit.scoring.kit import problems, sheet

JUDGED = "indicators: [{code: a.x, title: 甲, points: 10, rule: judged}]\n"
CHANNELS = """
channels: [{id: self, title: 自评}, {id: peer, title: 互评, self_rating: false}, {id: expert, title: 专家}]
parameters:
  channel_self: {default: 0.1, min: 0, max: 1}
  channel_peer: {default: 0.2, min: 0, max: 1}
  channel_expert: {default: 0.7, min: 0, max: 1}
  aggregate: {type: choice, choices: [mean, median, trimmed], default: mean}
indicators:
  - {code: a.x, title: 甲, points: 100, rule: judged, channels: [self, peer, expert]}
"""


def rated(*rows: str) -> str:
    listed = ", ".join(f"{{subject: a, leaf: a.x, date: 2026-05-01, {row}}}" for row in rows)
    return f"records: [{listed}]"


def test_rating_is_the_points() -> None:
    assert sheet(JUDGED, rated("rating: 7.25")).total == Decimal("7.25")


def test_no_rating_is_missing() -> None:
    made = sheet(JUDGED, "records: []")
    assert (made.total, made.missing) == (Decimal(0), ["a.x"])


def test_several_raters_without_channels_are_averaged() -> None:
    assert sheet(JUDGED, rated("rating: 7, rater: p", "rating: 8, rater: q")).total == Decimal("7.5")


def test_omitted_rater_is_one_rater() -> None:
    assert problems(JUDGED, rated("rating: 7", "rating: 8")) == [
        "records[1].rater: (rater omitted) is there twice, one rating by each rater (test a.x)"
    ]


def test_channels_are_weighted() -> None:
    made = sheet(
        CHANNELS, rated("channel: self, rating: 90", "channel: peer, rating: 80", "channel: expert, rating: 70")
    )
    assert (made.total, made.remarks) == (Decimal("74.00"), [])


def test_absent_channel_scales_the_others() -> None:
    made = sheet(CHANNELS, rated("channel: self, rating: 90", "channel: peer, rating: 80"))
    assert made.total == Decimal("83.33")
    assert made.remarks == ["a.x 缺渠道 expert，其余权重按比例放大"]


def test_only_channels_of_weight_zero_are_missing() -> None:
    made = sheet(CHANNELS, rated("channel: self, rating: 90"), parameters={"channel_self": 0})
    assert (made.total, made.missing) == (Decimal(0), ["a.x"])


def test_median_and_trimmed() -> None:
    rows = [f"channel: expert, rater: r{n}, rating: {v}" for n, v in enumerate((92, 90, 85, 70, 96))]
    assert sheet(CHANNELS, rated(*rows), parameters={"aggregate": "trimmed"}).total == Decimal(89)
    assert sheet(CHANNELS, rated(*rows), parameters={"aggregate": "median"}).total == Decimal(90)
    assert sheet(CHANNELS, rated(*rows[:4]), parameters={"aggregate": "median"}).total == Decimal("87.5")
    assert sheet(CHANNELS, rated(*rows[:4]), parameters={"aggregate": "trimmed"}).total == Decimal("84.25")


def test_unknown_channel_rating_of_oneself_and_missing_channel_are_told_together() -> None:
    told = problems(CHANNELS, rated("channel: boss, rating: 5", "channel: peer, rater: a, rating: 101", "rating: 5"))
    assert told == [
        "records[0].channel: boss is not one of self, peer, expert (test a.x)",
        "records[1].rating: 101 is outside 0 to 100 (test a.x)",
        "records[1].rater: a contradicts subject (test a.x)",
        "records[2].channel: is missing, expected self, peer, expert (test a.x)",
    ]


WEIGHTED = """
normalise: 100
parameters: {w1: {default: 60, min: 0}, w2: {default: 40, min: 0}}
indicators:
  - code: b.one
    title: 一
    points: w1
    rule: weighted
    leaves: {rule: check, done: [full, partial, none, not_applicable]}
    children: [{code: .x, title: 甲, weight: 2}, {code: .y, title: 乙, weight: 1}]
  - code: b.two
    title: 二
    points: w2
    rule: weighted
    leaves: {rule: check, done: [full, partial, none, not_applicable]}
    children: [{code: .z, title: 丙, weight: 1}]
"""


def done(**marks: str) -> str:
    listed = ", ".join(
        f"{{subject: a, leaf: b.{'two' if leaf == 'z' else 'one'}.{leaf}, date: 2026-05-01, done: {mark}, note: 因}}"
        for leaf, mark in marks.items()
    )
    return f"records: [{listed}]"


def test_weighted_branches_share_their_points() -> None:
    made = sheet(WEIGHTED, done(x="full", y="none", z="partial"))
    assert made.items == {"b.one": Decimal("40.00"), "b.two": Decimal("20.00")}


def test_not_applicable_leaf_leaves_its_weight_to_the_rest() -> None:
    assert sheet(WEIGHTED, done(x="not_applicable", y="partial", z="full")).items["b.one"] == Decimal(30)


def test_branch_without_anything_applicable_leaves_its_points_to_the_others() -> None:
    made = sheet(WEIGHTED, done(x="full", y="full", z="not_applicable"))
    assert made.items == {"b.one": Decimal(100), "b.two": Decimal(0)}


def test_weights_that_do_not_add_up_are_normalised() -> None:
    made = sheet(WEIGHTED, done(x="full", y="full", z="none"), parameters={"w1": 10, "w2": 20})
    assert made.items["b.one"] == Decimal("33.33")


def test_missing_leaf_of_a_weighted_branch_gives_nothing() -> None:
    made = sheet(WEIGHTED, done(x="full", z="full"))
    assert (made.items["b.one"], made.missing) == (Decimal(40), ["b.one.y"])


RESCALED = """
indicators:
  - code: c.one
    title: 一
    points: 20
    rule: rescaled
    not_applicable: HOW
    leaves: {rule: check, done: [full, partial, none, not_applicable]}
    children: [{code: .x, title: 甲, points: 4}, {code: .y, title: 乙, points: 6}, {code: .z, title: 丙, points: 10}]
"""


def rescaled(how: str, x: str, y: str) -> Decimal:
    rows = (("x", x), ("y", y), ("z", "not_applicable"))
    listed = ", ".join(f"{{subject: a, leaf: c.one.{c}, date: 2026-05-01, done: {d}, note: 因}}" for c, d in rows)
    return sheet(RESCALED.replace("HOW", how), f"records: [{listed}]").total


def test_points_of_what_does_not_apply_are_rescaled_or_spread() -> None:
    assert rescaled("rescale", "full", "full") == rescaled("spread", "full", "full") == Decimal(20)
    assert rescaled("rescale", "full", "none") == Decimal(8)
    assert rescaled("spread", "full", "none") == Decimal(9)


def test_not_applicable_needs_a_note_and_must_be_allowed() -> None:
    body = "indicators: [{code: a.x, title: 甲, points: 4, rule: check, done: [full, none, not_applicable]}]"
    assert problems(body, rated("done: not_applicable")) == [
        "records[0].note: is missing, expected a note why it does not apply (test a.x)"
    ]
    assert problems(body, rated("done: partial")) == [
        "records[0].done: partial is not one of full, none, not_applicable (test a.x)"
    ]


def test_rating_on_a_scale_of_its_own_gives_the_points_of_the_leaf() -> None:
    body = "indicators: [{code: a.x, title: 甲, points: 20, max: 100, rule: judged}]\n"
    assert sheet(body, rated("rating: 88.4")).total == Decimal("17.68")
    assert problems(body, rated("rating: 101")) == ["records[0].rating: 101 is outside 0 to 100 (test a.x)"]


def test_value_becomes_a_rating_in_the_named_channel() -> None:
    body = CHANNELS.replace(
        "channels: [self, peer, expert]}",
        "max: 100, channels: [self, peer, expert], formula: 'max(0, 100 - 10 * value_given)', value_channel: expert}",
    )
    assert sheet(body, rated("channel: self, rating: 60", "channel: expert, value: 2.5")).total == Decimal("73.13")
    assert problems(body, rated("channel: self, value: 2")) == [
        "records[0].value: 2 contradicts channel expert (test a.x)"
    ]
    assert problems(body, rated("channel: expert, value: 2", "channel: expert, value: 3, rater: p")) == [
        "records[1].value: 3 contradicts one value, or ratings (test a.x)"
    ]


def test_rating_or_value_but_not_both() -> None:
    leaf = "{code: a.x, title: 甲, points: 5, rule: judged, target: t, unit: percent}"
    body = f"parameters: {{t: {{default: 60}}}}\nindicators: [{leaf}]\n"
    assert sheet(body, rated("rating: 4")).total == Decimal(4)
    assert sheet(body, rated("value: 45")).total == Decimal("3.75")
    assert problems(body, rated("value: 45, rating: 3")) == ["records[0].value: 45 contradicts rating (test a.x)"]
    assert problems(body, rated("value: 45", "rating: 3, rater: p")) == [
        "records[0].value: 45 contradicts one value, or ratings (test a.x)"
    ]
