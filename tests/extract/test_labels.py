from include.extract.labels import labelled


def test_a_label_stands_before_above_or_beside_its_value() -> None:
    lines = ["Location: Bremen", "Salary:", "€30,000", "Job type", "Part-time", "Team", ": Brooms"]

    assert labelled(lines) == {
        "location": "Bremen",
        "salary": "€30,000",
        "employment_type": "Part-time",
        "team": "Brooms",
    }


def test_the_first_of_two_labels_counts_and_a_label_is_no_value() -> None:
    lines = ["Standort: Jena", "Location: Bremen", "Department", "Team", "Brooms"]

    assert labelled(lines) == {"location": "Jena", "team": "Brooms"}


def test_prose_is_no_value() -> None:
    sentence = "We pay well, " * 20

    assert labelled([f"Salary: {sentence}", "Location", sentence, "Our promise: cake"]) == {}
