"""YAML: the core schema of 1.2, positions, and what is refused."""

import pytest

from sim.errors import UserError
from sim.scenario.yaml_source import MAX_BYTES, MAX_NODES, parse_yaml, read_yaml


class TestYaml:
    def test_core_schema_of_yaml_1_2(self):
        content = "a: no\nb: [1, 010, 0o17, 0x1F, -.5, 1e3, .inf, -.inf]\nc: 1_000\nd: ~\ne: 'yes'\nf: true\ng: '3'\n"
        assert parse_yaml(content, "f").data == {
            "a": "no", "b": [1, 10, 15, 31, -0.5, 1000.0, float("inf"), -float("inf")], "c": "1_000", "d": None,
            "e": "yes", "f": True, "g": "3",
        }  # fmt: skip

    def test_positions(self):
        document = parse_yaml("a:\n  b: [1,\n    2]\n", "f.yaml")
        assert document.where(("a", "b")) == "f.yaml:2:6"
        assert document.where(("a", "b"), key=True) == "f.yaml:2:3"
        assert document.where(("a", "b", 1)) == "f.yaml:3:5"
        assert document.where(("a", "b", 7)) == "f.yaml:2:6"
        assert document.where(("z",)) == "f.yaml:1:1"

    def test_aliases_are_expanded_and_counted(self):
        assert parse_yaml("a: &x [1, 2]\nb: *x\n", "f").data == {"a": [1, 2], "b": [1, 2]}
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 9)]
        with pytest.raises(UserError, match="aliases repeat more than"):
            parse_yaml("\n".join(lines), "f")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("a: 1\na: 2\n", "f:2:1: a: duplicate key, first given in line 1"),
            ("a: {b: 1, b: 2}", "f:1:11: a.b: duplicate key"),
            ("a: [1,\n", "f:2:1:"),
            ("a:\n\t- 1", "f:2:1:"),
            ("&a [*a]", "f:1:5: alias *a lies inside"),
            ("a: *b", "f:1:4: alias *b refers to no anchor"),
            ("a: !!python/object/apply:os.system [ls]", "f:1:4: tags such as"),
            ("a: 1\n---\nb: 2", "f:2:1: a second document"),
            ("? [a]\n: 1", "f:1:3: a key must be a word"),
            ("a: \x00", "control character"),
            ('a: "\\ud800"', "f:1:4: half of a surrogate pair"),
            ("[" * 100, "nested deeper than"),
            ("- x\n" * (MAX_NODES + 1), f"more than {MAX_NODES:,} values"),
            ("#" * (MAX_BYTES + 1), "more than the limit"),
            ("%YAML 3.0\n---\na: 1", "f:"),
        ],
    )
    def test_refuses(self, content, message):
        with pytest.raises(UserError) as caught:
            parse_yaml(content, "f")
        assert str(caught.value).startswith("f")
        assert message in str(caught.value)

    def test_bytes_that_are_not_text(self):
        with pytest.raises(UserError, match="f:2:4: this is not UTF-8"):
            parse_yaml(b"a: 1\nb: \xff", "f")

    def test_files(self, tmp_path):
        with pytest.raises(UserError, match="no such file"):
            read_yaml(tmp_path / "x.yaml")
        with pytest.raises(UserError, match="is a folder"):
            read_yaml(tmp_path)
        big = tmp_path / "big.yaml"
        big.write_text("#" * (MAX_BYTES + 1))
        with pytest.raises(UserError, match="1,000,001 bytes are more than"):
            read_yaml(big)
