"""岚阙市: behind 加速乐: every answer is a 521 with a script that sets a cookie."""

from tests.sites import Reply, Site
from tests.sites.shells import gated

SCRIPT = (
    "<script>document.cookie=('_')+('_')+('jsl_clearance_s=1700000000.123|0|')+('abc')+';max-age=3600;path=/';"
    "location.href=location.pathname+location.search</script>"
)
HEADERS = {"Set-Cookie": "__jsluid_s=0123456789abcdef0123456789abcdef; max-age=31536000; path=/; HttpOnly"}


def make() -> Site:
    return gated("岚阙市", "990308", lambda asked: Reply(SCRIPT, 521, "text/html", HEADERS))
