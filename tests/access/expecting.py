"""What the server must say to a user about a whole Org, by the reference."""

from collections.abc import Callable, Mapping, Sequence

from auth.levels import Permission, Standing
from db.clock import time_text
from tests.access.asking import Json, ids_of_nothing
from tests.access.model import SHARED, Node
from tests.access.reference import View, every_project
from tests.access.storing import node_id
from tests.factories import Loaded


def expected_levels(view: View, loaded: Loaded) -> list[Permission]:
    """Return what `Asker.checked` must."""
    nothing = [Permission.NONE for _ in ids_of_nothing(loaded)]
    return [view.org_level(), *(view.level(path) for path in loaded.nodes), *nothing]


def expected_pairs(views: Mapping[str, View], loaded: Loaded) -> dict[tuple[int, int], int]:
    """Return what `everyones_levels` must, by how each user sees the Org."""
    return {
        (node_id(loaded, f"user:{user}").id, node_id(loaded, path).id): int(view.level(path))
        for user, view in views.items()
        for path in loaded.nodes
        if view.level(path) > Permission.NONE
    }


def expected_lookups(
    views: Mapping[str, View], loaded: Loaded
) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]:
    """Return what `looked_up` must; assets are told by the nodes alone."""
    found = {
        (user, id_, view.level(path).name)
        for user, view in views.items()
        for path, id_ in loaded.nodes.items()
        if view.level(path) > Permission.NONE
    }
    return found, {one for one in found if not one[1].startswith("ast_")}


def expected_answer(view: View, loaded: Loaded) -> Json:
    """Return what `Asker.answered` must."""
    return _Expected(view, loaded).answer()


class _Expected:
    def __init__(self, view: View, loaded: Loaded) -> None:
        self._view, self._loaded = view, loaded
        self._projects = {node.path: node for node in every_project(view.org)}
        self._spaces = {node.path: node for node in view.org.spaces}
        self._assets = {node.path: node for node in view.org.assets}

    def answer(self) -> Json:
        nothing = [None for _ in ids_of_nothing(self._loaded)]
        if self._view.standing is Standing.OUTSIDER:
            return {"org": None, "nodes": [None, *(None for _ in self._loaded.nodes), *nothing]}
        nodes = [self._by_id(path) for path in self._loaded.nodes]
        return {"org": self._org(), "nodes": [self._org_level(), *nodes, *nothing]}

    def _org(self) -> Json:
        view = self._view
        return {
            **self._org_level(),
            "sharedProject": self._shared(SHARED),
            "spaces": _connection(view.spaces(), self._space_with_projects),
            "projects": _connection(view.projects(), self._project_with_space),
            "assets": _connection(view.assets(), self._asset_with_project),
        }

    def _org_level(self) -> Json:
        return {"id": self._loaded.id, "effectivePermission": self._view.org_level().name}

    def _by_id(self, path: str) -> Json | None:
        if not self._view.sees(path):
            return None
        if path in self._spaces:
            return self._space(self._spaces[path])
        if path in self._assets:
            return self._asset(self._assets[path])
        assets = _first_two(self._view.assets(path), self._asset)
        return {**self._project(self._projects[path]), "assets": assets}

    def _named(self, node: Node) -> Json:
        level = self._view.level(node.path).name
        named = {"id": self._loaded.ids[node.path], "key": node.key, "name": node.name}
        return {**named, "effectivePermission": level, "access": {"level": level}}

    def _space(self, node: Node) -> Json:
        """Return a space's own fields: of a signpost the key and the name, and nothing else."""
        told = self._view.level(node.path) > Permission.NONE
        time = time_text(self._loaded.made_at) if told else None
        about = f"About {node.path}" if told else None
        return {**self._named(node), "description": about, "createdAt": time, "updatedAt": time}

    def _space_with_projects(self, node: Node) -> Json:
        projects = _first_two(self._view.projects(node.path), self._project)
        shared = self._shared(f"{node.path}/{SHARED}")
        return {**self._space(node), "sharedProject": shared, "projects": projects}

    def _shared(self, path: str) -> Json | None:
        return self._project(self._projects[path]) if self._view.sees(path) else None

    def _project(self, node: Node) -> Json:
        is_shared = node.key == SHARED
        about = None if is_shared else f"About {node.path}"
        return {**self._named(node), "description": about, "isShared": is_shared}

    def _asset(self, node: Node) -> Json:
        return {**self._named(node), "kind": node.kind}

    def _project_with_space(self, node: Node) -> Json:
        return {**self._project(node), "space": self._space(self._spaces[node.above])}

    def _asset_with_project(self, node: Node) -> Json:
        return {**self._asset(node), "project": self._project(self._projects[node.above])}


def _connection(nodes: Sequence[Node], make: Callable[[Node], Json]) -> Json:
    return {"totalCount": len(nodes), "nodes": [make(node) for node in nodes]}


def _first_two(nodes: Sequence[Node], make: Callable[[Node], Json]) -> Json:
    more = {"pageInfo": {"hasNextPage": len(nodes) > 2}}
    return _connection(nodes, make) | {"nodes": [make(node) for node in nodes[:2]]} | more
