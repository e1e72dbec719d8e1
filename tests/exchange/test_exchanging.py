"""Real vaults that exchange real files: who gets what, what is taken from whom, and how changes on both sides come together."""

from tests.exchange.laptops import ANNA, outward


def test_that_an_office_gets_everything_and_the_same_file_changes_nothing_more(team):
    team.send("amt", "kim")
    assert set(outward(team["kim"])["coachees"]) == {ANNA}
    file = team.write("amt", "kim")
    assert team.read("kim", file).event is None
