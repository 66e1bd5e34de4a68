"""What stands between words is read in time that grows with its length, whatever it is made of and however it ends."""

import re
import time

import pytest

from masker.formats.sqlite import facts, loading
from masker.sql import swallowed, tokens, virtual
from masker.sql.blanks import BLANK
from masker.sql.dump import sequences
from masker.verify import dump_words

EXPRESSIONS = {
    "the end of a trigger": (tokens._TRIGGER_END, ";"),
    "the end of a trigger, verified": (dump_words.END, ";"),
    "a statement in a string": (swallowed._NEXT, ";"),
    "a virtual table": (virtual._STATEMENT, "CREATE"),
    "a transaction": (loading._SKIPPED, ""),
    "a setting": (loading._SETTING, ""),
    "a table without rowid": (facts._WITHOUT_ROWID, "WITHOUT"),
    "a restart": (sequences._RESTART, ""),
    "a start": (sequences._START, ""),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("blank", ["/* */ ", "-- x\n", "/**/", "/* * / */\n-- /*\n"])
def test_thousands_of_comments_are_passed_over_at_once(name: str, blank: str) -> None:
    expression, lead = EXPRESSIONS[name]
    text = lead + blank * 2000 + "x"
    started = time.process_time()
    expression.match(text.encode() if isinstance(expression.pattern, bytes) else text)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("text", ["", " \n", "-- a\n", "-- a", "/* a */", "/* a", "/**/ -- b\n/* c\n*/"])
def test_blanks_and_comments_are_blank(text: str) -> None:
    assert re.fullmatch(f"{BLANK}*", text, re.DOTALL)


@pytest.mark.parametrize("text", ["a", "- a", "/ * */", "/* a */ b", "'-- a"])
def test_nothing_else_is(text: str) -> None:
    assert not re.fullmatch(f"{BLANK}*", text, re.DOTALL)
