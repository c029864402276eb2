"""Which parts of a table may be shown, so that no small cell comes out by adding and subtracting those that are.

Whoever answered belongs to one *atom* (group, subject, channel). Published are the whole and, for each of these kinds,
its *parts*: the sums over all atoms with one value. Hiding a small part alone protects nobody, since the whole minus the
other parts gives it back; so further parts are hidden until nothing small can be computed (complementary suppression:
Cox (1980), Suppression methodology and statistical disclosure control, JASA 75, 377-385; Willenborg and de Waal (2001),
Elements of Statistical Disclosure Control, chapters 4 and 6).

Guarantee: no set of atoms that holds 1 to `fewest` - 1 ballots together is a linear combination of what is published,
not even for someone who knows which atoms are empty. Whatever is additive over the atoms (ballots, answers, each level,
sums of numbers) is protected alike, because all of it is published for the same parts.

Limits: what all of a larger cell say alike is known of each of them. Sums bound what they are made of: where none of
seven said "dissatisfied", none of the two hidden among them did. Being hidden as small says that there are 1 to 4.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from hashlib import blake2b
from itertools import combinations

Atom = tuple[str, ...]  # one value for each kind
Part = tuple[int, str]  # the number of the kind and one of its values
WHOLE: Part = (-1, "")

MOST = 5  # sets of up to four atoms are searched; a higher bound would need larger sets
_PRIME = 2**61 - 1  # a sum that is zero by chance, which would hide too much: one in 10^18
_Row = dict[int, int]  # column -> number modulo the prime; columns below zero say which parts the row is made of
_Pivots = list[tuple[int, _Row]]


def protect(cells: Mapping[Atom, int], kinds: int, *, fewest: int = MOST, hidden: Set[Part] = frozenset()) -> frozenset[Part]:
    """The parts, WHOLE among them, that may be shown of `cells` (atom -> ballots); empty parts are not among them.

    `hidden` are parts that are not shown anyway. The same for every order of the cells. Raises ValueError for a `fewest`
    over five, negative numbers and atoms that do not have one value for each of the `kinds`.
    """
    concealed = conceal([cells], kinds, fewest=fewest, hidden=hidden)
    return frozenset(_parts(_checked(cells, kinds), kinds)) - concealed


def conceal(measures: Iterable[Mapping[Atom, int]], kinds: int, *, fewest: int = MOST,
            hidden: Set[Part] = frozenset()) -> frozenset[Part]:
    """The parts that must stay hidden so that no measure (ballots, answers to a question, ...) is small anywhere.

    Hiding more never uncovers anything, so one measure is protected after the other.
    """
    if not 1 <= fewest <= MOST:
        raise ValueError(f"cells under {fewest} cannot be protected, at most cells under {MOST}")
    concealed = frozenset(hidden)
    done: list[Mapping[Atom, int]] = []
    for cells in measures:
        if cells not in done:
            concealed |= _concealed(_checked(cells, kinds), kinds, fewest, concealed)
            done.append(cells)
    return concealed


def _checked(cells: Mapping[Atom, int], kinds: int) -> dict[Atom, int]:
    """The atoms that are not empty, sorted."""
    if any(len(atom) != kinds or n < 0 for atom, n in cells.items()):
        raise ValueError(f"every cell needs {kinds} values and no fewer ballots than none")
    return {atom: n for atom, n in sorted(cells.items()) if n}


def _concealed(cells: Mapping[Atom, int], kinds: int, fewest: int, hidden: frozenset[Part]) -> frozenset[Part]:
    parts = _parts(cells, kinds)
    concealed = set(hidden) | {part for part, n in parts.items() if n < fewest}
    while min(cells.values(), default=fewest) < fewest:
        involved = _computable(cells, [part for part in parts if part not in concealed], fewest)
        if not involved:
            break
        have_company = {kind for kind, _ in concealed}
        concealed.add(min(involved, key=lambda part: (part == WHOLE, part[0] not in have_company, parts[part], part)))
    _give_company(concealed, parts, kinds)
    return frozenset(concealed)


def _parts(cells: Mapping[Atom, int], kinds: int) -> dict[Part, int]:
    """The ballots of every part, the smallest first but for WHOLE, which leads."""
    found: dict[Part, int] = defaultdict(int)
    for atom, n in cells.items():
        for kind in range(kinds):
            found[kind, atom[kind]] += n
    smallest_first = sorted(found.items(), key=lambda each: (each[1], each[0]))
    return {WHOLE: sum(cells.values()), **dict(smallest_first)} if cells else {}


def _give_company(concealed: set[Part], parts: Mapping[Part, int], kinds: int) -> None:
    """Where exactly one part of a kind is hidden, it is the whole minus the others: the smallest of them is hidden too."""
    for kind in range(kinds):
        if sum(part[0] == kind for part in concealed) == 1:
            concealed.update([part for part in parts if part[0] == kind and part not in concealed][:1])


# --- linear algebra modulo a prime -----------------------------------------------------------------------------------------

def _computable(cells: Mapping[Atom, int], shown: Sequence[Part], fewest: int) -> list[Part]:
    """The parts from which some small set of atoms can be computed; none where there is no such set.

    A set can be computed if its indicator is a sum of multiples of shown parts, which is if it is orthogonal to whatever
    is orthogonal to all of them. One random vector of that kind shows it: over the set, its entries add up to nothing.
    """
    columns = _columns(cells, shown)
    sizes = [sum(cells[atom] for atom in atoms) for atoms in columns.values()]
    small = [column for column, size in enumerate(sizes) if size < fewest]
    if not small:
        return []
    pivots = _eliminated([[column for column, inside in enumerate(columns) if part in inside] for part in shown])
    found = next(_adding_to_nothing(_orthogonal(pivots, len(sizes)), {each: sizes[each] for each in small}, fewest), None)
    if found is None:
        return []
    row = dict.fromkeys(found, 1)
    _reduce(row, pivots)
    return [shown[-1 - column] for column in row]


def _columns(cells: Mapping[Atom, int], shown: Sequence[Part]) -> dict[frozenset[Part], list[Atom]]:
    """Atoms that lie in the same shown parts, and in at least one, can only be computed together: they are one column."""
    known, found = frozenset(shown), defaultdict(list)
    for atom in cells:
        found[known.intersection([WHOLE, *enumerate(atom)])].append(atom)
    found.pop(frozenset(), None)
    return found


def _eliminated(rows: Iterable[Sequence[int]]) -> _Pivots:
    """Gauss: each row without the leading columns of those before it, with its leading entry made one."""
    pivots: _Pivots = []
    for number, columns in enumerate(rows):
        row = {**dict.fromkeys(columns, 1), -1 - number: 1}
        _reduce(row, pivots)
        lead = min((column for column in row if column >= 0), default=None)
        if lead is not None:
            inverse = pow(row[lead], -1, _PRIME)
            pivots.append((lead, {column: value * inverse % _PRIME for column, value in row.items()}))
    return pivots


def _reduce(row: _Row, pivots: _Pivots) -> None:
    for lead, pivot in pivots:
        times = row.get(lead)
        if times:
            for column, value in pivot.items():
                left = (row.get(column, 0) - times * value) % _PRIME
                if left:
                    row[column] = left
                else:
                    del row[column]


def _orthogonal(pivots: _Pivots, width: int) -> list[int]:
    """A vector orthogonal to all rows, as good as random: free entries are hashes of their column, the others follow."""
    vector = [int.from_bytes(blake2b(column.to_bytes(4)).digest(), "big") % _PRIME for column in range(width)]
    for lead, row in reversed(pivots):
        vector[lead] = -sum(value * vector[column] for column, value in row.items() if column >= 0 and column != lead) % _PRIME
    return vector


def _adding_to_nothing(vector: Sequence[int], sizes: Mapping[int, int], fewest: int) -> Iterator[tuple[int, ...]]:
    """Sets of up to four columns with fewer than `fewest` ballots over which the vector adds up to nothing."""
    at: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for column in sizes:
        at[vector[column]].append((column,))
    yield from at.get(0, ())
    yield from _matching(at, at, sizes, fewest)
    at_pair: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for one, other in combinations([column for column, size in sizes.items() if size < fewest - 2], 2):
        if sizes[one] + sizes[other] < fewest - 1:
            at_pair[(vector[one] + vector[other]) % _PRIME].append((one, other))
    yield from _matching(at, at_pair, sizes, fewest)
    yield from _matching(at_pair, at_pair, sizes, fewest)


def _matching(at: Mapping[int, Sequence[tuple[int, ...]]], others: Mapping[int, Sequence[tuple[int, ...]]],
              sizes: Mapping[int, int], fewest: int) -> Iterator[tuple[int, ...]]:
    for value, found in at.items():
        for one in found:
            for other in others.get(-value % _PRIME, ()):
                both = {*one, *other}
                if len(both) == len(one) + len(other) and sum(sizes[column] for column in both) < fewest:
                    yield tuple(sorted(both))
