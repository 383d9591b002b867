"""Every kind of mistake that a manifest's line can have, and what is said of it."""

from collections.abc import Sequence
from typing import TypeAlias

from resolvers.manifest.objects import LARGEST_LINE
from tests.resolvers.manifest.manifests import ADA, API, BUILD, CORE, INGEST, Fields, line

Mistake: TypeAlias = tuple[Fields | bytes, str]

SPACE = line("space", key="lab", name="Lab")
GRANT = line("grant", on="core", to="user:ada", level="READ")
MEMBERS = line("members", group="build", members=[])
TEXT = {"mediaType": "text/plain", "text": ""}
DEEP = (
    b'{"type":"asset","space":null,"project":"shared","key":"a","name":"A","kind":"A","metadata":'
)

KEY = 'must be made of 1 to 255 of A-Z a-z 0-9 . _ ~ -, and not "." or ".."'
ADDRESS = "must be an e-mail address"
TIME = "must be a time with its offset, such as 2027-01-01T00:00:00Z"
SHARED = 'a project can\'t have the key or the name "shared"; it is made with its space'
PATH = "must be a space's key, or a space's and a project's as space/project"
EITHER = 'must have either "text" or "reference"'

UNREADABLE: Sequence[Mistake] = (
    (b'{"type"', "this is not JSON: unexpected end of data, at character 8"),
    (b'{"a":1e999}', "this is not JSON: number is infinity when parsed as double, at character 6"),
    (b'{"a":"\\ud800"}', "this is not JSON: no low surrogate in string, at character 7"),
    (b'{"a":"\xff"}', "this is not UTF-8, from byte 7 on"),
    (b'{"a":"\xed\xa0\x80"}', "this is not UTF-8, from byte 7 on"),
    (b'["org"]', "a JSON object is expected"),
    (b'{"type":"space","name":"L\\u0000"}', "the character NUL can't be stored"),
    (b'{"type":"space","\\\\\\u0000":1}', "the character NUL can't be stored"),
    (b" " * LARGEST_LINE + b"\n", "the line is longer than 16 MiB"),
    (
        DEEP + b'{"a":' * 255 + b"1" + b"}" * 256,
        '"metadata" is nested too deep: 100 levels at most',
    ),
)
UNFIT_FIELDS: Sequence[Mistake] = (
    ({"key": "lab"}, 'the field "type" is missing'),
    (line("folder"), '"type" must be one of org user group members space project asset grant end'),
    ({"type": 1}, '"type" must be a text, not a number'),
    (line("space", name="Lab"), 'the field "key" is missing'),
    (line("space", key="lab"), 'the field "name" is missing'),
    (SPACE | {"nmae": 1}, 'the field "nmae" is unknown'),
    (SPACE | {"\x07" + "a" * 1000: 1}, f'the field "\\u0007{"a" * 99}" is unknown'),
    (INGEST | {"content": TEXT | {"size": 1}}, 'the field "content.size" is unknown'),
    (INGEST | {"content": {"text": ""}}, 'the field "content.mediaType" is missing'),
    (ADA | {"service": True}, 'a service account can\'t have an "email"'),
    (BUILD | {"key": "admins"}, 'the group "admins" is kept by the server and has no line'),
    (BUILD | {"key": "members"}, 'the group "members" is kept by the server and has no line'),
    (SPACE | {"key": "shared"}, 'a space can\'t have the key "shared"'),
    (API | {"key": "shared"}, SHARED),
    (API | {"name": "Shared"}, SHARED),
    (INGEST | {"space": None}, '"space" may be null only with the project "shared"'),
)
# The line that is changed, its field, the values that the field can't have, and why.
UNFIT: Sequence[tuple[Fields, str, Sequence[object], str]] = (
    (SPACE, "key", [1, 1.5], "must be a text, not a number"),
    (SPACE, "key", [True], "must be a text, not a boolean"),
    (SPACE, "key", [[]], "must be a text, not a list"),
    (SPACE, "key", [{}], "must be a text, not an object"),
    (SPACE, "key", ["", ".", "..", "a/b", "a b", "lab\n", "käse", "k" * 256], KEY),
    (SPACE, "name", [None], "must be a text, not null"),
    (SPACE, "name", ["", "a" * 256, "é" * 256], "must have 1 to 255 characters"),
    (SPACE, "name", [" Lab", "Lab\u2003"], "must not begin or end with a blank"),
    (SPACE, "name", ["a\nb", "a\x7fb", "a\x9bb"], "must not hold control characters"),
    (SPACE, "name", ["Cafe\u0301"], "must be in Unicode's form NFC"),
    (SPACE, "name", ["a/b", "é?"], "must not hold any of / \\ # ?"),
    (API, "name", ["a\\b"], "must not hold any of / \\ # ?"),
    (INGEST, "name", ["a#b"], "must not hold any of / \\ # ?"),
    (SPACE, "description", [1], "must be a text, not a number"),
    (ADA, "name", ["Ada "], "must not begin or end with a blank"),
    (ADA, "email", ["", "a@", "@b", "a@b@c", "a b@c", "a\x9b@b", "a" * 251 + "@b.c"], ADDRESS),
    (ADA, "admin", [1], "must be true or false, not a number"),
    (ADA, "active", ["no"], "must be true or false, not a text"),
    (BUILD, "members", ["ada"], "must be a list, not a text"),
    (BUILD, "members", [[1]], "must be a text, not a number"),
    (BUILD, "members", [["bo", "ada", "ada"]], 'must not hold "ada" twice'),
    (API, "space", [None], "must be a text, not null"),
    (
        INGEST,
        "kind",
        ["", "Pipe", "1A", "A" * 65],
        "must be made of 1 to 64 of A-Z 0-9 _, beginning with a letter",
    ),
    (INGEST, "metadata", [[]], "must be an object, not a list"),
    (INGEST, "content", ["text"], "must be an object, not a text"),
    (INGEST, "content", [{"mediaType": "a/b"}, TEXT | {"reference": "s3://b/c"}], EITHER),
    (GRANT, "on", ["", "/", "core/", "core/api/ingest", "core/.."], PATH),
    (GRANT, "to", ["ada", "user:", "org:acme"], "must be user: or group: and a key"),
    (GRANT, "level", ["read", "NONE"], "must be one of READ READ_EXECUTE FULL OWNER"),
    (
        GRANT | {"on": "core/api"},
        "propagate",
        [True],
        "is for a grant on a space, not on a project",
    ),
    (GRANT | {"on": "shared"}, "propagate", [True], "is for a grant on a space, not on a project"),
    (GRANT, "expiresAt", [0], "must be a text, not a number"),
    (GRANT, "expiresAt", ["2027-01-01", "2027-02-29T00:00:00Z", "0001-01-01T00:00:00+01:00"], TIME),
)
UNFIT_CONTENT: Sequence[Mistake] = (
    (
        INGEST | {"content": TEXT | {"mediaType": "text"}},
        '"content.mediaType" must be a media type, such as text/plain',
    ),
    (
        INGEST | {"content": {"mediaType": "a/b", "reference": "/c"}},
        '"content.reference" must be a URI, such as s3://bucket/object',
    ),
)
UNFIT_VALUES: Sequence[Mistake] = (
    *(
        (fields | {name: value}, f'"{name}" {why}')
        for fields, name, all_, why in UNFIT
        for value in all_
    ),
    *UNFIT_CONTENT,
)
MISSING: Sequence[Mistake] = (
    (MEMBERS | {"members": ["bo"]}, 'there is no user "bo" above this line'),
    (MEMBERS | {"group": "ops"}, 'there is no group "ops" above this line'),
    (MEMBERS | {"group": "admins"}, 'there is no group "admins" above this line'),
    (BUILD | {"key": "ops", "members": ["ada", "bo"]}, 'there is no user "bo" above this line'),
    (API | {"space": "lab"}, 'there is no space "lab" above this line'),
    (INGEST | {"space": "lab"}, 'there is no project "lab/api" above this line'),
    (INGEST | {"project": "web"}, 'there is no project "core/web" above this line'),
    (GRANT | {"on": "lab"}, 'there is no space or project "lab" above this line'),
    (GRANT | {"on": "core/web"}, 'there is no space or project "core/web" above this line'),
    (GRANT | {"to": "user:bo"}, 'there is no principal "user:bo" above this line'),
    (GRANT | {"to": "group:ada"}, 'there is no principal "group:ada" above this line'),
)
BO = line("user", key="bo", name="Bo", email="ADA@example.org")
TAKEN: Sequence[Mistake] = (
    (MEMBERS | {"members": ["ada"]}, "one of the members is in the group already"),
    (ADA, 'another user has the e-mail "Ada@Example.org" already'),
    (ADA | {"email": "a@b"}, 'a user with the key "ada" exists already'),
    (BO, 'another user has the e-mail "ADA@example.org" already'),
    (BUILD, 'a group with the key "build" exists already'),
    (CORE, 'the space "core" exists already (key)'),
    (API, 'the project "api" exists already in the space "core" (key)'),
    (INGEST, 'the asset "ingest" exists already in the project "core/api" (key)'),
    (CORE | {"name": "Lab"}, 'the space "core" exists already (key)'),
    (SPACE | {"name": "CORE"}, 'a sibling has the name "CORE" already'),
    (API | {"name": "Web"}, 'the project "api" exists already in the space "core" (key)'),
    (API | {"key": "web", "name": "api"}, 'a sibling has the name "api" already'),
    (
        INGEST | {"name": "Clean"},
        'the asset "ingest" exists already in the project "core/api" (key)',
    ),
    (INGEST | {"key": "clean", "name": "INGEST"}, 'a sibling has the name "INGEST" already'),
)
