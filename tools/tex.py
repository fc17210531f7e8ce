"""The book's macros for formulas, written out for who has not heard of them."""

import re


def expand(formula: str, macros: dict) -> str:
    r"""Replace each macro, such as \KL{p}{q}, by what the table of _config.yml says it means."""
    for name, definition in macros.items():
        tex, count = definition if isinstance(definition, list) else (definition, 0)
        pattern = rf"\\{name}(?![A-Za-z])" + r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}" * count

        def replace(match, tex=tex):
            for i, argument in enumerate(match.groups(), start=1):
                tex = tex.replace(f"#{i}", argument)
            return tex if tex[-1] in "})" else tex + " "

        formula = re.sub(pattern, replace, formula)
    return formula
