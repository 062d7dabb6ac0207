"""湛岭市: an old address; its home page leads to the new one, and nothing else is left of it."""

from tests.sites import Reply, Site


def make() -> Site:
    home = Reply(
        "<html><title>301 Moved Permanently</title></html>",
        301,
        headers={"Location": "http://@@moved_city_new@@/"},
    )
    return Site("湛岭市", "990310", "", {"/": home}, sisters=("moved_city_new",))
