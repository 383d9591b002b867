"""The kinds of node that permissions are on, by the types that their public ids tell."""

from db import ids

KINDS = {ids.SPACE: "SPACE", ids.PROJECT: "PROJECT", ids.ASSET: "ASSET"}
