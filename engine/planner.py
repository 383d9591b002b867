"""Makes the plan of an operation.

Fields are collected by graphql-core's own functions, so that aliases, fragments, type conditions,
@skip and @include mean what the standard executor makes of them.
"""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from engine.edge import Column, Connection, Edge, Lookup, OfEdge, PagePart, Reference
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
    UnsupportedError,
)
from engine.resolve import declaration_of


class Planner:
    """Makes the plan of one operation with the values of its variables."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDetails],
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> None:
        self._schema, self._fragments = schema, fragments
        self._operation, self._variables = operation, variables

    def plan(self) -> Selection:
        """Return the selection of the root, whose only row has no columns."""
        root = self._schema.query_type
        if root is None:
            raise UnsupportedError("no query type")
        fields = collect_fields(
            self._schema, self._fragments, self._variables, root, self._operation
        )
        return self._selection(root, fields.grouped_field_set, Selection(), root.name)

    def _below(self, type_: GraphQLObjectType, details: FieldDetailsList) -> GroupedFieldSet:
        return collect_subfields(
            self._schema, self._fragments, self._variables, self._operation, type_, details
        ).grouped_field_set

    def _selection(
        self, type_: GraphQLObjectType, fields: GroupedFieldSet, selection: Selection, path: str
    ) -> Selection:
        for key, details in fields.items():
            item = self._item(type_, details, selection, f"{path}.{key}")
            selection.items.append((key, item))
        return selection

    def _item(
        self, type_: GraphQLObjectType, details: FieldDetailsList, into: Selection, path: str
    ) -> Item:
        name = details[0].node.name.value
        if name == "__typename":
            return Text(type_.name)
        definition = type_.fields.get(name)
        if definition is None:
            raise UnsupportedError("introspection")
        called = Called(definition, details[0].node, path)
        match declaration_of(definition):
            case Column() as column:
                return self._leaf(column, called, into)
            case Edge() as edge:
                return self._followed(edge, called, details, into)
            case Lookup() as lookup:
                return self._found(lookup, called, details, into)
            case Reference() as reference:
                into.want((reference.kind, reference.key))
                below = self._of_types(reference.types, reference.edges, called, details)
                return Referred(reference, called, below)
            case Connection() as connection:
                return self._paged(connection, called, details, into)
            case _:
                raise UnsupportedError("plain field")

    def _leaf(self, column: Column, called: Called, into: Selection) -> Item:
        into.want(tuple(name for name in column.columns if name not in into.borne))
        return Leaf(column, called.definition.type)

    def _followed(
        self, edge: Edge, called: Called, details: FieldDetailsList, into: Selection
    ) -> Item:
        into.want(edge.needs)
        return Followed(edge, called, self._of_named(called, details, into.below(edge)))

    def _found(
        self, lookup: Lookup, called: Called, details: FieldDetailsList, into: Selection
    ) -> Item:
        if lookup.column is not None:
            into.want((lookup.column,))
        below = self._of_types(lookup.types, lookup.edges, called, details)
        return Found(lookup, called, below)

    def _of_named(self, called: Called, details: FieldDetailsList, into: Selection) -> Selection:
        type_ = get_named_type(called.definition.type)
        if not isinstance(type_, GraphQLObjectType):
            raise UnsupportedError("abstract type")
        return self._selection(type_, self._below(type_, details), into, called.path)

    def _of_types(
        self,
        names: Mapping[Any, str],
        edges: Mapping[Any, Edge],
        called: Called,
        details: FieldDetailsList,
    ) -> dict[Any, Selection]:
        types = {kind: self._schema.get_type(name) for kind, name in names.items()}
        found: dict[Any, Selection] = {}
        for kind, type_ in types.items():
            if isinstance(type_, GraphQLObjectType):
                into = Selection(brings=edges[kind].brings)
                fields = self._below(type_, details)
                found[kind] = self._selection(type_, fields, into, called.path)
        return found

    def _paged(
        self, connection: Connection, called: Called, details: FieldDetailsList, into: Selection
    ) -> Item:
        into.want(connection.needs)
        type_ = get_named_type(called.definition.type)
        if not isinstance(type_, GraphQLObjectType):
            raise UnsupportedError("abstract type")
        paged = Paged(connection, called, borne=dict.fromkeys(connection.bears, ""))
        for key, fields in self._below(type_, details).items():
            paged.parts.append((key, self._part(type_, fields, paged, f"{called.path}.{key}")))
        return paged

    def _part(
        self, type_: GraphQLObjectType, details: FieldDetailsList, paged: Paged, path: str
    ) -> Part | Text:
        name = details[0].node.name.value
        if name == "__typename":
            return Text(type_.name)
        definition = type_.fields[name]
        declaration = declaration_of(definition)
        if not isinstance(declaration, PagePart):
            raise UnsupportedError("plain field")
        below = get_named_type(definition.type)
        part = Part(declaration.name)
        if declaration.name == "nodes":
            called = Called(definition, details[0].node, path)
            part.items.append(("", self._of_named(called, details, paged.rows())))
        elif isinstance(below, GraphQLObjectType):
            part.items = self._flat(below, details, paged, path)
        return part

    def _flat(
        self, type_: GraphQLObjectType, details: FieldDetailsList, paged: Paged, path: str
    ) -> list[tuple[str, Shown]]:
        """Return the fields of an edge or a PageInfo, which are values but for the edge's node."""
        items: list[tuple[str, Shown]] = []
        for key, fields in self._below(type_, details).items():
            name = fields[0].node.name.value
            if name == "__typename":
                items.append((key, Text(type_.name)))
            elif name == "node":
                called = Called(type_.fields[name], fields[0].node, f"{path}.{key}")
                items.append((key, self._of_named(called, fields, paged.rows())))
            elif isinstance(of_edge := declaration_of(type_.fields[name]), OfEdge):
                items.append((key, self._of_edge(of_edge, type_.fields[name], paged)))
            else:
                items.append((key, name))
        return items

    def _of_edge(self, of_edge: OfEdge, field: GraphQLField, paged: Paged) -> Leaf:
        column = Column((of_edge.column,))
        paged.rows().want(column.columns)
        return Leaf(column, field.type)
