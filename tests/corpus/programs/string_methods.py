"""Each method of `str`, over ASCII and beyond."""

from tests.corpus import call, program

SHARP = "Straße"
GREEK = "Οδυσσεύς"
EMOJI = "na\u00efve \U0001f40d caf\u00e9"


@program(call("hello wORLD"), call(""), call("ßeta"), call(GREEK))
def capitalize(s):
    return s.capitalize()


@program(call(SHARP), call("ABC"), call("ﬁn"))
def casefold(s):
    return s.casefold(), s.casefold() == s.lower()


@program(call("abc", 8), call("é", 4), call("abcdef", 3))
def center(s, n):
    return s.center(n), s.center(n, "*")


@program(call("banana", "an"), call("banana", ""), call("aaaa", "aa"), call(EMOJI, "é"))
def count(s, sub):
    return s.count(sub), s.count(sub, 2), s.count(sub, 1, 4), s.count(sub, -3)


@program(call("abc"), call(EMOJI), call(""))
def encode(s):
    return s.encode(), s.encode("utf-8")


@program(call("é€"))
def encode_ascii_fails(s):
    return s.encode("ascii")


@program(call("data.csv", ".csv"), call("é", ""), call("a", "ba"))
def endswith(s, suffix):
    return s.endswith(suffix), s.endswith((".txt", suffix)), s.endswith(suffix, 1)


@program(call("a\tbc\td"), call("\t\u00e9\t|"))
def expandtabs(s):
    return s.expandtabs(), s.expandtabs(4), s.expandtabs(0)


@program(call("banana", "na"), call("banana", "x"), call("", ""), call(EMOJI, "caf"))
def find(s, sub):
    return s.find(sub), s.find(sub, 3), s.find(sub, 0, 3), s.find(sub, -2)


@program(call("x", 2), call("y", -1))
def format_method(name, n):
    return "{}={}".format(name, n), "{1}{0}{1}".format(name, n)


@program(call("banana", "na"), call("banana", "x"))
def index(s, sub):
    return s.index(sub)


@program(call("abc1"), call("é"), call("a b"), call(""), call("½"))
def isalnum(s):
    return s.isalnum()


@program(call("abc"), call("éß"), call("a1"), call(""))
def isalpha(s):
    return s.isalpha()


@program(call("abc"), call("é"), call(""))
def isascii(s):
    return s.isascii()


@program(call("12"), call("²"), call("٣"), call("1.5"), call(""))
def isdecimal_isdigit_isnumeric(s):
    return s.isdecimal(), s.isdigit(), s.isnumeric()


@program(call("name_1"), call("1a"), call("größe"), call("for"), call(""))
def isidentifier(s):
    return s.isidentifier()


@program(call("abc1"), call("Abc"), call("ßé"), call("12"), call(""))
def islower_isupper(s):
    return s.islower(), s.isupper(), s.upper().isupper()


@program(call("abc"), call("a\n"), call("\u200b"), call(""))
def isprintable(s):
    return s.isprintable()


@program(call(" \t\n"), call(""), call("\u2003"), call(" a"))
def isspace(s):
    return s.isspace()


@program(call("Hello World"), call("Hello world"), call("Ünder"), call("1A"))
def istitle(s):
    return s.istitle(), s.title()


@program(call(["a", "b", "é"]), call(["x"]))
def join(parts):
    return ", ".join(parts), "".join(parts), "\U0001f40d".join(parts)


@program(call("ab", 5), call("é", 3), call("long", 2))
def ljust_rjust(s, n):
    return s.ljust(n), s.rjust(n), s.ljust(n, "."), s.rjust(n, "-")


@program(call("ABC é"), call("ÀÉÎ"), call("İ"), call("ΑΣ"))
def lower(s):
    return s.lower()


@program(call("  ab "), call("\u2003x\n"), call("xxaxx"), call(""))
def strip(s):
    return s.strip(), s.lstrip(), s.rstrip(), s.strip("x"), s.lstrip("x "), s.rstrip("\nx")


@program(call("k=v=w"), call("kv"), call("="))
def partition(s):
    return s.partition("="), s.rpartition("=")


@program(call("abc", ""))
def partition_by_nothing(s, sep):
    return s.partition(sep)


@program(call("prefix_name"), call("name"), call("naïve"))
def removeprefix_removesuffix(s):
    return s.removeprefix("prefix_"), s.removesuffix("name"), s.removesuffix("ïve"), s.removesuffix("")


@program(call("banana", "an", "<>"), call("aaa", "", "-"), call("é", "é", "e"), call("abc", "x", "y"))
def replace(s, old, new):
    return s.replace(old, new), s.replace(old, new, 1), s.replace(old, new, 0), s.replace(old, "")


@program(call("banana", "na"), call("é é", "é"), call("abc", "x"))
def rfind(s, sub):
    return s.rfind(sub), s.rfind(sub, 0, 4), s.rfind("")


@program(call("banana", "na"), call("banana", "x"))
def rindex(s, sub):
    return s.rindex(sub)


@program(call("a b  c "), call(""), call("x"), call("é\u2003b"))
def split_by_whitespace(s):
    return s.split(), s.split(None, 1), s.rsplit(None, 1)


@program(call("1,2,,3"), call(""), call(","), call("é,ü"))
def split_by_separator(s):
    return s.split(","), s.split(",", 1), s.rsplit(",", 1), s.split(",", 0), s.split(", ")


@program(call("abc"))
def split_by_nothing(s):
    return s.split("")


@program(call("a\nb\r\nc\x0bd\u2028e"), call(""), call("x\n"))
def splitlines(s):
    return s.splitlines(), s.splitlines(True)


@program(call("filename", "file"), call("é", "e"), call("", ""))
def startswith(s, prefix):
    return s.startswith(prefix), s.startswith(("x", prefix)), s.startswith(prefix, 1), s.startswith("", 9)


@program(call("Hello éÀ"), call("ß"), call("ǆ"))
def swapcase(s):
    return s.swapcase()


@program(call("hello world's end"), call("ÉCOLE ünter 3d"), call("ǆa"))
def title(s):
    return s.title()


@program(call("hello"), call("naïve"))
def translate(s):
    table = str.maketrans("lo", "01", "h")
    return s.translate(table)


@program(call("hello é"), call("ß ŉ"), call("ﬃ"))
def upper(s):
    return s.upper()


@program(call("42", 5), call("-42", 6), call("+é", 4), call("", 2), call("12345", 3))
def zfill(s, n):
    return s.zfill(n)


@program(call("a-b_c"))
def chained(s):
    return s.replace("-", " ").replace("_", " ").title().split()[0].lower().center(5, "=")


@program(call("x1y22z"))
def methods_in_a_loop(s):
    digits = ""
    letters = []
    for c in s:
        if c.isdigit():
            digits += c
        else:
            letters.append(c.upper())
    return digits, letters


@program(call("abc"))
def unbound_method(s):
    return str.upper(s), [str.title(x) for x in ("ab", "cd")]


@program(call("Hello, World"))
def methods_with_keywords(s):
    return s.split(sep=", ", maxsplit=1), s.encode(encoding="utf-8"), s.expandtabs(tabsize=3)


@program(call("abc", 5))
def wrong_types_are_refused(s, n):
    return s.startswith(n)
