"""Turns a plan into one Python function: each edge's batch once, then dicts of its rows."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from graphql import GraphQLError
from graphql.execution.values import VariableValues

from engine.arguments import has_variables, reading_of
from engine.edge import Columns, OfContext
from engine.leaf import leaf_expression
from engine.page import Page, read_page, write_cursor
from engine.plan import (
    Called,
    Followed,
    Found,
    Item,
    Leaf,
    Paged,
    Part,
    Referred,
    Selection,
    Shown,
    Text,
)
from engine.runtime import Around, Infos, by_type, cut, parents_with, small
from engine.source import Source

NO_VARIABLES = VariableValues({}, {})
INFO = {
    "hasNextPage": "has_next_page",
    "hasPreviousPage": "has_previous_page",
    "startCursor": "start_cursor",
    "endCursor": "end_cursor",
}
OUTSIDE = {"hasPreviousPage": "up_to_after", "hasNextPage": "from_before"}
BASE = {
    "Around": Around,
    "by_type": by_type,
    "cut": cut,
    "Infos": Infos,
    "write_cursor": write_cursor,
    "parents_with": parents_with,
    "small": small,
}


def compile_plan(root: Selection) -> tuple[Callable[..., Any], Source]:
    """Return the function `(context, variables) -> data` of a plan, and its source."""
    source = Source()
    expression = Compiler(source).objects(root, "[((),)]")
    source.line(f"return {expression}")
    scope = source.scope(BASE)
    exec(compile(source.text, "<compiled operation>", "exec"), scope)  # noqa: S102 - our own text
    return scope["run"], source


class Compiler:
    """Writes the lines that fetch what a selection needs, and the expression of one of its rows."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def objects(self, selection: Selection, rows: str) -> str:
        """Write what the rows' edges need; return the dict of one row over c0, c1 and so on."""
        pairs = (f"{key!r}: {self._value(item, selection, rows)}" for key, item in selection.items)
        return "{" + ", ".join(pairs) + "}"

    def _value(self, item: Item, selection: Selection, rows: str) -> str:
        if isinstance(item, Text):
            return repr(item.value)
        if isinstance(item, Leaf):
            return leaf_expression(
                self.source, item, [_expression(name, selection) for name in item.column.columns]
            )
        if isinstance(item, Followed):
            return self._followed(item, selection, rows)
        if isinstance(item, Found):
            return self._found(item, selection, rows)
        if isinstance(item, Referred):
            return self._referred(item, selection, rows)
        return self._paged(item, selection, rows)

    def _followed(self, item: Followed, selection: Selection, rows: str) -> str:
        edge, called = item.edge, item.called
        self.source.line(f"# {called.path}")
        if item.selection.brought:
            return self._brought(item, selection, rows)
        parents, key = self._parents(edge.needs, selection, rows)
        argument = self._argument(called, edge.read, parents)
        function = self.source.constant("fetch", edge.rows, called.path)
        fetched = self._fetch(function, parents, argument, tuple(item.selection.columns))
        child = self.objects(item.selection, fetched)
        found, head = self.source.name("by"), _unpacked(item.selection.columns)
        if edge.many:
            self.source.line(f"{found} = {{p[0] if p else None: [] for p in {parents}}}")
            self.source.line(f"for {head} in {fetched}: {found}[k].append({child})")
            return f"{found}[{key}]"
        self.source.line(f"{found} = {{k: {child} for {head} in {fetched}}}")
        return f"{found}.get({key})" if called.nullable else f"{found}[{key}]"

    def _brought(self, item: Followed, selection: Selection, rows: str) -> str:
        """Write the rows that others have with them, each once."""
        below, key = item.selection, item.edge.needs[0]
        fetched, found = self.source.name("rows"), self.source.name("by")
        mark = _expression(key, selection, of="r")
        names = (below.name_above(name) for name in below.columns)
        values = "".join(f", {_expression(name, selection, of='r')}" for name in names)
        each = f"{mark}: ({mark}{values},) for r in {rows} if {mark} is not None"
        self.source.line(f"{fetched} = list({{{each}}}.values())")
        child, head = self.objects(below, fetched), _unpacked(below.columns)
        self.source.line(f"{found} = {{k: {child} for {head} in {fetched}}}")
        return f"{found}.get({_expression(key, selection)})"

    def _parents(self, needs: Columns, selection: Selection, rows: str) -> tuple[str, str]:
        """Write the distinct keys of the rows' edge; return their name and one row's own key."""
        if not needs:
            return "[()]", "None"
        values = "".join(f"{_expression(name, selection, of='r')}, " for name in needs)
        parents = self.source.name("parents")
        self.source.line(f"{parents} = list(dict.fromkeys([({values}) for r in {rows}]))")
        return parents, _expression(needs[0], selection)

    def _fetch(self, function: str, parents: str, argument: str, columns: Columns | str) -> str:
        fetched = self.source.name("rows")
        wanted = columns if isinstance(columns, str) else repr(columns)
        call = f"await {function}(context, {parents}, {argument}, {wanted})"
        guard = "" if parents == "[()]" else f" if {parents} else ()"
        self.source.line(f"{fetched} = {call}{guard}")
        return fetched

    def _argument(
        self, called: Called, read: Callable[[Mapping[str, Any]], Any], parents: str = "[()]"
    ) -> str:
        """Return what reads the field's arguments; without variables in them they are read now.

        Arguments that are no good are an error only where there are parents, as in the standard
        executor: so they are read again then.
        """
        reading = reading_of(called, read)
        if not has_variables(called):
            with suppress(GraphQLError):
                return self.source.constant("argument", reading(NO_VARIABLES), called.path)
        name = self.source.name("argument")
        call = f"{self.source.constant('read', reading, called.path)}(variables)"
        guard = "" if parents == "[()]" else f" if {parents} else None"
        self.source.line(f"{name} = {call}{guard}")
        return name

    def _found(self, item: Found, selection: Selection, rows: str) -> str:
        self.source.line(f"# {item.called.path}")
        if item.lookup.column is not None:
            place = selection.place(item.lookup.column)
            ids = f"dict.fromkeys([r[{place + 1}] for r in {rows} if r[{place + 1}] is not None])"
            named, found = self._looked_up(item, ids)
            return f"{found}.get({named}.get(c{place}))"
        single = "id" in item.called.definition.args
        ids = self._argument(item.called, _one_id if single else _ids)
        named, found = self._looked_up(item, ids)
        self.source.line(f"{found} = [{found}.get({named}[i]) for i in {ids}]")
        return f"{found}[0]" if single else found

    def _looked_up(self, item: Found, ids: str) -> tuple[str, str]:
        """Write the look-up of the ids: what each of them names, and what was found of that."""
        parse = self.source.constant("parse", item.lookup.parse, item.called.path)
        named, found = self.source.name("named"), self.source.name("found")
        self.source.line(f"{named} = {{i: {parse}(context, i) for i in {ids}}}")
        keys = self.source.name("keys")
        self.source.line(f"{keys} = by_type({named}.values())")
        self.source.line(f"{found} = {{None: None}}")
        for type_, selection in item.selections.items():
            batch = item.lookup.edges[type_].rows
            function = self.source.constant("fetch", batch, f"{item.called.path} ({type_})")
            self._found_of_type(function, selection, (type_, keys, found))
        return named, found

    def _found_of_type(
        self, function: str, selection: Selection, names: tuple[str, str, str]
    ) -> None:
        type_, keys, found = names
        parents = self.source.name("parents")
        self.source.line(f"{parents} = [*{keys}.get({type_!r}, ())]")
        fetched = self._fetch(function, parents, "None", tuple(selection.columns))
        child = self.objects(selection, fetched)
        head = _unpacked(selection.columns)
        self.source.line(f"for {head} in {fetched}: {found}[{type_!r}, (k,)] = {child}")

    def _referred(self, item: Referred, selection: Selection, rows: str) -> str:
        self.source.line(f"# {item.called.path}")
        kind, key = (selection.place(name) for name in (item.reference.kind, item.reference.key))
        found = self.source.name("found")
        self.source.line(f"{found} = {{}}")
        for value, below in item.selections.items():
            batch = item.reference.edges[value].rows
            function = self.source.constant("fetch", batch, f"{item.called.path} ({value})")
            parents = self.source.name("parents")
            wanted = f"for r in {rows} if r[{kind + 1}] == {value!r}"
            self.source.line(f"{parents} = list(dict.fromkeys([(r[{key + 1}],) {wanted}]))")
            fetched = self._fetch(function, parents, "None", tuple(below.columns))
            child = self.objects(below, fetched)
            head = _unpacked(below.columns)
            self.source.line(f"for {head} in {fetched}: {found}[{value!r}, k] = {child}")
        pair = f"c{kind}, c{key}"
        return f"{found}.get(({pair}))" if item.called.nullable else f"{found}[{pair}]"

    def _paged(self, item: Paged, selection: Selection, rows: str) -> str:
        connection = item.connection
        self.source.line(f"# {item.called.path}")
        parents, key = self._parents(connection.needs, selection, rows)
        peek = item.asks("page_info")

        def read(arguments: Mapping[str, Any]) -> Page:
            return read_page(
                arguments, connection.orders, peek=peek, descending=connection.descending
            )

        page = self._argument(item.called, read, parents)
        names = {"page": page, "parents": parents, "key": key}
        for name in item.borne:
            by_parent, place = self.source.name(name), connection.needs.index(name)
            self.source.line(f"{by_parent} = {{p[0]: p[{place}] for p in {parents}}}")
            item.borne[name] = f"{by_parent}[k]"
        if item.streams:
            names["lists"] = self._streamed(item, names)
        elif item.asks("nodes", "edges", "page_info"):
            names |= self._page_rows(item, names)
        if item.asks("total_count"):
            path = f"{item.called.path}.totalCount"
            function = self.source.constant("fetch", connection.count, path)
            names["counts"] = self._fetch(function, parents, page, ())
            self.source.line(f"{names['counts']} = dict({names['counts']})")
        pairs = (f"{name!r}: {self._part(part, item, names)}" for name, part in item.parts)
        return "{" + ", ".join(pairs) + "}"

    def _streamed(self, item: Paged, names: Mapping[str, str]) -> str:
        """Write the lists of a page's nodes, filled as the rows come; return their name."""
        connection, parents, columns = item.connection, names["parents"], tuple(item.columns)
        element = self.objects(item.nodes[0], "()")
        function = self.source.constant("stream", connection.stream, item.called.path)
        lists, take = self.source.name("lists"), self.source.name("take")
        self.source.line(f"{lists} = {{p[0]: [] for p in {parents}}}")
        self.source.line(f"def {take}(rows):")
        self.source.line(f"    for {_unpacked(columns)} in rows: {lists}[k].append({element})")
        given = f"context, {parents}, {names['page']}, {columns!r}, {take}"
        self.source.line(f"if {parents}: await {function}({given})")
        return lists

    def _page_rows(self, item: Paged, names: Mapping[str, str]) -> dict[str, str]:
        """Write the fetch of a page's rows, with their order values behind the columns."""
        columns, page = tuple(item.columns), names["page"]
        wanted = (
            f"{columns!r} + {page}.order.columns" if item.asks("edges", "page_info") else columns
        )
        function = self.source.constant("fetch", item.connection.rows, item.called.path)
        fetched = self._fetch(function, names["parents"], page, wanted)
        more = self.source.name("more")
        self.source.line(f"{fetched}, {more} = cut({fetched}, {page})")
        if not item.asks("page_info"):
            return {"rows": fetched}
        around = self._around(item, function, {**names, "more": more})
        infos, values = self.source.name("infos"), f"slice({len(columns) + 1}, None)"
        self.source.line(f"{infos} = Infos({fetched}, {page}, {around}, {values})")
        return {"rows": fetched, "infos": infos}

    def _around(self, item: Paged, function: str, names: Mapping[str, str]) -> str:
        """Write the look beyond the cursors that were given, as far as it is asked for."""
        sets, asked = [names["more"]], item.infos
        for place in (place for field, place in OUTSIDE.items() if field in asked):
            found, page = self.source.name(place), names["page"]
            given = f"{function}, context, {names['parents']}, {page} and {page}.{place}"
            self.source.line(f"{found} = await parents_with({given})")
            sets.append(f"{place}={found}")
        return f"Around({', '.join(sets)})"

    def _part(self, part: Part | Text, item: Paged, names: Mapping[str, str]) -> str:
        if isinstance(part, Text):
            return repr(part.value)
        if part.name == "total_count":
            return f"small({names['counts']}.get({names['key']}, 0))"
        if part.name == "page_info":
            return self._info(part, names)
        if item.streams:
            return f"{names['lists']}[{names['key']}]"
        return self._list(part, item, names)

    def _info(self, part: Part, names: Mapping[str, str]) -> str:
        values = (
            (key, repr(field.value) if isinstance(field, Text) else _info_value(str(field), names))
            for key, field in part.items
        )
        return "{" + ", ".join(f"{key!r}: {value}" for key, value in values) + "}"

    def _list(self, part: Part, item: Paged, names: Mapping[str, str]) -> str:
        """Write the lists of a page's rows or edges, one a parent; return one parent's."""
        pairs = [(key, self._listed(value, item, names)) for key, value in part.items]
        whole = "{" + ", ".join(f"{key!r}: {value}" for key, value in pairs) + "}"
        element = pairs[0][1] if part.name == "nodes" else whole
        lists, order = self.source.name("lists"), item.asks("edges", "page_info")
        head = _unpacked(item.columns, *(("*order",) if order else ()))
        self.source.line(f"{lists} = {{p[0]: [] for p in {names['parents']}}}")
        self.source.line(f"for {head} in {names['rows']}: {lists}[k].append({element})")
        return f"{lists}[{names['key']}]"

    def _listed(self, value: Shown, item: Paged, names: Mapping[str, str]) -> str:
        if isinstance(value, Text):
            return repr(value.value)
        if isinstance(value, Selection):
            return self.objects(value, names["rows"])
        if isinstance(value, Leaf):
            columns = [_expression(name, item.rows()) for name in value.column.columns]
            return leaf_expression(self.source, value, columns)
        return f"write_cursor({names['page']}.order, order)"


def _expression(name: str, selection: Selection, *, of: str = "") -> str:
    """Return a column's value: in a row that was unpacked, or in the whole row of a name."""
    if isinstance(name, OfContext):
        return f"context.{name}"
    if name in selection.borne and not of:
        return selection.borne[name]
    place = selection.place(name)
    return f"{of}[{place + 1}]" if of else f"c{place}"


def _info_value(field: str, names: Mapping[str, str]) -> str:
    return f"{names['infos']}.{INFO[field]}({names['key']})"


def _unpacked(columns: Sequence[str], *others: str) -> str:
    names = ["k", *(f"c{place}" for place in range(len(columns))), *others]
    return ", ".join(names) if len(names) > 1 else "k,"


def _ids(arguments: Mapping[str, Any]) -> list[str]:
    found: list[str] = arguments["ids"]
    return found


def _one_id(arguments: Mapping[str, Any]) -> list[str]:
    return [arguments["id"]]
