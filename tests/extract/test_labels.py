from include.extract.labels import labelled


def test_a_label_may_be_before_or_above_its_value() -> None:
    lines = ["Location: Bremen", "Salary:", "€30,000", "Job type", "Part-time", "Team", ": Brooms"]

    assert labelled(lines) == {
        "location": "Bremen",
        "salary": "€30,000",
        "employment_type": "Part-time",
        "team": "Brooms",
    }


def test_the_first_of_two_labels_is_used_and_a_label_is_not_a_value() -> None:
    lines = ["Standort: Jena", "Location: Bremen", "Department", "Team", "Brooms"]

    assert labelled(lines) == {"location": "Jena", "team": "Brooms"}


def test_prose_is_not_a_value() -> None:
    sentence = "We pay well, " * 20

    assert labelled([f"Salary: {sentence}", "Location", sentence, "Our promise: cake"]) == {}


def test_labels_are_recognised_in_other_spellings_and_languages() -> None:
    lines = [
        "Location(s)",
        "Bremen",
        "WAGE / SALARY",
        "$12 to $16 Hour",
        "Yayın Tarihi: 25.09.2026",
    ]

    assert labelled(lines) == {
        "location": "Bremen",
        "salary": "$12 to $16 Hour",
        "posted_at": "25.09.2026",
    }
    assert labelled(["勤務地：東京", "給与", "年収 600万円"]) == {
        "location": "東京",
        "salary": "年収 600万円",
    }
