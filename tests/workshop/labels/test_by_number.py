import pypdfium2
import pytest
from support import factories

from shop.commands import print_labels, program
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.labels import by_number, waiting
from workshop.labels.models import PrintJob, PrintWay
from workshop.labels.printers import actions as printers


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1001-1004", [1001, 1002, 1003, 1004]),
        ("1001,1005-1006", [1001, 1005, 1006]),
        ("7", [7]),
        ("9, 3 - 4,9", [9, 3, 4, 9]),
    ],
)
def test_numbers_are_listed_as_people_write_them(text, numbers):
    assert by_number.numbers_in(text) == numbers


@pytest.mark.once
@pytest.mark.parametrize("text", ["", "a", "1001-", "-5", "1001;1002", "5-3", "1-1001", "1,,2", "1-999999999", "٣"])
def test_what_is_no_list_of_numbers_is_refused(text):
    with pytest.raises(Refusal, match=r"[.]$"):
        by_number.numbers_in(text)


@pytest.fixture
def first(app):
    """The first of three numbers that are one after the other; the last has no price."""
    with db.transaction() as session:
        factories.label_sheet(session)
        factories.label_sheet(session, key="roll_62x29")
        items = [factories.item(session) for _ in range(3)]
        items.append(factories.item(session, price_ore=None, is_for_sale=False))
        printers.add_printer(session, name="Kontoret", way=PrintWay.BROWSER)
        printers.add_printer(session, name="Zebra", way=PrintWay.ZPL, address="127.0.0.1:9")
        return items[0].number


@pytest.fixture
def run(app, tmp_path, monkeypatch):
    """The command as it is typed, and the file it writes."""
    output = tmp_path / "labels.pdf"

    def typed(*words, sheet="a4_3x7"):
        return app.test_cli_runner().invoke(print_labels, ["--sheet", sheet, "--output", str(output), *words])

    return typed, output


def jobs():
    with db.reading() as session:
        return session.query(PrintJob).count()


def test_labels_are_written_as_a_file_and_no_job_is_made(run, first):
    typed, output = run
    answer = typed("--start", "20", "--numbers", f"{first}-{first + 2}")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert "3 labels in" in answer.stdout
    pages = pypdfium2.PdfDocument(output.read_bytes())
    assert len(pages) == 2, "two places on the first sheet, one on the next"
    assert f"Nr.\xa0{first}" in pages[0].get_textpage().get_text_bounded().replace("Nr. ", "Nr.\xa0")
    assert jobs() == 0
    assert program.get_command(None, "labels") is print_labels


def test_a_recorded_run_waits_to_be_confirmed(run, first):
    typed, _output = run
    assert typed("--numbers", str(first), "--record", "--printer", "kontoret").exit_code == 0
    assert jobs() == 1
    with db.reading() as session:
        assert waiting.queue_length(session, factories.NOW) == 3, "nothing has been printed yet"


@pytest.mark.parametrize(
    ("words", "sheet", "sentence"),
    [
        (["--numbers", "x"], "a4_3x7", "Skriv numrene som 1001-1021"),
        (["--numbers", "{0}"], "ukendt", "Der er intet ark, der hedder ukendt. Der er: a4_3x7"),
        (["--numbers", "{0}", "--start", "22"], "a4_3x7", "fra 1 til 21"),
        (["--numbers", "{0}", "--start", "0"], "a4_3x7", "fra 1 til 21"),
        (["--numbers", "{0},999999"], "a4_3x7", "Nr. 999999 findes ikke."),
        (["--numbers", "{0}-{3}"], "a4_3x7", "har ingen pris. Sæt prisen først."),
        (["--numbers", "{0}", "--printer", "Loftet"], "a4_3x7", "Der er: Kontoret, Zebra."),
        (["--numbers", "{0}", "--printer", "Zebra", "--record"], "roll_62x29", "over nettet"),
    ],
)
def test_what_is_wrong_is_said_and_leaves_neither_file_nor_job(run, first, words, sheet, sentence):
    typed, output = run
    answer = typed(*[word.format(first, first + 1, first + 2, first + 3) for word in words], sheet=sheet)
    assert answer.exit_code == 2
    assert sentence in answer.stderr
    assert answer.stdout == ""
    assert not output.exists()
    assert jobs() == 0


def test_a_file_that_is_there_is_not_written_over_unless_told_to(run, first):
    typed, output = run
    output.write_text("mit")
    answer = typed("--numbers", str(first), "--record")
    assert answer.exit_code == 2
    assert "findes allerede" in answer.stderr
    assert output.read_text() == "mit"
    assert jobs() == 0
    assert typed("--numbers", str(first), "--force").exit_code == 0
    assert output.read_bytes().startswith(b"%PDF")


def test_a_folder_that_is_not_there_is_said_and_makes_no_job(app, tmp_path, first):
    output = tmp_path / "ingen" / "labels.pdf"
    words = ["--sheet", "a4_3x7", "--numbers", str(first), "--output", str(output), "--record"]
    answer = app.test_cli_runner().invoke(print_labels, words)
    assert answer.exit_code == 2
    assert "kan ikke skrives" in answer.stderr
    assert jobs() == 0
