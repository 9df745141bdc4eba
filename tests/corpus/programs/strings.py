"""Strings: indexing, slices, operators, iteration, building, conversion."""

import numpy as np

from tests.corpus import call, program


@program(call("hello", 1), call("hello", -1), call("h€llo🐍", 5), call("h€llo", -4))
def index(s, i):
    return s[i]


@program(call("hello", 5), call("", 0), call("é", -2))
def index_out_of_range(s, i):
    return s[i]


@program(call("hello world"), call("é🐍x"), call(""))
def slices(s):
    return s[1:4], s[:-1], s[::-1], s[::2], s[5:2], s[-3:], s[:100]


@program(call("abc", "déf"), call("", "x"))
def concatenate_and_repeat(a, b):
    return a + b, a * 3, 2 * b, a * 0, b * -1


@program(call("abc", "abd"), call("abc", "abc"), call("Z", "a"), call("é", "z"), call("", "a"))
def comparisons(a, b):
    return a < b, a <= b, a == b, a != b, a > b, a >= b


@program(call("banana", "nan"), call("banana", "x"), call("x", ""), call("naïve", "ï"))
def containment(s, sub):
    return sub in s, sub not in s


@program(call("h€🐍"), call(""))
def iteration(s):
    out = []
    for c in s:
        out.append((c, ord(c)))
    return out


@program(call("abc"), call("🐍"), call(""))
def length_and_truth(s):
    return len(s), bool(s), not s


@program(call(97), call(8364), call(128013))
def chr_and_ord(n):
    return chr(n), ord(chr(n)), chr(n) + chr(n + 1)


@program(call(-1), call(1114112))
def chr_out_of_range(n):
    return chr(n)


@program(call("ab"))
def ord_of_a_long_string(s):
    return ord(s)


@program(call("42"), call("-7"), call(" 1_000 "), call("٣"))
def int_of_text(s):
    return int(s)


@program(call("ff", 16), call("0x1F", 16), call("101", 2), call("zz", 36), call("0b11", 0))
def int_with_base(s, base):
    return int(s, base)


@program(call("4x"), call(""), call("1.5"), call("9223372036854775808_"))
def int_of_bad_text(s):
    return int(s)


@program(call("1.5"), call("-1e-3"), call("nan"), call("inf"), call(" 2 "), call("1_0.5"), call("-Infinity"))
def float_of_text(s):
    return float(s)


@program(call("1,5"), call("abc"), call(""))
def float_of_bad_text(s):
    return float(s)


@program(call(4), call(0))
def building(n):
    s = ""
    for i in range(n):
        s += str(i * i) + ";"
    return s


@program(call("to be or not to be that is the question to"))
def word_count(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


@program(call("A man a plan"), call("été"), call(""))
def palindrome(s):
    t = "".join(c for c in s.lower() if c.isalpha())
    return t == t[::-1], t


@program(call("kitten", "sitting"), call("", "abc"), call("café", "cafe"))
def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        previous = row[0]
        row[0] = i
        for j in range(1, len(b) + 1):
            change = previous if a[i - 1] == b[j - 1] else previous + 1
            previous = row[j]
            row[j] = min(row[j] + 1, row[j - 1] + 1, change)
    return row[-1]


@program(call("Hello, World!", 3), call("xyz", 5))
def caesar(s, k):
    out = []
    for c in s:
        if "a" <= c <= "z":
            out.append(chr((ord(c) - ord("a") + k) % 26 + ord("a")))
        elif "A" <= c <= "Z":
            out.append(chr((ord(c) - ord("A") + k) % 26 + ord("A")))
        else:
            out.append(c)
    return "".join(out)


@program(call("aaabbc"), call("a"), call(""))
def run_lengths(s):
    out = ""
    i = 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]:
            j += 1
        out += s[i] + str(j - i)
        i = j
    return out


@program(call("ACGTTGCA"), call("ACGN"))
def complement(dna):
    pairs = {"A": "T", "C": "G", "G": "C", "T": "A"}
    return "".join(pairs[c] for c in reversed(dna))


@program(call("b"), call("z"))
def as_keys(key):
    d = {"a": 1, "b": 2}
    return d.get(key, -1), key in d, key in ("a", "z"), key in ["b"]


@program(call(["pear", "fig", "apple"]))
def sorting(words):
    return sorted(words), sorted(words, key=len), max(words), min(words, key=lambda w: w[-1])


@program(call("a1b2"))
def set_of_characters(s):
    return sorted(set(s)), len(set("hello")), list(s), tuple(s)


@program(call("k=1;j=22"))
def parsing_settings(text):
    out = {}
    for part in text.split(";"):
        key, value = part.split("=")
        out[key] = int(value)
    return out


@program(call("abc"))
def augmented(s):
    s += "d"
    t = s
    s *= 2
    return s, t


@program(call("x"), call("y"))
def conditional(s):
    return "is x" if s == "x" else "is " + s


@program(call("abc", "x"))
def assignment_to_an_item(s, c):
    s[0] = c
    return s


@program(call(3, "a"))
def adding_a_number(n, s):
    return s + n


@program(call("tab\t\"q\" 'q' \\ \x00 é \U0001f40d \u200b"), call(""), call("it's"))
def representation(s):
    return repr(s), str(s), f"{s!r}", f"{s!a}", ascii(s)


@program(call("%d%%"))
def percent_formatting(s):
    return s % 5, "%s and %5.2f" % ("a", 2.5), "%x" % 255


@program(call("line one\nline two"))
def multi_line_literals(s):
    return s == """line one
line two""", "a" "b", r"\n", len("\n\t\x41\u00e9")


@program(call("name"))
def identity_and_hash(s):
    return hash(s) == hash("na" + "me"), s == "name"


@program(call("a,b"))
def str_of_things(s):
    return str(None), str(True), str(1), str(1.0), str((1, "a")), str([1.5, 2.0]), str({"k": s}), str(1j)


@program(call(12345), call(-120), call(0))
def digit_sum(n):
    return sum(int(c) for c in str(abs(n)))


@program(call(10), call(255), call(-5))
def number_bases(n):
    return bin(n), hex(n), oct(n)


@program(call(np.array([3, 1, 2])))
def from_array_elements(a):
    return ",".join([str(x) for x in a])
