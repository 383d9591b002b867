"""Makes up Orgs for the comparison of the executors."""

from random import Random

from tests.factories import Manifest

USERS = ("ada", "bo", "cy", "dee")
LEVELS = ("READ", "READ_EXECUTE", "FULL", "OWNER")
PLACES = ("s1", "s2", "s3", "s1/p1", "s2/p2", "s1/shared", "s3/shared", "shared")
PRINCIPALS = ("user:bo", "user:cy", "group:crew", "group:members")


def random_org(random: Random, key: str) -> Manifest:
    """Make an Org of four users (an admin, two members, one deactivated) and random grants."""
    manifest = Manifest(key).user("ada", admin=True).user("bo").user("cy").user("dee", active=False)
    manifest.group("crew", "bo", "dee")
    for number in range(1, 4):
        text = random.choice((None, f"About {number}"))
        manifest.space(f"s{number}", name=f"Zoo {number * 5}", description=text)
        for each in range(1, random.randint(2, 5)):
            path = f"s{number}/p{each}"
            manifest.project(path, name=random.choice(("Site", "site ü")) + f" {each * 4}")
            for asset in range(random.randint(0, 3)):
                kind, text = random.choice(("FILE", "TASK")), random.choice((None, "", "One ü"))
                manifest.asset(f"{path}/a{asset}", kind=kind, text=text)
    manifest.project("s1/p9").project("s2/p9")
    for on in (*PLACES[:3], "s1/p9", "s2/p9", *PLACES[5:]):
        for to in PRINCIPALS:
            if random.random() < 0.3:
                propagate = "/" not in on and on != "shared" and random.random() < 0.6
                manifest.grant(to, random.choice(LEVELS), on=on, propagate=propagate)
    return manifest.asset("shared/rules").asset("s1/shared/notes")
