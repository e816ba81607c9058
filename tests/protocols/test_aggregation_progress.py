"""How far a run has come, as people are told who wait for it."""

from .aggregation_world import aggregation, dropouts, inputs_for, play


def test_progress_names_the_round_and_counts_who_has_spoken_in_it():
    agg = aggregation(6, 3)
    execution = agg.run(inputs_for(agg))
    told = []
    assert str(execution.progress) == "setup"
    play(
        agg,
        execution,
        faults=dropouts({6: "U3"}),
        pulse=lambda _: bool(told.append(str(execution.progress))),
    )

    assert told[-1] == "Unmasking 5 of 6"
    assert list(dict.fromkeys(text.split()[0] for text in told)) == [
        "AdvertiseKeys",
        "ShareKeys",
        "MaskedInput",
        "Unmasking",
    ]


def test_progress_changes_no_transcript():
    agg = aggregation(4, 2)
    digests = {
        play(agg, agg.run(inputs_for(agg)), pulse=pulse).digest for pulse in (None, lambda _: False)
    }
    assert len(digests) == 1
